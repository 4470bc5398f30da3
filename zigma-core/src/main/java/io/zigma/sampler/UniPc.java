package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.zigma.base.GradientMode;
import io.zigma.base.Named;
import io.zigma.base.Setting;
import io.zigma.base.Settings;
import io.zigma.diffusion.Denoised;
import io.zigma.diffusion.DiffusionProcess;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * UniPC (Zhao et al. 2023): each step is predicted from earlier evaluations, and corrected by the
 * evaluation at the end of the step, which the next step uses again; so the order is one higher at
 * no additional evaluation. The last step is not corrected.
 *
 * @param steps how many, one evaluation each
 * @param order of the predictor, 1 to 3
 * @param variant how the weights are computed
 * @param noise whether the noise prediction is used, and not the data prediction
 * @param lowerOrderFinal whether the last steps are of lower order
 * @param toZero whether the result is the data predicted at the last time
 * @param grid the times of the steps
 * @param thresholding how the predicted data are clipped
 */
public record UniPc(
        int steps,
        int order,
        Variant variant,
        boolean noise,
        boolean lowerOrderFinal,
        boolean toZero,
        LogSnrGrid grid,
        Thresholding thresholding)
        implements Sampler {

    static final SamplerKind KIND = new Kind();

    /** How the weights of a step are computed. */
    public enum Variant implements Named {
        /** B(h) = h. */
        BH1("bh1", new UniPcWeights.Bh(false)),
        /** B(h) = e^h − 1. */
        BH2("bh2", new UniPcWeights.Bh(true)),
        /** UniPC_v, coefficients that vary. */
        VARY("vary", new UniPcWeights.Vary());

        private final String label;
        private final UniPcWeights weights;

        Variant(String label, UniPcWeights weights) {
            this.label = label;
            this.weights = weights;
        }

        @Override
        public String label() {
            return label;
        }
    }

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if the order is none of 1, 2 and 3 or there are fewer steps
     *     than its
     */
    public UniPc {
        LogSnrOrder.require("unipc", order, steps, noise && thresholding.dynamic());
    }

    @Override
    public String label() {
        return KIND.name();
    }

    @Override
    public SamplerSpec spec() {
        Map<String, String> options = new LinkedHashMap<>();
        options.put(Kind.ORDER.name(), Integer.toString(order));
        options.put(Kind.VARIANT.name(), variant.label());
        options.put(Kind.PREDICTION.name(), noise ? "noise" : "data");
        options.put(Kind.LOWER.name(), Boolean.toString(lowerOrderFinal));
        options.put(Kind.TO_ZERO.name(), Boolean.toString(toZero));
        grid.describe(options);
        thresholding.describe(options);
        return new SamplerSpec(label(), steps, options);
    }

    @Override
    public boolean adaptive() {
        return false;
    }

    @Override
    public NDArray sample(
            Denoiser model,
            DiffusionProcess process,
            Start start,
            NoiseSource noiseSource,
            StepListener listener) {
        double[] times = grid.times(process, start.t(), steps);
        HalfLinear equation = new HalfLinear(process, noise);
        Denoiser seen = thresholding.around(model);
        return GradientMode.off(() -> solve(equation, seen, times, start.x(), listener));
    }

    /** A prediction and its time. */
    private record Predicted(double t, NDArray m) {}

    private NDArray solve(
            HalfLinear equation,
            Denoiser model,
            double[] times,
            NDArray start,
            StepListener listener) {
        int total = steps + (toZero ? 1 : 0);
        NDManager owner = start.getManager();
        try (NDManager work = owner.newSubManager()) {
            NDArray x = start.duplicate();
            x.attach(work);
            Deque<Predicted> before = new ArrayDeque<>(); // the latest first
            NDArray estimate;
            try (NDManager scope = work.newSubManager()) {
                NDArray own = x.duplicate();
                own.attach(scope);
                Denoised seen = model.at(own, times[0]);
                estimate = copy(seen.data(), work);
                before.addFirst(new Predicted(times[0], copy(equation.predicted(seen), work)));
            }
            for (int i = 1; i <= steps; i++) {
                int most = lowerOrderFinal ? Math.min(order, steps + 1 - i) : order;
                double to = times[i];
                try (NDManager scope = work.newSubManager()) {
                    x.attach(scope);
                    Step step = new Step(equation, before, to, Math.min(i, most));
                    NDArray next = step.predicted(x);
                    if (i < steps) {
                        Denoised seen = model.at(next, to);
                        Predicted now = new Predicted(to, copy(equation.predicted(seen), work));
                        next = step.corrected(x, now.m());
                        remember(before, now);
                        estimate.close();
                        estimate = copy(seen.data(), work);
                    }
                    listener.afterStep(new StepListener.Step(i, total, to, next, estimate));
                    next.attach(work);
                    x = next;
                }
            }
            if (toZero) {
                x = DpmStep.data(model, x, times[steps], total, listener);
            }
            x.attach(owner);
            return x;
        }
    }

    private void remember(Deque<Predicted> before, Predicted now) {
        before.addFirst(now);
        if (before.size() > order) {
            before.removeLast().m().close();
        }
    }

    private static NDArray copy(NDArray array, NDManager work) {
        NDArray copy = array.duplicate();
        copy.attach(work);
        return copy;
    }

    /** One step from the latest predictions. */
    private final class Step {

        private final HalfLinear equation;
        private final List<Predicted> predicted; // as many as the order, the latest first
        private final double to;
        private final double z;
        private final double[] ratios; // of the earlier ones, then 1

        Step(HalfLinear equation, Deque<Predicted> before, double to, int order) {
            this.equation = equation;
            this.predicted = before.stream().limit(order).toList();
            this.to = to;
            this.z = equation.z(from(), to);
            double lambda = equation.lambda(from());
            double h = equation.lambda(to) - lambda;
            ratios = new double[order];
            for (int k = 1; k < order; k++) {
                ratios[k - 1] = (equation.lambda(predicted.get(k).t()) - lambda) / h;
            }
            ratios[order - 1] = 1;
        }

        private double from() {
            return predicted.get(0).t();
        }

        NDArray predicted(NDArray x) {
            return combined(x, variant.weights.predictor(ratios, z), null);
        }

        NDArray corrected(NDArray x, NDArray now) {
            return combined(x, variant.weights.corrector(ratios, z), now);
        }

        /** Weights are of D_k = (m_k − m₀)/r_k, the one at the end of the step last. */
        private NDArray combined(NDArray x, double[] weights, NDArray now) {
            int earlier = predicted.size() - 1;
            int count = 1 + earlier + (now == null ? 0 : 1);
            double[] all = new double[count];
            NDArray[] arrays = new NDArray[count];
            all[0] = HalfLinear.phi1(z);
            arrays[0] = predicted.get(0).m();
            for (int k = 0; k < count - 1; k++) {
                double weight = weights[k] / ratios[k];
                all[k + 1] = weight;
                all[0] -= weight;
                arrays[k + 1] = k < earlier ? predicted.get(k + 1).m() : now;
            }
            return equation.step(x, from(), to, all, arrays);
        }
    }

    /** Its entry in the registry. */
    private static final class Kind implements SamplerKind {

        static final Setting ORDER = Setting.whole("order", "order of the predictor", 2, 1, 3);
        static final Setting VARIANT =
                Setting.choice(
                        "variant",
                        "how the weights are computed; bh1 for few steps without guidance",
                        "bh2",
                        Arrays.stream(Variant.values()).map(Named::label).toList());
        static final Setting PREDICTION =
                Setting.choice(
                        "prediction",
                        "the prediction that is used",
                        "data",
                        List.of("data", "noise"));
        static final Setting LOWER =
                Setting.flag(
                        "lower-order-final", "whether the last steps are of lower order", true);
        static final Setting TO_ZERO =
                Setting.flag(
                        "denoise-to-zero", "end with the data predicted at the last time", false);

        @Override
        public String name() {
            return "unipc";
        }

        @Override
        public String purpose() {
            return "UniPC, 5 to 20 steps, one evaluation a step";
        }

        @Override
        public List<Setting> settings() {
            List<Setting> all =
                    new ArrayList<>(List.of(ORDER, VARIANT, PREDICTION, LOWER, TO_ZERO));
            all.addAll(LogSnrGrid.SETTINGS);
            all.addAll(Thresholding.SETTINGS);
            return all;
        }

        @Override
        public Sampler create(int steps, Settings values) {
            return new UniPc(
                    steps,
                    values.whole(ORDER),
                    Named.parse("variant", values.text(VARIANT), Variant.values()),
                    values.text(PREDICTION).equals("noise"),
                    values.flag(LOWER),
                    values.flag(TO_ZERO),
                    LogSnrGrid.of(values),
                    Thresholding.of(values));
        }
    }
}

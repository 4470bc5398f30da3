package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import io.zigma.base.GradientMode;
import io.zigma.base.Named;
import io.zigma.base.Setting;
import io.zigma.base.Settings;
import io.zigma.diffusion.DiffusionProcess;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * DPM-Solver++ (Lu et al. 2022b), and with predicted noise DPM-Solver (Lu et al. 2022): the
 * probability-flow ODE in few steps, without noise. A multistep step takes one evaluation and uses
 * those of the steps before; a singlestep step takes as many as its order.
 *
 * @param steps how many evaluations of the model there are
 * @param order 1, 2 or 3
 * @param method multistep or singlestep
 * @param noise whether the noise prediction is used, and not the data prediction: DPM-Solver
 *     without ++
 * @param taylor whether the second order takes the Taylor form of its correction
 * @param lowerOrderFinal when the last steps are of lower order, which few steps need to be stable
 * @param toZero whether the result is the data predicted at the last time
 * @param grid the times of the steps
 * @param thresholding how the predicted data are clipped
 */
public record DpmSolver(
        int steps,
        int order,
        Method method,
        boolean noise,
        boolean taylor,
        LowerOrder lowerOrderFinal,
        boolean toZero,
        LogSnrGrid grid,
        Thresholding thresholding)
        implements Sampler {

    static final SamplerKind KIND = new Kind();

    // the official code's number of steps below which the last ones are of lower order
    private static final int FEW = 10;

    /** Whether a step uses evaluations of earlier steps. */
    public enum Method implements Named {
        /** Evaluations of earlier steps are used again. */
        MULTISTEP("multistep") {
            @Override
            List<DpmStep> steps(DpmSolver solver, DiffusionProcess process, double start) {
                return DpmStep.multistep(solver, process, start);
            }
        },
        /** Steps of third order, and lower ones at the end, on a grid of as many times as steps. */
        SINGLESTEP("singlestep") {
            @Override
            List<DpmStep> steps(DpmSolver solver, DiffusionProcess process, double start) {
                return DpmStep.fast(solver, process, start);
            }
        },
        /** Steps of one order, their evaluations evenly in λ. */
        SINGLESTEP_FIXED("singlestep-fixed") {
            @Override
            List<DpmStep> steps(DpmSolver solver, DiffusionProcess process, double start) {
                return DpmStep.ofOneOrder(solver, process, start);
            }
        };

        private final String label;

        Method(String label) {
            this.label = label;
        }

        /** The steps from a start on. */
        abstract List<DpmStep> steps(DpmSolver solver, DiffusionProcess process, double start);

        @Override
        public String label() {
            return label;
        }
    }

    /**
     * When the last steps are of lower order.
     *
     * <p>Where σ is 0 at the data, λ is infinite there: the last step, to the {@code end-margin},
     * is several times as long in λ as the one before (5.9 times with 10 steps on the linear
     * interpolant), and a difference of predictions that is extrapolated over it is amplified as
     * much, the noise in it too. The official code was changed later to lower the order of the last
     * steps always.
     */
    public enum LowerOrder implements Named {
        /** Always where σ is 0 at the data; else with fewer than 10 steps. */
        AUTO("auto"),
        /** With fewer than 10 steps. */
        FEW_STEPS("few-steps"),
        /** Always. */
        ALWAYS("always"),
        /** Never. */
        NEVER("never");

        private final String label;

        LowerOrder(String label) {
            this.label = label;
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
    public DpmSolver {
        LogSnrOrder.require("dpm++", order, steps, noise && thresholding.dynamic());
    }

    @Override
    public String label() {
        return KIND.name();
    }

    @Override
    public SamplerSpec spec() {
        Map<String, String> options = new LinkedHashMap<>();
        options.put(Kind.ORDER.name(), Integer.toString(order));
        options.put(Kind.METHOD.name(), method.label());
        options.put(Kind.PREDICTION.name(), noise ? "noise" : "data");
        options.put(Kind.FORM.name(), taylor ? "taylor" : "dpmsolver");
        options.put(Kind.LOWER.name(), lowerOrderFinal.label());
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
        HalfLinear equation = new HalfLinear(process, noise);
        Denoiser seen = thresholding.around(model);
        List<DpmStep> steps = method.steps(this, process, start.t());
        DpmStep.Rule rule =
                method == Method.MULTISTEP
                        ? new Multistep(equation, taylor)
                        : new Singlestep(equation, seen, taylor);
        return GradientMode.off(
                () -> DpmStep.takeAll(steps, rule, equation, seen, start.x(), toZero, listener));
    }

    /** Whether the last steps are of lower order. */
    boolean lowers(DiffusionProcess process) {
        return switch (lowerOrderFinal) {
            case AUTO -> steps < FEW || grid.endsBefore(process);
            case FEW_STEPS -> steps < FEW;
            case ALWAYS -> true;
            case NEVER -> false;
        };
    }

    /** Its entry in the registry. */
    private static final class Kind implements SamplerKind {

        static final Setting ORDER = Setting.whole("order", "order of the solver", 2, 1, 3);
        static final Setting METHOD =
                Setting.choice(
                        "method",
                        "whether steps use evaluations of those before",
                        "multistep",
                        Arrays.stream(Method.values()).map(Named::label).toList());
        static final Setting PREDICTION =
                Setting.choice(
                        "prediction",
                        "the prediction that is used; noise is DPM-Solver without ++",
                        "data",
                        List.of("data", "noise"));
        static final Setting FORM =
                Setting.choice(
                        "form",
                        "form of the second order's correction",
                        "dpmsolver",
                        List.of("dpmsolver", "taylor"));
        static final Setting LOWER =
                Setting.choice(
                        "lower-order-final",
                        "when the last steps are of lower order; auto is always where no noise is"
                                + " left at the data, else with fewer than 10 steps",
                        "auto",
                        Arrays.stream(LowerOrder.values()).map(Named::label).toList());
        static final Setting TO_ZERO =
                Setting.flag(
                        "denoise-to-zero", "end with the data predicted at the last time", false);

        @Override
        public String name() {
            return "dpm++";
        }

        @Override
        public String purpose() {
            return "DPM-Solver++, 15 to 25 steps, one evaluation a step";
        }

        @Override
        public List<Setting> settings() {
            List<Setting> all =
                    new ArrayList<>(List.of(ORDER, METHOD, PREDICTION, FORM, LOWER, TO_ZERO));
            all.addAll(LogSnrGrid.SETTINGS);
            all.addAll(Thresholding.SETTINGS);
            return all;
        }

        @Override
        public Sampler create(int steps, Settings values) {
            return new DpmSolver(
                    steps,
                    values.whole(ORDER),
                    Named.parse("method", values.text(METHOD), Method.values()),
                    values.text(PREDICTION).equals("noise"),
                    values.text(FORM).equals("taylor"),
                    Named.parse("lower order", values.text(LOWER), LowerOrder.values()),
                    values.flag(TO_ZERO),
                    LogSnrGrid.of(values),
                    Thresholding.of(values));
        }
    }
}

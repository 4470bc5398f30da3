package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.zigma.base.GradientMode;
import io.zigma.base.Setting;
import io.zigma.diffusion.Denoised;
import io.zigma.diffusion.DiffusionCoefficient;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.Interpolant;
import io.zigma.diffusion.TimeInterval;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Follows velocity and score from noise to data while adding noise: the reverse SDE, dx = (v +
 * w·score) dt + √(2w) dW (SiT 2024, equation 4; official {@code Sampler.sample_sde}).
 *
 * @param method how the SDE is solved
 * @param steps the number of steps, the last step included where there is one: all others are noisy
 *     and of equal size, and there is at least one of them
 * @param diffusion how much noise is added
 * @param lastStep how it ends
 * @param lastStepSize the size of the last step in (0, 1), where the noisy steps end; set to 0 when
 *     there is none
 */
public record SdeSampler(
        SdeMethod method,
        int steps,
        DiffusionCoefficient diffusion,
        LastStep lastStep,
        double lastStepSize)
        implements Sampler {

    static final double LAST_STEP_SIZE = 0.04;
    // What is left out when the drift is infinite at the data and there is no last step.
    private static final double MARGIN = 1e-3;

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if there is no noisy step, or a last step of a size outside
     *     (0, 1)
     */
    public SdeSampler {
        int fewest = lastStep == LastStep.NONE ? 1 : 2;
        if (steps < fewest) {
            throw new IllegalArgumentException(
                    "sampling takes at least %s step%s, not %s"
                            .formatted(
                                    fewest, fewest == 1 ? "" : "s, the last step included", steps));
        }
        if (lastStep == LastStep.NONE) {
            lastStepSize = 0;
        } else if (!(lastStepSize > 0 && lastStepSize < 1)) {
            throw new IllegalArgumentException(
                    "the last step's size must be between 0 and 1, not %s; choose the last step 'none' to have none"
                            .formatted(lastStepSize));
        }
    }

    /**
     * Makes a sampler with diffusion w = σ and the official last step, the mean of size 0.04.
     *
     * @param method how the SDE is solved
     * @param steps the number of steps, at least 2
     * @throws IllegalArgumentException if there are fewer
     */
    public SdeSampler(SdeMethod method, int steps) {
        this(method, steps, new DiffusionCoefficient.Sigma(1), LastStep.MEAN, LAST_STEP_SIZE);
    }

    @Override
    public String label() {
        return method.label();
    }

    @Override
    public boolean adaptive() {
        return false;
    }

    @Override
    public SamplerSpec spec() {
        Map<String, String> options = new LinkedHashMap<>();
        options.put(SdeSamplerKind.DIFFUSION.name(), diffusion.form());
        options.put(SdeSamplerKind.NORM.name(), Setting.plain(diffusion.norm()));
        options.put(SdeSamplerKind.LAST_STEP.name(), lastStep.label());
        if (lastStep != LastStep.NONE) {
            options.put(SdeSamplerKind.LAST_STEP_SIZE.name(), Setting.plain(lastStepSize));
        }
        return new SamplerSpec(label(), steps, options);
    }

    @Override
    public Optional<Sampler> inversion() {
        return Optional.empty();
    }

    @Override
    public NDArray sample(
            Denoiser model,
            DiffusionProcess process,
            Start start,
            NoiseSource noise,
            StepListener listener) {
        Flow flow = new Flow(model, process);
        TimeInterval interval = interval(process).from(process.progress(start.t()));
        double[] times = interval.points(noisySteps() + 1);
        return GradientMode.off(() -> solve(flow, start.x(), times, noise, listener));
    }

    private int noisySteps() {
        return lastStep == LastStep.NONE ? steps : steps - 1;
    }

    private TimeInterval interval(DiffusionProcess process) {
        Interpolant path = process.path();
        TimeInterval interval = process.samplingInterval().withNoise(path, diffusion, lastStepSize);
        boolean endless = Double.isInfinite(diffusion.overSigma(path, interval.end()));
        return endless && method.solver().looksAhead()
                ? new TimeInterval(interval.start(), interval.end() - MARGIN)
                : interval;
    }

    private NDArray solve(
            Flow flow,
            NDArray start,
            double[] times,
            NoiseSource stepNoise,
            StepListener listener) {
        NDManager owner = start.getManager();
        SdeSolver solver = method.solver();
        try (NDManager work = owner.newSubManager()) {
            NDArray x = start.duplicate();
            x.attach(work);
            for (int i = 1; i < times.length; i++) {
                double from = times[i - 1];
                double to = times[i];
                try (NDManager scope = work.newSubManager()) {
                    x.attach(scope);
                    NDArray normal = stepNoise.next(scope, x.getShape());
                    SdeSolver.Taken taken =
                            solver.step(flow, diffusion, x, from, to - from, normal);
                    x = taken.next();
                    listener.afterStep(
                            new StepListener.Step(
                                    i, steps, flow.process().time(to), x, taken.estimate()));
                    x.attach(work);
                }
            }
            if (lastStep != LastStep.NONE) {
                try (NDManager scope = work.newSubManager()) {
                    x.attach(scope);
                    double from = times[times.length - 1];
                    Denoised seen = flow.at(x, from);
                    NDArray estimate = seen.data();
                    x = lastStep.take(seen, diffusion, x, lastStepSize);
                    listener.afterStep(
                            new StepListener.Step(steps, steps, flow.process().end(), x, estimate));
                    x.attach(work);
                }
            }
            x.attach(owner);
            return x;
        }
    }
}

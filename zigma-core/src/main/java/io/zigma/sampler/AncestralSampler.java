package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import io.zigma.base.Setting;
import io.zigma.base.Settings;
import io.zigma.diffusion.Denoised;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.NoiseLevels;
import io.zigma.diffusion.Respacing;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Ancestral sampling: each step takes the mean of the reverse step and adds noise of its variance
 * (Ho et al. 2020, algorithm 2; official {@code p_sample_loop}). The last step adds none.
 *
 * <p>Guidance by a classifier moves the mean by variance·∇ log p(y | x) (Dhariwal and Nichol 2021,
 * algorithm 1), with the gradient at x_t itself.
 *
 * @param respacing which steps of the process are visited
 * @param clip whether the predicted data are clipped to [−1, 1], for models of pixels
 */
public record AncestralSampler(Respacing respacing, boolean clip) implements Sampler {

    static final SamplerKind KIND = new Kind();

    @Override
    public int steps() {
        return respacing.count();
    }

    @Override
    public String label() {
        return KIND.name();
    }

    @Override
    public SamplerSpec spec() {
        return new SamplerSpec(
                label(),
                steps(),
                Map.of(
                        LevelSpacing.SPACING.name(), LevelSpacing.text(respacing),
                        Clipping.CLIP.name(), Boolean.toString(clip)));
    }

    @Override
    public boolean adaptive() {
        return false;
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
        return DiscreteSteps.descend(
                Clipping.of(model, clip),
                process,
                DiscreteSteps.levels(process, respacing, start),
                start.x(),
                noise,
                listener,
                rule(process));
    }

    /** The mean of the reverse step, and noise of its variance above the data. */
    static DiscreteSteps.Rule rule(DiffusionProcess process) {
        return (seen, levels, level, normal) -> {
            NDArray mean = mean(process, seen, levels, level);
            return level == 0 ? mean : noisy(process, seen, levels, level, mean, normal);
        };
    }

    static NDArray mean(DiffusionProcess process, Denoised seen, NoiseLevels levels, int level) {
        NDArray mean = process.reverseMean(seen.unguided(), levels, level);
        NDArray gradient = seen.gradient();
        if (gradient == null) {
            return mean;
        }
        NDArray variance = process.reverseVariance(seen.unguided(), levels, level);
        return gradient.mul(variance).add(mean);
    }

    private static NDArray noisy(
            DiffusionProcess process,
            Denoised seen,
            NoiseLevels levels,
            int level,
            NDArray mean,
            Supplier<NDArray> normal) {
        NDArray logVariance = process.reverseLogVariance(seen.unguided(), levels, level);
        return normal.get().mul(logVariance.mul(0.5).exp()).add(mean);
    }

    /** Its entry in the registry. */
    private static final class Kind implements SamplerKind {

        @Override
        public String name() {
            return "ancestral";
        }

        @Override
        public String purpose() {
            return "DDPM's own: the mean of each reverse step, and noise of its variance";
        }

        @Override
        public List<Setting> settings() {
            return List.of(LevelSpacing.SPACING, Clipping.CLIP);
        }

        @Override
        public Sampler create(int steps, Settings values) {
            return new AncestralSampler(LevelSpacing.of(steps, values), values.flag(Clipping.CLIP));
        }
    }
}

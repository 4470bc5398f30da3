package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import io.zigma.base.Setting;
import io.zigma.base.Settings;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.Respacing;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * DDIM (Song et al. 2021, equation 12): combines the predicted data with as much noise as the next
 * level has, the part η of it new and the rest the predicted noise.
 *
 * <pre>
 * x_s = α_s·data + √(σ_s² − (η·std)²)·noise + η·std·new noise,   std² the posterior's variance
 * </pre>
 *
 * <p>With η = 0 the same noise always gives the same sample, and sampling can be inverted.
 *
 * @param respacing which steps of the process are visited
 * @param eta η, 0 for none of the noise new, 1 for as much as ancestral sampling has
 * @param clip whether the predicted data are clipped to [−1, 1], for models of pixels
 * @param inverse whether to invert, from data to the noise they come from
 */
public record DdimSampler(Respacing respacing, double eta, boolean clip, boolean inverse)
        implements Sampler {

    static final SamplerKind KIND = new Kind();

    private static final Setting ETA =
            Setting.number("eta", "how much of the noise is new, from none to all", 0, 0, 1);
    private static final Setting INVERSE =
            Setting.flag("inverse", "go from data to the noise that they come from", false);

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if η is not in [0, 1], or inversion would add noise
     */
    public DdimSampler {
        if (!(eta >= 0 && eta <= 1)) {
            throw new IllegalArgumentException("eta must be from 0 to 1, not " + eta);
        }
        if (inverse && eta > 0) {
            throw new IllegalArgumentException(
                    "inversion from data to noise adds no noise; use eta 0, not " + eta);
        }
    }

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
                        ETA.name(), Setting.plain(eta),
                        LevelSpacing.SPACING.name(), LevelSpacing.text(respacing),
                        Clipping.CLIP.name(), Boolean.toString(clip),
                        INVERSE.name(), Boolean.toString(inverse)));
    }

    @Override
    public boolean adaptive() {
        return false;
    }

    @Override
    public Optional<Sampler> inversion() {
        return eta > 0 ? Optional.empty() : Optional.of(new DdimSampler(respacing, 0, clip, true));
    }

    @Override
    public NDArray sample(
            Denoiser model,
            DiffusionProcess process,
            Start start,
            NoiseSource noise,
            StepListener listener) {
        Denoiser clipped = Clipping.of(model, clip);
        if (inverse) {
            if (process.progress(start.t()) <= 0) {
                throw new IllegalArgumentException(
                        "pure noise cannot be inverted to noise; give data");
            }
            // data are taken for the level with the least noise
            return DiscreteSteps.ascend(
                    clipped, process.levels(respacing), start.x(), listener, back());
        }
        return DiscreteSteps.descend(
                clipped,
                process,
                DiscreteSteps.levels(process, respacing, start),
                start.x(),
                noise,
                listener,
                rule(eta));
    }

    /** From a level to the one below. */
    static DiscreteSteps.Rule rule(double eta) {
        return (seen, levels, level, normal) -> {
            double added = eta * Math.sqrt(levels.posteriorVariance(level));
            double sigma = levels.sigma(level - 1);
            double retained = Math.sqrt(Math.max(0, sigma * sigma - added * added));
            double alpha = levels.alpha(level - 1);
            if (level == 0) {
                return seen.data().mul(alpha);
            }
            NDArray data = seen.data();
            NDArray noise = seen.noise();
            return added == 0
                    ? Combination.of(new double[] {alpha, retained}, data, noise)
                    : Combination.of(
                            new double[] {alpha, retained, added}, data, noise, normal.get());
        };
    }

    /** From a level to the one above; above the last is pure noise. */
    static DiscreteSteps.Rule back() {
        return (seen, levels, level, normal) -> {
            boolean top = level == levels.size() - 1;
            double alpha = top ? 0 : levels.alpha(level + 1);
            double sigma = top ? 1 : levels.sigma(level + 1);
            return Combination.of(new double[] {alpha, sigma}, seen.data(), seen.noise());
        };
    }

    /** Its entry in the registry. */
    private static final class Kind implements SamplerKind {

        @Override
        public String name() {
            return "ddim";
        }

        @Override
        public String purpose() {
            return "DDIM, few steps, deterministic or (eta) with new noise";
        }

        @Override
        public List<Setting> settings() {
            return List.of(ETA, LevelSpacing.SPACING, Clipping.CLIP, INVERSE);
        }

        @Override
        public Sampler create(int steps, Settings values) {
            return new DdimSampler(
                    LevelSpacing.of(steps, values),
                    values.number(ETA),
                    values.flag(Clipping.CLIP),
                    values.flag(INVERSE));
        }
    }
}

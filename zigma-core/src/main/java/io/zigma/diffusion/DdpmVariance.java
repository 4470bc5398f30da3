package io.zigma.diffusion;

import ai.djl.ndarray.NDArray;
import io.zigma.base.Named;
import org.jspecify.annotations.Nullable;

/** The variance of DDPM's reverse step. */
public enum DdpmVariance implements Named {
    /** The posterior's, right if the data are a single point (Ho et al. 2020, section 3.2). */
    FIXED_SMALL("fixed-small", false) {
        @Override
        NDArray logVariance(
                @Nullable NDArray predicted, NDArray like, NoiseLevels levels, double... level) {
            return Blend.column(like, i -> levels.posteriorLogVariance((int) i), level);
        }

        @Override
        NDArray variance(
                @Nullable NDArray predicted, NDArray like, NoiseLevels levels, double... level) {
            return Blend.column(like, i -> levels.posteriorVariance((int) i), level); // 0 at 0
        }
    },
    /** β, right if the data are normal (Ho et al. 2020, section 3.2). */
    FIXED_LARGE("fixed-large", false) {
        @Override
        NDArray logVariance(
                @Nullable NDArray predicted, NDArray like, NoiseLevels levels, double... level) {
            return Blend.column(like, i -> levels.largeLogVariance((int) i), level);
        }
    },
    /** The network predicts the logarithm itself (ADM's {@code LEARNED}). */
    LEARNED("learned", true) {
        @Override
        NDArray logVariance(
                @Nullable NDArray predicted, NDArray like, NoiseLevels levels, double... level) {
            return required(predicted);
        }
    },
    /**
     * The network predicts the interpolation from the posterior's logarithm at −1 to that of β at 1
     * (Nichol and Dhariwal 2021, equation 15).
     */
    LEARNED_RANGE("learned-range", true) {
        @Override
        NDArray logVariance(
                @Nullable NDArray predicted, NDArray like, NoiseLevels levels, double... level) {
            NDArray half = Blend.scale(required(predicted), i -> range(levels, (int) i) / 2, level);
            try (half;
                    NDArray middle =
                            Blend.column(
                                    like,
                                    i ->
                                            levels.posteriorLogVariance((int) i)
                                                    + range(levels, (int) i) / 2,
                                    level)) {
                return half.add(middle);
            }
        }
    };

    private final String label;
    private final boolean learned;

    DdpmVariance(String label, boolean learned) {
        this.label = label;
        this.learned = learned;
    }

    @Override
    public String label() {
        return label;
    }

    /**
     * Finds the variance that a user named.
     *
     * @param name one of the labels, in any case
     * @return the variance
     * @throws IllegalArgumentException if there is none of that name; the message lists all
     */
    public static DdpmVariance parse(String name) {
        return Named.parse("variance", name, values());
    }

    /**
     * Returns whether the network predicts it, in channels of its own.
     *
     * @return true if it has twice the channels
     */
    public boolean learned() {
        return learned;
    }

    /**
     * Returns the logarithm of the variance.
     *
     * @param predicted the network's prediction of it (B, …); null where it is fixed
     * @param like an array of x's type, device and number of dimensions
     * @param levels the noise levels
     * @param level indices of the levels, B or one
     * @return (B, …), or (B or 1, 1, …) where it is fixed
     */
    abstract NDArray logVariance(
            @Nullable NDArray predicted, NDArray like, NoiseLevels levels, double... level);

    /**
     * Returns the variance itself, which for the posterior is 0 at level 0, where its logarithm is
     * that of level 1.
     *
     * @param predicted the network's prediction of it (B, …); null where it is fixed
     * @param like an array of x's type, device and number of dimensions
     * @param levels the noise levels
     * @param level indices of the levels, B or one
     * @return (B, …), or (B or 1, 1, …) where it is fixed
     */
    NDArray variance(
            @Nullable NDArray predicted, NDArray like, NoiseLevels levels, double... level) {
        return logVariance(predicted, like, levels, level).exp();
    }

    private static double range(NoiseLevels levels, int level) {
        return Math.log(levels.addedVariance(level)) - levels.posteriorLogVariance(level);
    }

    private static NDArray required(@Nullable NDArray predicted) {
        if (predicted == null) {
            throw new IllegalArgumentException("the network predicts no variance");
        }
        return predicted;
    }
}

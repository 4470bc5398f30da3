package io.zigma.diffusion;

/**
 * A descending sequence of noise levels: the times that a sampler with discrete steps visits, and
 * the Gaussian transitions between them.
 *
 * <p>Level 0 has the least noise; below it are the clean data with α = 1 and σ = 0. With t a level
 * and s the one below it, q(x_t | x_s) = N(a·x_s, v) where a = α_t/α_s and v = σ_t² − a²σ_s², and
 * from Bayes' rule
 *
 * <pre>
 * q(x_s | x_t, x_0) = N((α_s v/σ_t²)·x_0 + (a σ_s²/σ_t²)·x_t,  v σ_s²/σ_t²)
 * </pre>
 *
 * <p>(Kingma et al. 2021, "Variational diffusion models", equations 25 to 29.) On a variance
 * preserving process v is β_t and this is DDPM's posterior (Ho et al. 2020, equations 6 and 7); the
 * β of a sequence that leaves out steps is 1 − ᾱ_t/ᾱ_s (Nichol and Dhariwal 2021, section 4). All
 * of it is in double precision.
 */
public final class NoiseLevels {

    private final double[] times;
    private final double[] alpha;
    private final double[] sigma;

    /**
     * Creates the levels.
     *
     * @param times in the process's own unit, the one nearest to the data first
     * @param alpha α at each, falling
     * @param sigma σ at each, rising, above 0
     * @throws IllegalArgumentException if there is none, or not as many of each
     */
    public NoiseLevels(double[] times, double[] alpha, double[] sigma) {
        if (times.length == 0 || times.length != alpha.length || times.length != sigma.length) {
            throw new IllegalArgumentException(
                    "%s times, %s α and %s σ make no noise levels"
                            .formatted(times.length, alpha.length, sigma.length));
        }
        this.times = times.clone();
        this.alpha = alpha.clone();
        this.sigma = sigma.clone();
    }

    /**
     * Takes the levels of a process at some times.
     *
     * @param process the process
     * @param times in its own unit, the one nearest to the data first
     * @return its α and σ there
     */
    public static NoiseLevels of(DiffusionProcess process, double... times) {
        double[] alpha = new double[times.length];
        double[] sigma = new double[times.length];
        for (int i = 0; i < times.length; i++) {
            alpha[i] = process.alpha(times[i]);
            sigma[i] = process.sigma(times[i]);
        }
        return new NoiseLevels(times, alpha, sigma);
    }

    /**
     * Returns how many levels there are.
     *
     * @return at least 1
     */
    public int size() {
        return times.length;
    }

    /**
     * Returns a level's time.
     *
     * @param level from 0 (least noise)
     * @return in the process's own unit
     */
    public double time(int level) {
        return times[level];
    }

    /**
     * Returns the weight of the data.
     *
     * @param level from 0, or −1 for the clean data
     * @return α, 1 for the clean data
     */
    public double alpha(int level) {
        return level < 0 ? 1 : alpha[level];
    }

    /**
     * Returns the weight of the noise.
     *
     * @param level from 0, or −1 for the clean data
     * @return σ, 0 for the clean data
     */
    public double sigma(int level) {
        return level < 0 ? 0 : sigma[level];
    }

    /**
     * Returns the variance of the step up to a level.
     *
     * @param level from 0
     * @return v, β on a variance preserving process
     */
    public double addedVariance(int level) {
        double ratio = alpha(level) / alpha(level - 1);
        double below = sigma(level - 1);
        return sigma(level) * sigma(level) - ratio * ratio * below * below;
    }

    /**
     * Returns the weight of the clean data in the posterior's mean.
     *
     * @param level from 0
     * @return α_s v/σ_t², {@code posterior_mean_coef1}
     */
    public double dataWeight(int level) {
        return alpha(level - 1) * addedVariance(level) / (sigma(level) * sigma(level));
    }

    /**
     * Returns the weight of x in the posterior's mean.
     *
     * @param level from 0
     * @return a σ_s²/σ_t², {@code posterior_mean_coef2}
     */
    public double xWeight(int level) {
        double below = sigma(level - 1) / sigma(level);
        return alpha(level) / alpha(level - 1) * below * below;
    }

    /**
     * Returns the posterior's variance.
     *
     * @param level from 0
     * @return v σ_s²/σ_t², 0 at level 0
     */
    public double posteriorVariance(int level) {
        double below = sigma(level - 1) / sigma(level);
        return addedVariance(level) * below * below;
    }

    /**
     * Returns the logarithm of the posterior's variance, with the next level's in the place of the
     * −∞ at level 0 ({@code posterior_log_variance_clipped}).
     *
     * @param level from 0
     * @return a finite number; with a single level, which official code has no value for, that of
     *     the step's own variance
     */
    public double posteriorLogVariance(int level) {
        if (size() == 1) {
            return Math.log(addedVariance(0));
        }
        return Math.log(posteriorVariance(Math.max(level, 1)));
    }

    /**
     * Returns the logarithm of the upper bound of the reverse step's variance, v itself, with the
     * posterior's at level 0 ({@code FIXED_LARGE}: it makes the decoder's likelihood better).
     *
     * @param level from 0
     * @return a finite number
     */
    public double largeLogVariance(int level) {
        return level == 0 ? posteriorLogVariance(0) : Math.log(addedVariance(level));
    }

    /**
     * Returns the level that a time belongs to.
     *
     * @param time one of {@link #time}
     * @return its level
     * @throws IllegalArgumentException if it is none of them
     */
    public int level(double time) {
        for (int i = 0; i < times.length; i++) {
            if (times[i] == time) {
                return i;
            }
        }
        throw new IllegalArgumentException("no noise level has the time " + time);
    }
}

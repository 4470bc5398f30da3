package io.zigma.diffusion;

import io.zigma.base.Registry;
import java.util.List;
import java.util.function.DoubleFunction;

/**
 * How much noise the sampling SDE dx = (v + w·score) dt + √(2w) dW adds: w(t), free to choose
 * without changing the marginals (SiT 2024, equation 4 and table 2; official {@code
 * ICPlan.compute_diffusion}).
 */
public interface DiffusionCoefficient {

    /**
     * Returns the factor in front of, or for {@link Decreasing} inside, the form.
     *
     * @return a positive number
     */
    double norm();

    /**
     * Returns w(t).
     *
     * @param path the path that is sampled
     * @param t the time in [0, 1]
     * @return at least 0; +∞ only for {@link Sbdm} where α is 0
     */
    double at(Interpolant path, double t);

    /**
     * Returns the limit of w/σ where σ is 0.
     *
     * @param path the path that is sampled
     * @param t the time at which σ is 0
     * @return at least 0, or +∞
     */
    double limitOverSigma(Interpolant path, double t);

    /**
     * Returns w/σ, the weight of −noise in w·score, with its limit where σ is 0.
     *
     * @param path the path that is sampled
     * @param t the time in [0, 1]
     * @return at least 0; +∞ where noise is still added although none is left in x
     */
    default double overSigma(Interpolant path, double t) {
        double sigma = path.sigma(t);
        return sigma > 0 ? at(path, t) / sigma : limitOverSigma(path, t);
    }

    /** A form of the coefficient, to be scaled by a norm. */
    record Form(String name, DoubleFunction<DiffusionCoefficient> of) {}

    /** All forms by name. */
    Registry<Form> FORMS =
            new Registry<Form>("diffusion", Form::name)
                    .register(new Form("constant", Constant::new))
                    .register(new Form("sbdm", Sbdm::new))
                    .register(new Form("sigma", Sigma::new))
                    .register(new Form("linear", LinearDecay::new))
                    .register(new Form("decreasing", Decreasing::new))
                    .register(new Form("increasing-decreasing", IncreasingDecreasing::new));

    /**
     * Makes the coefficient that a user named.
     *
     * @param form one of {@link #names}, in any case
     * @param norm the factor, positive
     * @return the coefficient
     * @throws IllegalArgumentException if there is no such form (the message lists all) or the norm
     *     is not a positive number
     */
    static DiffusionCoefficient parse(String form, double norm) {
        return FORMS.get(form).of().apply(norm);
    }

    /**
     * Returns the names that {@link #parse} knows.
     *
     * @return all forms
     */
    static List<String> names() {
        return FORMS.names();
    }

    /**
     * Returns the form's name.
     *
     * @return one of {@link #names}
     */
    String form();

    /**
     * w = norm. Close to the data it adds noise faster than the path removes it, so end with a last
     * step.
     *
     * @param norm a positive number
     */
    record Constant(double norm) implements DiffusionCoefficient {
        /**
         * Checks the norm.
         *
         * @throws IllegalArgumentException if the norm is not a positive number
         */
        public Constant {
            requirePositive(norm);
        }

        @Override
        public String form() {
            return "constant";
        }

        @Override
        public double at(Interpolant path, double t) {
            return norm;
        }

        @Override
        public double limitOverSigma(Interpolant path, double t) {
            return Double.POSITIVE_INFINITY;
        }
    }

    /**
     * w = norm·σW/α, the forward process's own, for which the SDE is the reverse-time diffusion of
     * score models. Infinite where α is 0.
     *
     * @param norm a positive number
     */
    record Sbdm(double norm) implements DiffusionCoefficient {
        /**
         * Checks the norm.
         *
         * @throws IllegalArgumentException if the norm is not a positive number
         */
        public Sbdm {
            requirePositive(norm);
        }

        @Override
        public String form() {
            return "sbdm";
        }

        @Override
        public double at(Interpolant path, double t) {
            return norm * path.forwardDiffusion(t);
        }

        @Override
        public double limitOverSigma(Interpolant path, double t) {
            return norm * path.wronskian(t) / path.alpha(t);
        }
    }

    /**
     * w = norm·σ, which cancels the score's pole at the data (SiT 2024, appendix A.3).
     *
     * @param norm a positive number
     */
    record Sigma(double norm) implements DiffusionCoefficient {
        /**
         * Checks the norm.
         *
         * @throws IllegalArgumentException if the norm is not a positive number
         */
        public Sigma {
            requirePositive(norm);
        }

        @Override
        public String form() {
            return "sigma";
        }

        @Override
        public double at(Interpolant path, double t) {
            return norm * path.sigma(t);
        }

        @Override
        public double limitOverSigma(Interpolant path, double t) {
            return norm;
        }
    }

    /**
     * w = norm·(1 − t).
     *
     * @param norm a positive number
     */
    record LinearDecay(double norm) implements DiffusionCoefficient {
        /**
         * Checks the norm.
         *
         * @throws IllegalArgumentException if the norm is not a positive number
         */
        public LinearDecay {
            requirePositive(norm);
        }

        @Override
        public String form() {
            return "linear";
        }

        @Override
        public double at(Interpolant path, double t) {
            return norm * (1 - t);
        }

        @Override
        public double limitOverSigma(Interpolant path, double t) {
            return norm / -path.sigmaRate(t);
        }
    }

    /**
     * w = ¼(norm·cos πt + 1)², which vanishes at the data for norm 1.
     *
     * @param norm a positive number
     */
    record Decreasing(double norm) implements DiffusionCoefficient {
        /**
         * Checks the norm.
         *
         * @throws IllegalArgumentException if the norm is not a positive number
         */
        public Decreasing {
            requirePositive(norm);
        }

        @Override
        public String form() {
            return "decreasing";
        }

        @Override
        public double at(Interpolant path, double t) {
            double root = norm * Math.cos(Math.PI * t) + 1;
            return 0.25 * root * root;
        }

        @Override
        public double limitOverSigma(Interpolant path, double t) {
            // For norm 1 it falls like (1 − t)⁴, faster than any σ.
            return norm == 1 ? 0 : Double.POSITIVE_INFINITY;
        }
    }

    /**
     * w = norm·sin² πt, which vanishes at both ends.
     *
     * @param norm a positive number
     */
    record IncreasingDecreasing(double norm) implements DiffusionCoefficient {
        /**
         * Checks the norm.
         *
         * @throws IllegalArgumentException if the norm is not a positive number
         */
        public IncreasingDecreasing {
            requirePositive(norm);
        }

        @Override
        public String form() {
            return "increasing-decreasing";
        }

        @Override
        public double at(Interpolant path, double t) {
            double sine = Math.sin(Math.PI * t);
            return norm * sine * sine;
        }

        @Override
        public double limitOverSigma(Interpolant path, double t) {
            return 0; // it falls like (1 − t)², faster than any σ
        }
    }

    private static void requirePositive(double norm) {
        if (!(norm > 0) || Double.isInfinite(norm)) {
            throw new IllegalArgumentException(
                    "the diffusion's norm must be a positive number, not " + norm);
        }
    }
}

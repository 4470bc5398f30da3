package io.zigma.diffusion;

import io.zigma.base.Named;
import java.util.Arrays;

/** The form of β over the steps of a {@link BetaSchedule}. */
public enum BetaForm implements Named {
    /** Evenly from first to last (Ho et al. 2020). */
    LINEAR("linear") {
        @Override
        double[] betas(int steps, double first, double last) {
            return between(steps, first, last);
        }
    },
    /**
     * Such that ᾱ falls like a squared cosine, β at most 0.999 (Nichol and Dhariwal 2021, equation
     * 17; official {@code squaredcos_cap_v2}).
     */
    COSINE("cosine") {
        @Override
        double[] betas(int steps, double first, double last) {
            double[] betas = new double[steps];
            for (int i = 0; i < steps; i++) {
                double from = cosine((double) i / steps);
                double to = cosine((double) (i + 1) / steps);
                betas[i] = Math.min(1 - to / from, LARGEST);
            }
            return betas;
        }
    },
    /** Its square root evenly from first's to last's (Rombach et al. 2022, "Stable Diffusion"). */
    SCALED_LINEAR("scaled-linear") {
        @Override
        double[] betas(int steps, double first, double last) {
            return Arrays.stream(between(steps, Math.sqrt(first), Math.sqrt(last)))
                    .map(root -> root * root)
                    .toArray();
        }
    },
    /** Evenly from first to last over the first tenth, then last (Ho et al. 2020's code). */
    WARMUP_10("warmup10") {
        @Override
        double[] betas(int steps, double first, double last) {
            return warmup(steps, first, last, 0.1);
        }
    },
    /** Evenly from first to last over the first half, then last (Ho et al. 2020's code). */
    WARMUP_50("warmup50") {
        @Override
        double[] betas(int steps, double first, double last) {
            return warmup(steps, first, last, 0.5);
        }
    },
    /** Last at every step (Ho et al. 2020's code). */
    CONSTANT("const") {
        @Override
        double[] betas(int steps, double first, double last) {
            double[] betas = new double[steps];
            Arrays.fill(betas, last);
            return betas;
        }
    },
    /** 1/T, 1/(T − 1), …, 1 (Sohl-Dickstein et al. 2015); it takes no ends. */
    JSD("jsd") {
        @Override
        double[] betas(int steps, double first, double last) {
            double[] betas = new double[steps];
            for (int i = 0; i < steps; i++) {
                betas[i] = 1.0 / (steps - i);
            }
            return betas;
        }
    };

    private static final double LARGEST = 0.999;
    private static final double OFFSET = 0.008;

    private final String label;

    BetaForm(String label) {
        this.label = label;
    }

    @Override
    public String label() {
        return label;
    }

    /**
     * Finds the form that a user named.
     *
     * @param name one of the labels, in any case, or an official name of one
     * @return the form
     * @throws IllegalArgumentException if there is none of that name; the message lists all
     */
    public static BetaForm parse(String name) {
        return switch (name) {
            case "squaredcos_cap_v2" -> COSINE;
            case "quad" -> SCALED_LINEAR;
            default -> Named.parse("beta schedule", name, values());
        };
    }

    /** Returns whether β has a first and a last value that can be chosen. */
    boolean hasEnds() {
        return this != COSINE && this != JSD;
    }

    /** Returns T values of β. */
    abstract double[] betas(int steps, double first, double last);

    private static double cosine(double part) {
        double root = Math.cos((part + OFFSET) / (1 + OFFSET) * Math.PI / 2);
        return root * root;
    }

    private static double[] between(int steps, double first, double last) {
        double[] values = new double[steps];
        for (int i = 0; i < steps; i++) {
            values[i] = steps == 1 ? first : first + i * ((last - first) / (steps - 1));
        }
        if (steps > 1) {
            values[steps - 1] = last;
        }
        return values;
    }

    private static double[] warmup(int steps, double first, double last, double part) {
        double[] betas = new double[steps];
        Arrays.fill(betas, last);
        double[] rising = between((int) (steps * part), first, last);
        System.arraycopy(rising, 0, betas, 0, rising.length);
        return betas;
    }
}

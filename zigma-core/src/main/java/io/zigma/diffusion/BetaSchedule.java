package io.zigma.diffusion;

/**
 * How fast DDPM's forward process adds noise: β_0 … β_{T−1}.
 *
 * @param form of β over the steps
 * @param steps T
 * @param first β_0 where the form has ends; ignored by the cosine
 * @param last β_{T−1} where the form has ends; ignored by the cosine
 */
public record BetaSchedule(BetaForm form, int steps, double first, double last) {

    // Ho et al. 2020 for 1000 steps; fewer steps take larger ones, to end in the same noise
    private static final double FIRST = 1e-4;
    private static final double LAST = 0.02;
    private static final double STEPS = 1000;

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if there are fewer than 2 steps or a β is outside (0, 1]
     */
    public BetaSchedule {
        if (steps < 2) {
            throw new IllegalArgumentException(
                    "a beta schedule has at least 2 steps, not " + steps);
        }
        for (double beta : form.betas(steps, first, last)) {
            if (!(beta > 0 && beta <= 1)) {
                throw new IllegalArgumentException(
                        "betas must be above 0 and at most 1; the %s schedule from %s to %s in %s steps has %s"
                                .formatted(form.label(), first, last, steps, beta));
            }
        }
    }

    /**
     * Makes a schedule with the ends that its form has by default ({@code
     * get_named_beta_schedule}): those of Ho et al. 2020, scaled to the number of steps, or Stable
     * Diffusion's.
     *
     * @param form of β over the steps
     * @param steps T
     * @return the schedule
     */
    public static BetaSchedule of(BetaForm form, int steps) {
        double scale = STEPS / steps;
        if (form == BetaForm.SCALED_LINEAR) {
            return new BetaSchedule(form, steps, 0.00085, 0.012);
        }
        // ends that a form ignores are written to files all the same, where none is above 1
        double largest = form.hasEnds() ? Double.MAX_VALUE : 1;
        return new BetaSchedule(
                form, steps, Math.min(scale * FIRST, largest), Math.min(scale * LAST, largest));
    }

    /**
     * Returns β.
     *
     * @return T numbers in (0, 1]
     */
    public double[] betas() {
        return form.betas(steps, first, last);
    }
}

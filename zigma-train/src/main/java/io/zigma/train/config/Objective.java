package io.zigma.train.config;

import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.InterpolantKind;
import io.zigma.diffusion.InterpolantProcess;
import io.zigma.diffusion.Prediction;
import io.zigma.diffusion.TimeSampling;
import io.zigma.diffusion.UniformTimes;
import java.util.Optional;

/**
 * What the model learns.
 *
 * @param process the diffusion process
 * @param times how training times are distributed
 * @param labelDropout fraction of the conditions that are replaced by the null condition, labels by
 *     the null class and captions by the empty text, so that guidance has an unconditional model to
 *     contrast with (Ho and Salimans 2022, algorithm 1); in [0, 1)
 * @param contrast how much of the distance to another sample's velocity is taken off the loss, so
 *     that the effect of a condition is distinguished from everything else (Stoica et al. 2025,
 *     Contrastive Flow Matching, equation 5, whose λ is 0.05); 0 for none, in [0, 1)
 * @param noiseChoice of how many noises each sample takes the nearest, so that paths from noise to
 *     data cross less (Li et al. 2024, Immiscible Diffusion, and 2025, its choice sample by
 *     sample); 1 for the noise as it comes
 * @param tokenRouting share of the tokens that goes past the middle layers while training (Krause
 *     et al. 2025, TREAD); 0 for none, in [0, 1)
 * @param distillation how a teacher samples what is learnt from in the place of pictures; empty for
 *     pictures
 */
public record Objective(
        DiffusionProcess process,
        TimeSampling times,
        double labelDropout,
        double contrast,
        int noiseChoice,
        double tokenRouting,
        Optional<Distillation> distillation) {

    private static final int MOST_NOISES = 64;

    /** Velocity on straight lines at uniform times, no label dropped: the official default. */
    public static final Objective DEFAULT =
            new Objective(
                    new InterpolantProcess(InterpolantKind.LINEAR, Prediction.VELOCITY),
                    new UniformTimes(),
                    0);

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if a value is out of its range, or the process has no such
     *     times or no velocities to contrast
     */
    public Objective {
        times.over(process); // refuses a process that it does not fit
        if (!(labelDropout >= 0 && labelDropout < 1)) {
            throw new IllegalArgumentException(
                    "the label dropout must be in [0, 1), not " + labelDropout);
        }
        if (!(contrast >= 0 && contrast < 1)) {
            throw new IllegalArgumentException("the contrast must lie in [0, 1), not " + contrast);
        }
        if (contrast > 0 && !process.comparesVelocities()) {
            throw new IllegalArgumentException(
                    "contrast is between velocities, and this model does not learn them (%s); predict velocity or data, or use a contrast of 0"
                            .formatted(process.description()));
        }
        if (noiseChoice < 1 || noiseChoice > MOST_NOISES) {
            throw new IllegalArgumentException(
                    "the nearest of 1 to %s noises is chosen, not of %s"
                            .formatted(MOST_NOISES, noiseChoice));
        }
        if (!(tokenRouting >= 0 && tokenRouting < 1)) {
            throw new IllegalArgumentException(
                    "the share of tokens that is routed past layers must lie in [0, 1), not "
                            + tokenRouting);
        }
        if (distillation.isPresent() && (labelDropout > 0 || contrast > 0 || noiseChoice > 1)) {
            throw new IllegalArgumentException(
                    "a teacher's paths have noise and condition of their own; distil without label dropout, contrast and choice of noise");
        }
    }

    /**
     * Everything but contrast and choice of noise, of which there is none.
     *
     * @param process the diffusion process
     * @param times how training times are distributed
     * @param labelDropout fraction of the conditions that are replaced by the null condition
     * @throws IllegalArgumentException if the dropout is out of its range, or the process has no
     *     such times
     */
    public Objective(DiffusionProcess process, TimeSampling times, double labelDropout) {
        this(process, times, labelDropout, 0, 1, 0, Optional.empty());
    }

    /**
     * Returns the same with another contrast.
     *
     * @param changed how much of the distance to another sample's velocity is taken off the loss
     * @return a changed copy
     * @throws IllegalArgumentException if it is out of range, or the process has no velocities
     */
    public Objective withContrast(double changed) {
        return new Objective(
                process, times, labelDropout, changed, noiseChoice, tokenRouting, distillation);
    }

    /**
     * Returns the same with another choice of noise.
     *
     * @param changed of how many noises each sample takes the nearest
     * @return a changed copy
     * @throws IllegalArgumentException if it is out of range
     */
    public Objective withNoiseChoice(int changed) {
        return new Objective(
                process, times, labelDropout, contrast, changed, tokenRouting, distillation);
    }

    /**
     * Returns the same with another share of tokens that goes past the middle layers.
     *
     * @param changed the share, 0 for none
     * @return a changed copy
     * @throws IllegalArgumentException if it is out of range
     */
    public Objective withTokenRouting(double changed) {
        return new Objective(
                process, times, labelDropout, contrast, noiseChoice, changed, distillation);
    }

    /**
     * Returns the objective of a student.
     *
     * @param process the teacher's
     * @param distillation how the teacher samples
     * @return what it learns along the teacher's paths
     */
    public static Objective ofStudent(DiffusionProcess process, Distillation distillation) {
        return new Objective(process, new UniformTimes(), 0, 0, 1, 0, Optional.of(distillation));
    }
}

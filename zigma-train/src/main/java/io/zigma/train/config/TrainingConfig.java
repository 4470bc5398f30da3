package io.zigma.train.config;

import io.zigma.backbone.BackboneSpec;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.checkpoint.CheckpointConfig.SamplingDefaults;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.condition.ByClass;
import io.zigma.condition.Conditioning;
import io.zigma.train.data.ImageDataset;
import java.util.List;

/**
 * Everything that decides how a run goes and what it ends with, but for the data.
 *
 * <p>Start from {@link #of} and change parts: {@code
 * TrainingConfig.of(model).withSteps(20_000).withSeed(7)}.
 *
 * @param model the model's shape
 * @param objective what it learns
 * @param optimization how
 * @param steps steps in all, at least 1
 * @param batchSize images that go through the model at once, at least 1
 * @param accumulate batches whose gradients are added up for one step, at least 1: a step learns
 *     from {@code accumulate · batchSize} images in the memory of {@code batchSize}
 * @param flip whether each image is mirrored half of the time
 * @param seed decides initial weights, order of the data, noise, times and dropped labels
 * @param cadence how often what is written
 * @param sampling what sample pictures are made with, and what the checkpoint recommends
 * @param origin which weights it starts from, and which of them stay as they are
 */
public record TrainingConfig(
        BackboneSpec model,
        Objective objective,
        Optimization optimization,
        long steps,
        int batchSize,
        int accumulate,
        boolean flip,
        long seed,
        Cadence cadence,
        SamplingDefaults sampling,
        Origin origin) {

    /** Ho and Salimans 2022 found 0.1 and 0.2 to do equally well. */
    private static final double LABEL_DROPOUT = 0.1;

    /**
     * Checks that the parts fit.
     *
     * @throws IllegalArgumentException with what to change
     */
    public TrainingConfig {
        if (steps < 1) {
            throw new IllegalArgumentException("training takes at least 1 step, not " + steps);
        }
        if (batchSize < 1) {
            throw new IllegalArgumentException("a batch holds at least 1 image, not " + batchSize);
        }
        if (accumulate < 1) {
            throw new IllegalArgumentException(
                    "a step adds up the gradients of at least 1 batch, not " + accumulate);
        }
        if ((long) batchSize * accumulate > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "a step of %s batches of %s images is too large; use fewer"
                            .formatted(accumulate, batchSize));
        }
        sampling.spec(); // refuses what it does not know
        if (objective.labelDropout() > 0) {
            requireNullClass(model, "label dropout", objective.labelDropout(), 0);
        }
        if (sampling.guidance().guides()) {
            requireNullClass(model, "guidance scale", sampling.guidance().scale(), 1);
        }
    }

    private static void requireNullClass(
            BackboneSpec model, String what, double value, int harmless) {
        if (model.conditioning().classes() == 0 || !model.conditioning().guidable()) {
            throw new IllegalArgumentException(
                    "%s %s needs a class-conditional model with a null class; give the model one, or use %s"
                            .formatted(what, value, harmless));
        }
    }

    /**
     * Returns the official settings for a model: 100 000 steps of 32 images with seed 0.
     *
     * @param model the model's shape
     * @return a configuration to change parts of
     */
    public static TrainingConfig of(BackboneSpec model) {
        return new TrainingConfig(
                model,
                Objective.DEFAULT,
                Optimization.DEFAULT,
                100_000,
                32,
                1,
                false,
                0,
                Cadence.DEFAULT,
                SamplingDefaults.PLAIN,
                Origin.DRAWN);
    }

    /**
     * Returns the official settings for going on with a checkpoint on other data: its model with
     * the data's classes, its path and prediction, its recommended sampling.
     *
     * @param checkpoint what to start from
     * @param data what to train on; an unconditional model pays no heed to its classes
     * @return a configuration to change parts of
     * @throws IllegalArgumentException if the model is conditioned on classes and the data has none
     */
    public static TrainingConfig of(CheckpointFolder checkpoint, ImageDataset data) {
        CheckpointConfig from = checkpoint.config();
        Conditioning conditioning = from.model().conditioning();
        if (conditioning.classes() > 0) {
            if (data.labels().isEmpty()) {
                throw new IllegalArgumentException(
                        "%s is conditioned on classes, but %s has none; sort the pictures into a sub-folder a class"
                                .formatted(checkpoint.path(), data.name()));
            }
            conditioning = new ByClass(data.labels().size(), conditioning.guidable());
        }
        boolean guidable = conditioning.classes() > 0 && conditioning.guidable();
        Objective official = Objective.DEFAULT;
        return of(from.model().with(from.model().signature().withConditioning(conditioning)))
                .withObjective(
                        new Objective(
                                from.process(), official.times(), guidable ? LABEL_DROPOUT : 0))
                .withSampling(from.sampling())
                .withOrigin(Origin.of(checkpoint));
    }

    /**
     * Returns the same with another objective.
     *
     * @param changed what the model learns
     * @return a changed copy
     */
    public TrainingConfig withObjective(Objective changed) {
        return new TrainingConfig(
                model,
                changed,
                optimization,
                steps,
                batchSize,
                accumulate,
                flip,
                seed,
                cadence,
                sampling,
                origin);
    }

    /**
     * Returns the same with another optimisation.
     *
     * @param changed how the weights follow the gradients
     * @return a changed copy
     */
    public TrainingConfig withOptimization(Optimization changed) {
        return new TrainingConfig(
                model,
                objective,
                changed,
                steps,
                batchSize,
                accumulate,
                flip,
                seed,
                cadence,
                sampling,
                origin);
    }

    /**
     * Returns the same with another length.
     *
     * @param changed steps in all, at least 1
     * @return a changed copy
     */
    public TrainingConfig withSteps(long changed) {
        return new TrainingConfig(
                model,
                objective,
                optimization,
                changed,
                batchSize,
                accumulate,
                flip,
                seed,
                cadence,
                sampling,
                origin);
    }

    /**
     * Returns the same with another batch size.
     *
     * @param changed images that go through the model at once, at least 1
     * @return a changed copy
     */
    public TrainingConfig withBatchSize(int changed) {
        return new TrainingConfig(
                model,
                objective,
                optimization,
                steps,
                changed,
                accumulate,
                flip,
                seed,
                cadence,
                sampling,
                origin);
    }

    /**
     * Returns the same with gradients accumulated over another number of batches.
     *
     * @param changed batches a step, at least 1
     * @return a changed copy
     */
    public TrainingConfig withAccumulate(int changed) {
        return new TrainingConfig(
                model,
                objective,
                optimization,
                steps,
                batchSize,
                changed,
                flip,
                seed,
                cadence,
                sampling,
                origin);
    }

    /**
     * Returns how many images a step learns from.
     *
     * @return {@code accumulate · batchSize}
     */
    public int imagesPerStep() {
        return accumulate * batchSize;
    }

    /**
     * Returns the same with or without mirrored images.
     *
     * @param changed whether each image is mirrored half of the time
     * @return a changed copy
     */
    public TrainingConfig withFlip(boolean changed) {
        return new TrainingConfig(
                model,
                objective,
                optimization,
                steps,
                batchSize,
                accumulate,
                changed,
                seed,
                cadence,
                sampling,
                origin);
    }

    /**
     * Returns the same with another seed.
     *
     * @param changed any number
     * @return a changed copy
     */
    public TrainingConfig withSeed(long changed) {
        return new TrainingConfig(
                model,
                objective,
                optimization,
                steps,
                batchSize,
                accumulate,
                flip,
                changed,
                cadence,
                sampling,
                origin);
    }

    /**
     * Returns the same with another cadence.
     *
     * @param changed how often what is written
     * @return a changed copy
     */
    public TrainingConfig withCadence(Cadence changed) {
        return new TrainingConfig(
                model,
                objective,
                optimization,
                steps,
                batchSize,
                accumulate,
                flip,
                seed,
                changed,
                sampling,
                origin);
    }

    /**
     * Returns the same with other sampling.
     *
     * @param changed what sample pictures are made with
     * @return a changed copy
     */
    public TrainingConfig withSampling(SamplingDefaults changed) {
        return new TrainingConfig(
                model,
                objective,
                optimization,
                steps,
                batchSize,
                accumulate,
                flip,
                seed,
                cadence,
                changed,
                origin);
    }

    /**
     * Returns the same with another origin.
     *
     * @param changed which weights the run starts from, and which of them stay as they are
     * @return a changed copy
     */
    public TrainingConfig withOrigin(Origin changed) {
        return new TrainingConfig(
                model,
                objective,
                optimization,
                steps,
                batchSize,
                accumulate,
                flip,
                seed,
                cadence,
                sampling,
                changed);
    }

    /**
     * Returns the same with weights frozen.
     *
     * @param beginnings beginnings of the names of weights that are not trained, such as {@code
     *     x_embedder} or {@code blocks.0.}
     * @return a changed copy
     * @throws IllegalArgumentException if one is empty
     */
    public TrainingConfig withFrozen(String... beginnings) {
        return withOrigin(origin.withFrozen(List.of(beginnings)));
    }
}

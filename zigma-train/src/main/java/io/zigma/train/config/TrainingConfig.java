package io.zigma.train.config;

import io.zigma.backbone.BackboneSpec;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.checkpoint.CheckpointConfig.SamplingDefaults;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.condition.ByClass;
import io.zigma.condition.Conditioning;
import io.zigma.text.TextEncoderReference;
import io.zigma.train.data.ImageDataset;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Everything that determines a run and its result, except the data.
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
 * @param shuffleBuffer pictures that are shuffled where shards follow each other, 0 to draw from
 *     all
 * @param cadence how often what is written
 * @param sampling what sample pictures are made with, and what the checkpoint recommends
 * @param origin which weights it starts from, and which of them stay as they are
 * @param textEncoder what turns captions into the model's condition; empty for a model without text
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
        int shuffleBuffer,
        Cadence cadence,
        SamplingDefaults sampling,
        Origin origin,
        Optional<TextEncoderReference> textEncoder) {

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
        if (shuffleBuffer < 0) {
            throw new IllegalArgumentException(
                    "a shuffle buffer has 0 pictures or more, not " + shuffleBuffer);
        }
        if (objective.contrast() > 0 && batchSize < 2) {
            throw new IllegalArgumentException(
                    "contrast is between the images of a batch; use batches of at least 2, or a contrast of 0");
        }
        if (objective.tokenRouting() > 0 && !model.routesTokens()) {
            throw new IllegalArgumentException(
                    "tokens are routed past the middle layers of ZigMa with Mamba mixers and at least 3 layers, not of this %s; leave out --token-routing"
                            .formatted(model.kind().name()));
        }
        objective.distillation().ifPresent(asked -> requireWholePaths(asked, batchSize));
        sampling.spec(); // refuses what it does not know
        if (objective.labelDropout() > 0) {
            requireNullCondition(model, "label dropout", objective.labelDropout(), 0);
        }
        if (sampling.guidance().guides()) {
            requireNullCondition(model, "guidance scale", sampling.guidance().scale(), 1);
        }
        if (textEncoder.isPresent() && model.conditioning().contextSize() == 0) {
            throw new IllegalArgumentException(
                    "the text encoder %s is for a model that is conditioned on text; give it none, or condition the model on text"
                            .formatted(textEncoder.get().name()));
        }
    }

    /** The steps of a path are neighbours in a batch, and are sampled once for all of them. */
    private static void requireWholePaths(Distillation distillation, int batchSize) {
        if (batchSize % distillation.steps() != 0) {
            throw new IllegalArgumentException(
                    "a batch of %s does not hold whole paths of %s steps; use a multiple of %s"
                            .formatted(batchSize, distillation.steps(), distillation.steps()));
        }
    }

    private static void requireNullCondition(
            BackboneSpec model, String what, double value, int harmless) {
        if (!model.conditioning().guidable()) {
            throw new IllegalArgumentException(
                    "%s %s needs a model with a null condition: conditioned on text, or class-conditional with a null class; give the model one, or use %s"
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
                0,
                Cadence.DEFAULT,
                SamplingDefaults.PLAIN,
                Origin.RANDOM,
                Optional.empty());
    }

    /**
     * Returns the official settings for going on with a checkpoint on other data: its model with
     * the data's classes, its path and prediction, its recommended sampling.
     *
     * @param checkpoint what to start from
     * @param data what to train on; an unconditional model ignores its classes
     * @return a configuration to change parts of
     * @throws IllegalArgumentException if the model is conditioned on classes and the data has
     *     none, or on text and it does not name its text encoder
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
        if (conditioning.contextSize() > 0 && from.textEncoder().isEmpty()) {
            throw new IllegalArgumentException(
                    "%s is conditioned on text but does not name its text encoder, so captions cannot be encoded for it"
                            .formatted(checkpoint.path()));
        }
        Objective official = Objective.DEFAULT;
        return of(from.model().with(from.model().signature().withConditioning(conditioning)))
                .withObjective(
                        new Objective(
                                from.process(),
                                official.times(),
                                conditioning.guidable() ? LABEL_DROPOUT : 0))
                .withSampling(from.sampling())
                .withOrigin(Origin.of(checkpoint))
                .withTextEncoder(from.textEncoder());
    }

    /** A copy of all parts, of which some are to be changed. */
    private static final class Copy {

        private BackboneSpec model;
        private Objective objective;
        private Optimization optimization;
        private long steps;
        private int batchSize;
        private int accumulate;
        private boolean flip;
        private long seed;
        private int shuffleBuffer;
        private Cadence cadence;
        private SamplingDefaults sampling;
        private Origin origin;
        private Optional<TextEncoderReference> textEncoder;

        private Copy(TrainingConfig from) {
            model = from.model;
            objective = from.objective;
            optimization = from.optimization;
            steps = from.steps;
            batchSize = from.batchSize;
            accumulate = from.accumulate;
            flip = from.flip;
            seed = from.seed;
            shuffleBuffer = from.shuffleBuffer;
            cadence = from.cadence;
            sampling = from.sampling;
            origin = from.origin;
            textEncoder = from.textEncoder;
        }

        private TrainingConfig whole() {
            return new TrainingConfig(
                    model,
                    objective,
                    optimization,
                    steps,
                    batchSize,
                    accumulate,
                    flip,
                    seed,
                    shuffleBuffer,
                    cadence,
                    sampling,
                    origin,
                    textEncoder);
        }
    }

    private TrainingConfig changed(Consumer<Copy> change) {
        Copy copy = new Copy(this);
        change.accept(copy);
        return copy.whole();
    }

    /**
     * Returns the same with another objective.
     *
     * @param changed what the model learns
     * @return a changed copy
     */
    public TrainingConfig withObjective(Objective changed) {
        return changed(copy -> copy.objective = changed);
    }

    /**
     * Returns the same with another optimisation.
     *
     * @param changed how the weights follow the gradients
     * @return a changed copy
     */
    public TrainingConfig withOptimization(Optimization changed) {
        return changed(copy -> copy.optimization = changed);
    }

    /**
     * Returns the same with another length.
     *
     * @param changed steps in all, at least 1
     * @return a changed copy
     */
    public TrainingConfig withSteps(long changed) {
        return changed(copy -> copy.steps = changed);
    }

    /**
     * Returns the same with another batch size.
     *
     * @param changed images that go through the model at once, at least 1
     * @return a changed copy
     */
    public TrainingConfig withBatchSize(int changed) {
        return changed(copy -> copy.batchSize = changed);
    }

    /**
     * Returns the same with gradients accumulated over another number of batches.
     *
     * @param changed batches a step, at least 1
     * @return a changed copy
     */
    public TrainingConfig withAccumulate(int changed) {
        return changed(copy -> copy.accumulate = changed);
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
        return changed(copy -> copy.flip = changed);
    }

    /**
     * Returns the same with another seed.
     *
     * @param changed any number
     * @return a changed copy
     */
    public TrainingConfig withSeed(long changed) {
        return changed(copy -> copy.seed = changed);
    }

    /**
     * Returns the same with another shuffle buffer.
     *
     * @param changed pictures that are shuffled where shards follow each other, 0 to draw from all
     * @return a changed copy
     */
    public TrainingConfig withShuffleBuffer(int changed) {
        return changed(copy -> copy.shuffleBuffer = changed);
    }

    /**
     * Returns the same with another cadence.
     *
     * @param changed how often what is written
     * @return a changed copy
     */
    public TrainingConfig withCadence(Cadence changed) {
        return changed(copy -> copy.cadence = changed);
    }

    /**
     * Returns the same with other sampling.
     *
     * @param changed what sample pictures are made with
     * @return a changed copy
     */
    public TrainingConfig withSampling(SamplingDefaults changed) {
        return changed(copy -> copy.sampling = changed);
    }

    /**
     * Returns the same with another origin.
     *
     * @param changed which weights the run starts from, and which of them stay as they are
     * @return a changed copy
     */
    public TrainingConfig withOrigin(Origin changed) {
        return changed(copy -> copy.origin = changed);
    }

    /**
     * Returns the same with another text encoder.
     *
     * @param changed what turns captions into the model's condition; empty for a model without text
     * @return a changed copy
     * @throws IllegalArgumentException if the model is not conditioned on text
     */
    public TrainingConfig withTextEncoder(Optional<TextEncoderReference> changed) {
        return changed(copy -> copy.textEncoder = changed);
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

package io.zigma.train;

import ai.djl.Device;
import com.google.gson.JsonElement;
import io.zigma.backbone.BackboneSpec;
import io.zigma.base.Amount;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.codec.CodecReference;
import io.zigma.condition.Conditioning;
import io.zigma.text.TextEncoder;
import io.zigma.train.card.RunFacts;
import io.zigma.train.config.Differences;
import io.zigma.train.config.Optimization;
import io.zigma.train.config.TrainingConfig;
import io.zigma.train.data.ImageDataset;
import io.zigma.train.optim.EmaConfig;
import io.zigma.train.run.RunException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What has to fit together before a run starts or resumes. */
final class RunChecks {

    private static final int MOST_NAMES = 10;

    private RunChecks() {}

    /**
     * Requires a model that can be trained on the data.
     *
     * @param config the model, and its text encoder if there is one
     * @param data what it is to be trained on
     * @throws IllegalArgumentException with what to change, if it cannot
     */
    static void requireFit(TrainingConfig config, ImageDataset data) {
        BackboneSpec model = config.model();
        if (model.sample().isVideo() != data.frames() > 0) {
            throw new IllegalArgumentException(
                    model.sample().isVideo()
                            ? "%s holds images, the model makes videos".formatted(data.name())
                            : "%s holds clips, the model makes images".formatted(data.name()));
        }
        if (model.sample().frames() != data.frames()) {
            throw new IllegalArgumentException(
                    "%s holds clips of %s frames, the model makes %s"
                            .formatted(data.name(), data.frames(), model.sample().frames()));
        }
        if (data.channels() != model.sample().channels()
                || data.height() != model.sample().height()
                || data.width() != model.sample().width()) {
            throw new IllegalArgumentException(
                    "%s holds images of %s×%s with %s channels, the model makes %s×%s with %s"
                            .formatted(
                                    data.name(),
                                    data.width(),
                                    data.height(),
                                    data.channels(),
                                    model.sample().width(),
                                    model.sample().height(),
                                    model.sample().channels()));
        }
        if (config.flip() && !data.canFlip()) {
            throw new IllegalArgumentException(
                    "%s has no latents of mirrored pictures; encode with --mirrored, or train without --flip"
                            .formatted(data.name()));
        }
        model.conditioning()
                .requireTrainableOn(data.name(), data.labels().size(), data.captioned());
        if (model.conditioning().contextSize() > 0 && config.textEncoder().isEmpty()) {
            throw new IllegalArgumentException(
                    "the model is conditioned on text, and captions need a text encoder; name one (--text-encoder)");
        }
    }

    /**
     * Requires that weights go on with samples of the codec that they were trained on.
     *
     * @param place where the weights come from
     * @param checkpoint their description
     * @param data what they are to be trained on
     * @throws RunException if it is another; the message names both
     */
    static void requireSameCodec(Path place, CheckpointConfig checkpoint, ImageDataset data)
            throws RunException {
        Optional<CodecReference> model = checkpoint.codec().filter(CodecReference::isFolder);
        Optional<CodecReference> own = data.codec();
        boolean unknown = checkpoint.codec().isEmpty();
        if (!unknown && !model.map(CodecReference::hash).equals(own.map(CodecReference::hash))) {
            throw new RunException(
                    "%s was trained on %s, and %s holds %s; give it data of the same codec"
                            .formatted(
                                    place,
                                    samples(model, "pixels"),
                                    data.name(),
                                    samples(own, "pictures")));
        }
    }

    private static String samples(Optional<CodecReference> codec, String otherwise) {
        return codec.map(
                        reference ->
                                "latents of the codec %s (SHA-256 %s…)"
                                        .formatted(
                                                reference.name(),
                                                reference.hash().substring(0, 12)))
                .orElse(otherwise);
    }

    /**
     * Requires that a model takes what a text encoder gives.
     *
     * @param conditioning the model's
     * @param encoder its text encoder
     * @throws IllegalArgumentException with what to change, if it does not
     */
    static void requireFit(Conditioning conditioning, TextEncoder encoder) {
        if (conditioning.contextSize() != encoder.size()) {
            throw new IllegalArgumentException(
                    "the model takes tokens of %s numbers, %s gives %s; use the text encoder that it was made for"
                            .formatted(
                                    conditioning.contextSize(),
                                    encoder.reference().name(),
                                    encoder.size()));
        }
        if (conditioning.contextTokens() < 2
                || conditioning.contextTokens() > encoder.maxTokens()) {
            throw new IllegalArgumentException(
                    "%s makes 2 to %s tokens of a text, not %s; choose another --text-tokens"
                            .formatted(
                                    encoder.reference().name(),
                                    encoder.maxTokens(),
                                    conditioning.contextTokens()));
        }
    }

    /**
     * Requires that a run resumes with the settings of its weights and moments. What a step only
     * reads may change: length, learning rate, weight decay, clip and EMA, how a step's images are
     * put into batches, recomputation, cadence and sampling.
     *
     * @param folder the run's folder
     * @param saved how it went so far
     * @param asked the requested settings
     * @throws RunException with all differences, by the names of their options
     */
    static void requireSame(Path folder, TrainingConfig saved, TrainingConfig asked)
            throws RunException {
        if (asked.imagesPerStep() != saved.imagesPerStep()) {
            throw new RunException(
                    "%s learns from %s pictures a step, --batch-size %s with --accumulate %s from %s; choose two numbers that multiply to %s, or begin a run from its weights in another folder (--from %s)"
                            .formatted(
                                    folder,
                                    saved.imagesPerStep(),
                                    asked.batchSize(),
                                    asked.accumulate(),
                                    asked.imagesPerStep(),
                                    saved.imagesPerStep(),
                                    folder));
        }
        Optimization before = saved.optimization();
        Optimization now = asked.optimization();
        TrainingConfig comparable =
                asked.withSteps(saved.steps())
                        .withBatchSize(saved.batchSize())
                        .withAccumulate(saved.accumulate())
                        .withOptimization(
                                new Optimization(
                                        before.schedule(),
                                        now.adamW().withWeightDecay(before.adamW().weightDecay()),
                                        before.maxGradientNorm(),
                                        new EmaConfig(before.ema().decay(), now.ema().warmup()),
                                        before.recompute(),
                                        now.optimizer(),
                                        now.powerEma(),
                                        before.precision()))
                        .withCadence(saved.cadence())
                        .withSampling(saved.sampling());
        List<String> differences = Differences.between(saved, comparable);
        if (!differences.isEmpty()) {
            throw new RunException(
                    "%s was begun with other settings: %s; leave %s out to resume with its own, or start a run from its weights in another folder (--from %s)"
                            .formatted(
                                    folder,
                                    String.join("; ", differences),
                                    differences.size() == 1 ? "it" : "them",
                                    folder));
        }
    }

    /**
     * Requires that the device has the run's precision; a run may go on in another.
     *
     * @param config the settings
     * @param device where to compute
     * @throws RunException if it has not
     */
    static void requirePrecision(TrainingConfig config, Device device) throws RunException {
        try {
            config.optimization().precision().require(device);
        } catch (IllegalArgumentException e) {
            throw new RunException("--precision: " + e.getMessage(), e);
        }
    }

    /**
     * Requires that a run is not longer already than it is asked to be.
     *
     * @param folder the run's folder
     * @param step steps taken
     * @param asked the requested settings
     * @throws RunException if it is
     */
    static void requireNotBeyond(Path folder, long step, TrainingConfig asked) throws RunException {
        if (asked.steps() < step) {
            throw new RunException(
                    "%s has taken %s already, and --steps %s would take none back; ask for more than %s, or leave --steps out"
                            .formatted(folder, Amount.of(step, "step"), asked.steps(), step));
        }
    }

    /**
     * Requires that a run resumes with the classes it was started with: each has a vector of its
     * own in the model, and they are identified by their order.
     *
     * @param folder the run's folder
     * @param checkpoint its newest checkpoint
     * @param data the data to resume with
     * @throws RunException if there are others, or in another order
     */
    static void requireSameClasses(Path folder, CheckpointFolder checkpoint, ImageDataset data)
            throws RunException {
        List<String> before = checkpoint.config().labels();
        if (checkpoint.config().model().conditioning().classes() > 0
                && !before.equals(data.labels())) {
            throw new RunException(
                    "%s was begun with the classes %s, %s has %s; begin a run from its weights in another folder (--from %s), where classes of the same name keep what they learnt"
                            .formatted(
                                    folder,
                                    names(before),
                                    data.name(),
                                    data.labels().isEmpty() ? "none" : names(data.labels()),
                                    folder));
        }
    }

    private static String names(List<String> labels) {
        int shown = Math.min(labels.size(), MOST_NAMES);
        String list = String.join(", ", labels.subList(0, shown));
        return shown == labels.size() ? list : list + ", … (" + labels.size() + ")";
    }

    /**
     * Returns whether a run resumes with the data it was started on.
     *
     * @param checkpoint its newest checkpoint
     * @param data the data to resume with
     */
    static boolean isSameData(CheckpointFolder checkpoint, ImageDataset data) {
        JsonElement hash = checkpoint.config().data().get(RunFacts.DATA_HASH);
        return hash != null && hash.getAsString().equals(data.contentHash());
    }

    /**
     * Requires that a run resumes with the data it was started on.
     *
     * @param folder the run's folder
     * @param checkpoint its newest checkpoint
     * @param data the data to resume with
     * @throws RunException if it is other data
     */
    static void requireSameData(Path folder, CheckpointFolder checkpoint, ImageDataset data)
            throws RunException {
        if (!isSameData(checkpoint, data)) {
            throw new RunException(
                    "%s was begun on other data than %s has now; add --changed-data to continue with these pictures from here, or start a run from its weights in another folder (--from %s)"
                            .formatted(folder, data.name(), folder));
        }
    }
}

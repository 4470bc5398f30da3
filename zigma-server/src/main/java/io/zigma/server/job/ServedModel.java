package io.zigma.server.job;

import ai.djl.Device;
import io.zigma.base.SampleShape;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.condition.ConditionEncoder;
import io.zigma.condition.InvalidRequestException;
import io.zigma.diffusion.GuidanceStrength;
import io.zigma.pipeline.CodecSource;
import io.zigma.pipeline.GenerationRequest;
import io.zigma.pipeline.ImageGenerator;
import io.zigma.pipeline.PictureSize;
import io.zigma.pipeline.RequestLimits;
import io.zigma.sampler.Sampler;
import java.io.IOException;
import java.nio.file.Files;

/**
 * A model that a server offers.
 *
 * @param name what clients call it
 * @param checkpoint its folder
 * @param pixels the size of its pictures
 * @param bytes of its weights' file
 */
public record ServedModel(
        String name, CheckpointFolder checkpoint, SampleShape pixels, long bytes) {

    /**
     * Describes a model; its weights are loaded later.
     *
     * @param name what clients call it
     * @param checkpoint its folder
     * @return the model
     * @throws IOException if it has no weights, or makes latents that nothing here decodes
     */
    public static ServedModel of(String name, CheckpointFolder checkpoint) throws IOException {
        CheckpointConfig config = checkpoint.config();
        SampleShape sample = config.model().sample();
        if (config.codec().isEmpty()) {
            throw new IOException(
                    "%s makes latents and names no codec that decodes them; serve another model"
                            .formatted(checkpoint.path()));
        }
        try {
            SampleShape pixels =
                    CodecSource.NAMED
                            .beside(checkpoint.path())
                            .find(config, checkpoint.path().toString())
                            .map(folder -> folder.spec().pixelsOf(sample))
                            .orElse(sample);
            return new ServedModel(
                    name,
                    checkpoint,
                    pixels,
                    Files.size(checkpoint.path().resolve(CheckpointFolder.WEIGHTS)));
        } catch (InvalidRequestException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /**
     * Returns the description of the model.
     *
     * @return the checkpoint's
     */
    public CheckpointConfig config() {
        return checkpoint.config();
    }

    /**
     * Returns whether it is asked for in words.
     *
     * @return true for a model of texts
     */
    public boolean readsTexts() {
        return config().model().conditioning().contextSize() > 0;
    }

    /** Loads the weights. */
    ImageGenerator load(Device device) throws IOException {
        return ImageGenerator.load(checkpoint, device);
    }

    /**
     * Refuses what can be refused without the weights.
     *
     * @param request what is asked of it
     * @param limits of one request
     * @throws InvalidRequestException if the model has not the size, class or sampler asked for, or
     *     it is too much
     */
    public void require(GenerationRequest request, RequestLimits limits) {
        PictureSize own = new PictureSize(pixels.height(), pixels.width());
        if (request.size() != null && !request.size().equals(own)) {
            throw new InvalidRequestException(
                    "%s makes pictures of %s, not %s".formatted(name, own, request.size()));
        }
        if (request.prompts().size() > limits.maxCount()) {
            throw new InvalidRequestException(
                    "a request may ask for %s pictures here, not %s"
                            .formatted(limits.maxCount(), request.prompts().size()));
        }
        if (pixels.isVideo() && request.edit() != null) {
            throw new InvalidRequestException(
                    "%s makes videos, which cannot start from a picture".formatted(name));
        }
        limits.requireWindows(request, config().model().sample());
        Sampler sampler = request.sampler().with(config().sampling());
        if (sampler.steps() > limits.maxSteps()) {
            throw new InvalidRequestException(
                    "a picture may take %s steps here, not %s"
                            .formatted(limits.maxSteps(), sampler.steps()));
        }
        GuidanceStrength guidance = request.guidance().with(config().sampling().guidance());
        if (!readsTexts()) {
            try (ConditionEncoder encoder =
                    config().model().conditioning().encoder(config().labels(), name)) {
                encoder.require(request.prompts(), guidance.guides());
            }
        }
    }
}

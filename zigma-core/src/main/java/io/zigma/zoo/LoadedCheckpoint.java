package io.zigma.zoo;

import ai.djl.Model;
import ai.djl.translate.TranslateException;
import ai.djl.translate.TranslatorContext;
import io.zigma.backbone.Backbone;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.condition.InvalidRequestException;
import io.zigma.io.CheckpointException;
import io.zigma.pipeline.CodecSource;
import io.zigma.pipeline.GenerationRequest;
import io.zigma.pipeline.GenerationResult;
import io.zigma.pipeline.ImageGenerator;
import io.zigma.pipeline.TextEncoderSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CancellationException;

/**
 * A checkpoint whose model DJL has loaded, and how to generate with it. It stores nothing of a
 * request, so that any number of predictors can share it.
 *
 * @param config what the model is
 * @param name its name in recipes
 * @param weightsHash SHA-256 of its weights, for recipes
 * @param textEncoder where the text encoder of a text model comes from
 * @param codec where the codec of a model of latents comes from
 */
record LoadedCheckpoint(
        CheckpointConfig config,
        String name,
        String weightsHash,
        TextEncoderSource textEncoder,
        CodecSource codec) {

    private static final String TEXT_ENCODER = "textEncoder";
    private static final String CODEC = "codec";

    /**
     * Reads again what the block factory has read, which DJL does not store.
     *
     * @param arguments what the model was loaded with
     * @throws IOException if the model is none of a checkpoint, or the folder has changed since
     */
    static LoadedCheckpoint of(Model model, Map<String, ?> arguments) throws IOException {
        Path folder = model.getModelPath();
        String hash = model.getProperty(CheckpointBlockFactory.WEIGHTS_HASH);
        if (hash == null || !(model.getBlock() instanceof Backbone)) {
            throw new CheckpointException(
                    "%s was not loaded as a checkpoint; give it the block factory %s"
                            .formatted(folder, CheckpointBlockFactory.class.getName()));
        }
        CheckpointFolder checkpoint = CheckpointFolder.open(folder);
        if (!checkpoint.weightsHash().equals(hash)) {
            throw new CheckpointException(
                    "%s was replaced while it was being loaded; load it again".formatted(folder));
        }
        Object place = arguments.get(TEXT_ENCODER);
        TextEncoderSource source =
                place == null ? TextEncoderSource.NAMED : TextEncoderSource.at(place.toString());
        Object codec = arguments.get(CODEC);
        CodecSource codecs =
                codec == null ? CodecSource.NAMED : CodecSource.at(Path.of(codec.toString()));
        return new LoadedCheckpoint(
                checkpoint.config(),
                String.valueOf(folder.getFileName()),
                hash,
                source.beside(folder),
                codecs.beside(folder));
    }

    /**
     * Generates on a predictor's device; what it takes is freed with the context.
     *
     * @throws RequestRefusedException if the request cannot be served
     * @throws GenerationCancelledException if its listener stopped it
     */
    GenerationResult generate(TranslatorContext context, GenerationRequest request)
            throws TranslateException {
        try (ImageGenerator generator =
                ImageGenerator.over(
                        (Backbone) context.getBlock(),
                        config,
                        name,
                        weightsHash,
                        textEncoder,
                        codec,
                        context.getNDManager())) {
            return new GenerationResult(generator.generate(request));
        } catch (InvalidRequestException e) {
            throw new RequestRefusedException(e);
        } catch (CancellationException e) {
            throw new GenerationCancelledException(e);
        }
    }
}

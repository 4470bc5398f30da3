package io.zigma.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.google.gson.JsonObject;
import io.zigma.backbone.zigma.TinyModels;
import io.zigma.backbone.zigma.ZigMaConfig;
import io.zigma.codec.Autoencoder;
import io.zigma.codec.AutoencoderConfig;
import io.zigma.codec.CodecReference;
import io.zigma.codec.TinyAutoencoders;
import io.zigma.io.SafetensorsType;
import io.zigma.io.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Codecs with random weights, and models of their latents. */
public final class TinyCodecs {

    private static final ZigMaConfig MODEL = TinyModels.CONDITIONAL;

    private TinyCodecs() {}

    /**
     * Writes a codec of 2 × 2 pixels a latent, whose latents the model of {@link #model} makes.
     *
     * @param folder a new folder
     * @param seed decides the weights
     * @return the codec
     * @throws IOException if writing fails
     */
    public static CodecFolder codec(Path folder, long seed) throws IOException {
        int channels = MODEL.sample().channels();
        AutoencoderConfig shape =
                new AutoencoderConfig(
                        3,
                        channels,
                        channels,
                        8,
                        List.of(8, 16),
                        1,
                        List.of(),
                        true,
                        4,
                        1e-6,
                        true,
                        true,
                        0.5,
                        0.1);
        Map<String, float[]> weights = TinyAutoencoders.weights(shape, seed);
        SafetensorsWriter writer = new SafetensorsWriter();
        new Autoencoder(shape)
                .namedParameters()
                .forEach(
                        (name, parameter) ->
                                writer.floats(
                                        name, parameter.getShape().getShape(), weights.get(name)));
        return CodecFolder.write(Files.createDirectories(folder), shape, writer, new JsonObject());
    }

    /**
     * Writes a model of three classes that names a codec.
     *
     * @param folder a new folder
     * @param codec whose latents it makes
     * @return the checkpoint
     * @throws IOException if writing fails
     */
    public static CheckpointFolder model(Path folder, CodecReference codec) throws IOException {
        try (NDManager manager = NDManager.newBaseManager()) {
            Map<String, NDArray> weights = new LinkedHashMap<>();
            TinyCheckpoints.model(MODEL, 4, manager)
                    .namedParameters()
                    .forEach((name, parameter) -> weights.put(name, parameter.getArray()));
            return CheckpointFolder.write(
                    Files.createDirectories(folder),
                    TinyCheckpoints.config(MODEL).withCodec(codec),
                    weights,
                    SafetensorsType.F32);
        }
    }
}

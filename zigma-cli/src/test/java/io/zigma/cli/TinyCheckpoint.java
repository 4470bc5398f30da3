package io.zigma.cli;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.google.gson.JsonObject;
import io.zigma.backbone.zigma.Positions;
import io.zigma.backbone.zigma.TinyModels;
import io.zigma.backbone.zigma.ZigMaConfig;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.checkpoint.TinyCheckpoints;
import io.zigma.condition.ByClass;
import io.zigma.condition.ByText;
import io.zigma.condition.Conditioning;
import io.zigma.condition.Unconditional;
import io.zigma.diffusion.GuidanceStrength;
import io.zigma.diffusion.InterpolantKind;
import io.zigma.diffusion.InterpolantProcess;
import io.zigma.diffusion.Prediction;
import io.zigma.io.SafetensorsType;
import io.zigma.nn.MambaConfig;
import io.zigma.nn.NormKind;
import io.zigma.scan.Zigzag;
import io.zigma.text.FakeTextEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes checkpoints of real models with random weights, small enough to sample in a moment. */
final class TinyCheckpoint {

    private static final int SIDE = 8;

    private TinyCheckpoint() {}

    /** Writes a model of three classes, with a null class. */
    static Path withClasses(Path folder) throws IOException {
        return write(folder, new ByClass(3, true), List.of("Sandal", "Ankle boot", "Bag"));
    }

    /** Writes a model of colour pictures with a null class beside these classes. */
    static Path of(Path folder, List<String> labels) throws IOException {
        ZigMaConfig model = model(new ByClass(labels.size(), true), SIDE, 3, 16);
        return write(folder, model, labels);
    }

    /** Writes a model of latents of 4 channels, without a codec. */
    static Path ofLatents(Path folder) throws IOException {
        ZigMaConfig model = model(new ByClass(3, true), SIDE, 4, 16);
        return write(folder, model, List.of("Sandal", "Ankle boot", "Bag"));
    }

    /** Writes an unconditional model. */
    static Path unconditional(Path folder) throws IOException {
        return write(folder, new Unconditional(), List.of());
    }

    /** Writes a text-conditional model, whose tokens have 5 channels. */
    static Path withTexts(Path folder) throws IOException {
        return write(folder, new ByText(5, 3), List.of());
    }

    /** Writes a model conditioned on prompts of at most 8 tokens, trained on these captions. */
    static Path withPrompts(Path folder, List<String> captions) throws IOException {
        Files.createDirectories(folder);
        TinyCheckpoints.writeOfPrompts(folder, FakeTextEncoder.FAKE, captions);
        return folder;
    }

    /** Writes a model whose arrays are long enough to be shared out among threads. */
    static Path large(Path folder) throws IOException {
        return write(folder, new Unconditional(), List.of(), 32, 64);
    }

    /** Writes a model of three frames of 4 × 6 colours. */
    static Path ofVideos(Path folder) throws IOException {
        return write(folder, TinyModels.VIDEO, List.of());
    }

    private static Path write(Path folder, Conditioning conditioning, List<String> labels)
            throws IOException {
        return write(folder, conditioning, labels, SIDE, 16);
    }

    private static Path write(
            Path folder, Conditioning conditioning, List<String> labels, int side, int channels)
            throws IOException {
        return write(folder, model(conditioning, side, 1, channels), labels);
    }

    private static ZigMaConfig model(
            Conditioning conditioning, int side, int colours, int channels) {
        return new ZigMaConfig(
                side,
                side,
                colours,
                2,
                channels,
                2,
                new Zigzag(8),
                MambaConfig.PUBLISHED,
                Positions.NONE,
                NormKind.RMS,
                1e-5,
                0,
                conditioning);
    }

    private static Path write(Path folder, ZigMaConfig model, List<String> labels)
            throws IOException {
        JsonObject training = new JsonObject();
        training.addProperty("steps", 0);
        CheckpointConfig config =
                new CheckpointConfig(
                        model,
                        new InterpolantProcess(InterpolantKind.LINEAR, Prediction.VELOCITY),
                        labels,
                        new CheckpointConfig.SamplingDefaults("euler", 4, GuidanceStrength.NONE),
                        training,
                        new JsonObject());
        Files.createDirectories(folder);
        try (NDManager manager = NDManager.newBaseManager()) {
            Map<String, NDArray> weights = new LinkedHashMap<>();
            TinyCheckpoints.model(model, 1, manager)
                    .namedParameters()
                    .forEach((name, parameter) -> weights.put(name, parameter.getArray()));
            CheckpointFolder.write(folder, config, weights, SafetensorsType.F32);
        }
        return folder;
    }
}

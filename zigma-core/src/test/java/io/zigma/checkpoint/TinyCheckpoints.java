package io.zigma.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.google.gson.JsonObject;
import io.zigma.backbone.Backbone;
import io.zigma.backbone.BackboneSpec;
import io.zigma.backbone.zigma.TinyModels;
import io.zigma.backbone.zigma.ZigMa;
import io.zigma.backbone.zigma.ZigMaConfig;
import io.zigma.condition.ByClass;
import io.zigma.diffusion.InterpolantKind;
import io.zigma.diffusion.InterpolantProcess;
import io.zigma.diffusion.Prediction;
import io.zigma.io.SafetensorsType;
import io.zigma.text.TextEncoderReference;
import io.zigma.text.Vocabulary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Checkpoint folders of untrained models that a test can afford. */
public final class TinyCheckpoints {

    private TinyCheckpoints() {}

    /**
     * Describes the tiny class-conditional model.
     *
     * @return a description with three labels
     */
    public static CheckpointConfig config() {
        return config(TinyModels.CONDITIONAL);
    }

    /**
     * Describes a tiny model.
     *
     * @param model its shape; three classes or none
     * @return a description
     */
    public static CheckpointConfig config(BackboneSpec model) {
        JsonObject training = new JsonObject();
        training.addProperty("steps", 12);
        JsonObject data = new JsonObject();
        data.addProperty("name", "shapes");
        boolean conditional = model.conditioning() instanceof ByClass;
        return new CheckpointConfig(
                model,
                new InterpolantProcess(InterpolantKind.LINEAR, Prediction.VELOCITY),
                conditional ? List.of("circle", "square", "cross") : List.of(),
                CheckpointConfig.SamplingDefaults.PLAIN,
                training,
                data);
    }

    /**
     * Writes the tiny class-conditional model.
     *
     * @param folder an existing folder
     * @param seed decides the weights
     * @return the checkpoint
     * @throws IOException if writing fails
     */
    public static CheckpointFolder write(Path folder, long seed) throws IOException {
        return write(folder, TinyModels.CONDITIONAL, seed);
    }

    /**
     * Writes a tiny model.
     *
     * @param folder an existing folder
     * @param shape the model's shape
     * @param seed decides the weights
     * @return the checkpoint
     * @throws IOException if writing fails
     */
    public static CheckpointFolder write(Path folder, ZigMaConfig shape, long seed)
            throws IOException {
        try (NDManager manager = NDManager.newBaseManager()) {
            ZigMa model = model(shape, seed, manager);
            Map<String, NDArray> weights = new LinkedHashMap<>();
            model.namedParameters()
                    .forEach((name, parameter) -> weights.put(name, parameter.getArray()));
            return CheckpointFolder.write(folder, config(shape), weights, SafetensorsType.F32);
        }
    }

    /**
     * Writes a tiny model that is conditioned on prompts, with its text encoder's name.
     *
     * @param folder an existing folder
     * @param encoder what it names as its text encoder
     * @param captions what it says that it was trained on, none to say nothing of it
     * @return the checkpoint
     * @throws IOException if writing fails
     */
    public static CheckpointFolder writeOfPrompts(
            Path folder, TextEncoderReference encoder, List<String> captions) throws IOException {
        return writeOfPrompts(folder, TinyModels.BY_PROMPT, encoder, captions);
    }

    /**
     * Writes a tiny model that draws from prompts, and says so.
     *
     * @param folder an existing folder
     * @param model its shape
     * @param encoder what it names as its text encoder
     * @param captions what it says that it was trained on, none to say nothing of it
     * @return the checkpoint
     * @throws IOException if writing fails
     */
    public static CheckpointFolder writeOfPrompts(
            Path folder, BackboneSpec model, TextEncoderReference encoder, List<String> captions)
            throws IOException {
        try (NDManager manager = NDManager.newBaseManager()) {
            Map<String, NDArray> weights = new LinkedHashMap<>();
            model(model, 4, manager)
                    .namedParameters()
                    .forEach((name, parameter) -> weights.put(name, parameter.getArray()));
            CheckpointConfig config = config(model).withTextEncoder(encoder);
            if (!captions.isEmpty()) {
                Vocabulary.of(captions).writeTo(config.data());
            }
            return CheckpointFolder.write(folder, config, weights, SafetensorsType.F32);
        }
    }

    /**
     * Makes a model whose layers all do something: the weights that start at zero or one are moved.
     *
     * @param shape the model's shape
     * @param seed decides the weights
     * @param manager owns the parameters
     * @return the model
     */
    public static ZigMa model(ZigMaConfig shape, long seed, NDManager manager) {
        return (ZigMa) model((BackboneSpec) shape, seed, manager);
    }

    /**
     * Makes a model of any architecture whose layers all do something.
     *
     * @param shape the model's shape
     * @param seed decides the weights
     * @param manager owns the parameters
     * @return the model
     */
    public static Backbone model(BackboneSpec shape, long seed, NDManager manager) {
        Backbone model = shape.create(seed);
        model.initialize(manager);
        SplittableRandom random = new SplittableRandom(seed);
        model.namedParameters()
                .values()
                .forEach(
                        parameter -> {
                            float[] values = parameter.getArray().toFloatArray();
                            for (int i = 0; i < values.length; i++) {
                                values[i] += (float) (0.6 * random.nextDouble() - 0.3);
                            }
                            parameter.getArray().set(values);
                        });
        return model;
    }
}

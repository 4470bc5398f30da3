package io.zigma.zoo;

import ai.djl.Device;
import ai.djl.ModelException;
import ai.djl.inference.Predictor;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.TranslateException;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.pipeline.DjlServices;
import io.zigma.pipeline.GenerationRequest;
import io.zigma.pipeline.GenerationResult;
import io.zigma.pipeline.ImageGenerator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ForkJoinPool;

/** Loads and generates on the common pool, before anything else of DJL is used. */
public final class CommonPoolProgram {

    /** In which order. */
    public enum Way {
        /** The request is made before the model is looked for. */
        REQUEST_FIRST,
        /** The services are asked for once, at the start of the program. */
        REGISTERED_FIRST,
        /** Without DJL's zoo. */
        DIRECTLY,
        /** The criteria alone, which DJL cannot serve from there; then all again. */
        AGAIN_AFTER_A_FAILURE
    }

    private CommonPoolProgram() {}

    /**
     * Runs.
     *
     * @param words a way and a checkpoint folder
     * @throws Exception if it fails
     */
    public static void main(String[] words) throws Exception {
        Way way = Way.valueOf(words[0]);
        Path checkpoint = Path.of(words[1]);
        if (way == Way.REGISTERED_FIRST) {
            DjlServices.register();
        }
        ForkJoinPool.commonPool()
                .submit(
                        () -> {
                            ClassLoader before = Thread.currentThread().getContextClassLoader();
                            say(
                                    "system class loader",
                                    before == ClassLoader.getSystemClassLoader());
                            say("pictures", pictures(way, checkpoint));
                            say(
                                    "context class loader kept",
                                    Thread.currentThread().getContextClassLoader() == before);
                            return null;
                        })
                .get();
    }

    private static void say(String what, Object value) {
        System.out.println(what + " " + value);
    }

    private static int pictures(Way way, Path checkpoint)
            throws IOException, ModelException, TranslateException {
        if (way == Way.AGAIN_AFTER_A_FAILURE) {
            try {
                load(checkpoint).close();
                say("it was found at once", true);
            } catch (ModelException e) {
                say("not found", e.getMessage());
            }
        }
        if (way == Way.REGISTERED_FIRST) {
            try (ZooModel<GenerationRequest, GenerationResult> model = load(checkpoint)) {
                return ask(model, request());
            }
        }
        GenerationRequest request = request();
        if (way == Way.DIRECTLY) {
            try (ImageGenerator generator =
                    ImageGenerator.load(CheckpointFolder.open(checkpoint), Device.cpu())) {
                return generator.generate(request).size();
            }
        }
        try (ZooModel<GenerationRequest, GenerationResult> model = load(checkpoint)) {
            return ask(model, request);
        }
    }

    private static GenerationRequest request() {
        return GenerationRequest.of("square").withCount(2).withSeed(3).withSteps(2);
    }

    private static int ask(
            ZooModel<GenerationRequest, GenerationResult> model, GenerationRequest request)
            throws TranslateException {
        try (Predictor<GenerationRequest, GenerationResult> predictor = model.newPredictor()) {
            return predictor.predict(request).images().size();
        }
    }

    private static ZooModel<GenerationRequest, GenerationResult> load(Path checkpoint)
            throws IOException, ModelException {
        return Criteria.builder()
                .setTypes(GenerationRequest.class, GenerationResult.class)
                .optModelPath(checkpoint)
                .build()
                .loadModel();
    }
}

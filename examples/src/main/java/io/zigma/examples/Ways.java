package io.zigma.examples;

import ai.djl.Application;
import ai.djl.Device;
import ai.djl.ModelException;
import ai.djl.inference.Predictor;
import ai.djl.modality.Input;
import ai.djl.modality.Output;
import ai.djl.modality.cv.Image;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.TranslateException;

import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.pipeline.GenerationRequest;
import io.zigma.pipeline.GenerationResult;
import io.zigma.pipeline.ImageGenerator;

import java.io.IOException;
import java.nio.file.Path;

/** Every way to load a model and to sample from it. */
public final class Ways {

    private Ways() {}

    /**
     * Loads a shipped model by its name.
     *
     * @param name such as fashion
     * @return the model, to be closed
     * @throws IOException if it cannot be read
     * @throws ModelException if there is none
     */
    public static ZooModel<GenerationRequest, GenerationResult> byArtifactId(String name)
            throws IOException, ModelException {
        return requests().optArtifactId(name).build().loadModel();
    }

    /**
     * Loads the shipped model of a data set, at a size.
     *
     * @param dataset such as fashion-mnist
     * @param size such as 28x28
     * @return the model, to be closed
     * @throws IOException if it cannot be read
     * @throws ModelException if there is none
     */
    public static ZooModel<GenerationRequest, GenerationResult> byFilter(
            String dataset, String size) throws IOException, ModelException {
        return requests()
                .optApplication(Application.CV.IMAGE_GENERATION)
                .optFilter("dataset", dataset)
                .optFilter("size", size)
                .build()
                .loadModel();
    }

    /**
     * Loads a checkpoint.
     *
     * @param checkpoint a checkpoint folder, or a zip or jar file that holds one
     * @return the model, to be closed
     * @throws IOException if it cannot be read
     * @throws ModelException if there is none
     */
    public static ZooModel<GenerationRequest, GenerationResult> byPath(Path checkpoint)
            throws IOException, ModelException {
        return requests().optModelPath(checkpoint).build().loadModel();
    }

    /**
     * Loads a checkpoint.
     *
     * @param url file: and its path, or jar:/// and a folder's or zip file's path among the
     *     resources of the class path
     * @return the model, to be closed
     * @throws IOException if it cannot be read
     * @throws ModelException if there is none
     */
    public static ZooModel<GenerationRequest, GenerationResult> byUrl(String url)
            throws IOException, ModelException {
        return requests().optModelUrls(url).build().loadModel();
    }

    private static Criteria.Builder<GenerationRequest, GenerationResult> requests() {
        return Criteria.builder().setTypes(GenerationRequest.class, GenerationResult.class);
    }

    /**
     * Samples from a loaded model. Predictors are for one thread; a model may have any number of them.
     *
     * @param model the model
     * @param request what to make
     * @return pictures and recipes
     * @throws TranslateException if the request is refused or its listener stops it
     */
    public static GenerationResult ask(
            ZooModel<GenerationRequest, GenerationResult> model, GenerationRequest request)
            throws TranslateException {
        try (Predictor<GenerationRequest, GenerationResult> predictor = model.newPredictor()) {
            return predictor.predict(request);
        }
    }

    /**
     * Makes a picture a class number, as DJL's own generators do.
     *
     * @param checkpoint a checkpoint folder
     * @param seed of the first picture; without one every call has random seeds
     * @param steps of the sampler
     * @param classes one class number a picture
     * @return the pictures
     * @throws IOException if the checkpoint cannot be read
     * @throws ModelException if there is none
     * @throws TranslateException if there is no such class
     */
    public static Image[] byClassNumbers(Path checkpoint, long seed, int steps, int... classes)
            throws IOException, ModelException, TranslateException {
        Criteria<int[], Image[]> criteria =
                Criteria.builder()
                        .setTypes(int[].class, Image[].class)
                        .optModelPath(checkpoint)
                        .optArgument("seed", seed)
                        .optArgument("steps", steps)
                        .build();
        try (ZooModel<int[], Image[]> model = criteria.loadModel();
                Predictor<int[], Image[]> predictor = model.newPredictor()) {
            return predictor.predict(classes);
        }
    }

    /**
     * Generates a picture from a string: a prompt for a text model, the name of a class for
     * another.
     *
     * @param checkpoint a checkpoint folder
     * @param text prompt or class name
     * @return the picture; every call makes another
     * @throws IOException if the checkpoint cannot be read
     * @throws ModelException if there is none
     * @throws TranslateException if the model has no such class
     */
    public static Image byString(Path checkpoint, String text)
            throws IOException, ModelException, TranslateException {
        Criteria<String, Image> criteria =
                Criteria.builder()
                        .setTypes(String.class, Image.class)
                        .optModelPath(checkpoint)
                        .build();
        try (ZooModel<String, Image> model = criteria.loadModel();
                Predictor<String, Image> predictor = model.newPredictor()) {
            return predictor.predict(text);
        }
    }

    /**
     * Sends a request as DJL Serving does.
     *
     * @param checkpoint a checkpoint folder
     * @param json the request's body
     * @return a status, and a PNG file or a JSON object with what is allowed
     * @throws IOException if the checkpoint cannot be read
     * @throws ModelException if there is none
     * @throws TranslateException if the model fails
     */
    public static Output served(Path checkpoint, String json)
            throws IOException, ModelException, TranslateException {
        Input input = new Input();
        input.addProperty("Content-Type", "application/json");
        input.addProperty("Accept", "image/png");
        input.add("data", json);
        Criteria<Input, Output> criteria =
                Criteria.builder()
                        .setTypes(Input.class, Output.class)
                        .optModelPath(checkpoint)
                        .build();
        try (ZooModel<Input, Output> model = criteria.loadModel();
                Predictor<Input, Output> predictor = model.newPredictor()) {
            return predictor.predict(input);
        }
    }

    /**
     * Samples without DJL's model zoo.
     *
     * @param checkpoint a checkpoint folder
     * @param request what to make
     * @return pictures and recipes
     * @throws IOException if the checkpoint cannot be read
     */
    public static GenerationResult directly(Path checkpoint, GenerationRequest request)
            throws IOException {
        CheckpointFolder folder = CheckpointFolder.open(checkpoint);
        try (ImageGenerator generator = ImageGenerator.load(folder, Device.cpu())) {
            return new GenerationResult(generator.generate(request));
        }
    }
}

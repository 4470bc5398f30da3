package io.zigma.examples;

import ai.djl.inference.Predictor;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import io.zigma.media.PngFile;
import io.zigma.pipeline.GeneratedImage;
import io.zigma.pipeline.GenerationRequest;
import io.zigma.pipeline.GenerationResult;
import java.nio.file.Path;

/** Four sneakers from the shipped model, each into a file: the code of the README. */
public final class Sneakers {

    private Sneakers() {}

    /**
     * Writes sneaker-7.png to sneaker-10.png.
     *
     * @param arguments none
     * @throws Exception if the model cannot be loaded or a file not be written
     */
    public static void main(String[] arguments) throws Exception {
        Criteria<GenerationRequest, GenerationResult> fashion =
                Criteria.builder()
                        .setTypes(GenerationRequest.class, GenerationResult.class)
                        .optArtifactId("fashion")
                        .build();
        GenerationRequest sneakers = GenerationRequest.of("sneaker").withCount(4).withSeed(7);
        try (ZooModel<GenerationRequest, GenerationResult> model = fashion.loadModel();
                Predictor<GenerationRequest, GenerationResult> predictor = model.newPredictor()) {
            for (GeneratedImage image : predictor.predict(sneakers).images()) {
                Path file = Path.of("sneaker-" + image.recipe().seed() + ".png");
                PngFile.write(file, image.picture(), image.recipe().fields());
            }
        }
    }
}

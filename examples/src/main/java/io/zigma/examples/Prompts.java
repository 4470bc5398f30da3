package io.zigma.examples;

import ai.djl.Device;

import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.media.PngFile;
import io.zigma.pipeline.GeneratedImage;
import io.zigma.pipeline.GenerationListener;
import io.zigma.pipeline.GenerationRequest;
import io.zigma.pipeline.ImageGenerator;

import java.io.IOException;
import java.nio.file.Path;

/** Pictures from words. */
public final class Prompts {

    private Prompts() {}

    /**
     * Generates pictures of a prompt, into files.
     *
     * @param model a checkpoint folder of a text model
     * @param prompt what to draw
     * @param negative what not to draw
     * @param folder where to put picture-SEED.png
     * @throws IOException if the model cannot be read or a file not be written
     */
    public static void draw(Path model, String prompt, String negative, Path folder)
            throws IOException {
        GenerationRequest request =
                GenerationRequest.ofText(prompt)
                        .withNegativeText(negative)
                        .withGuidanceScale(3)
                        .withCount(4)
                        .withSeed(7)
                        .withListener(new Notes());
        try (ImageGenerator generator =
                ImageGenerator.load(CheckpointFolder.open(model), Device.cpu())) {
            for (GeneratedImage image : generator.generate(request)) {
                Path file = folder.resolve("picture-" + image.recipe().seed() + ".png");
                PngFile.write(file, image.picture(), image.recipe().fields());
            }
        }
    }

    /** Says what the model does not understand, or where a prompt was cut. */
    private static final class Notes implements GenerationListener {
        @Override
        public void progress(int done, int total) {}

        @Override
        public void noticed(String note) {
            System.err.println(note);
        }
    }
}

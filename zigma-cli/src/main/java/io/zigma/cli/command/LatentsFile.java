package io.zigma.cli.command;

import ai.djl.ndarray.types.Shape;
import io.zigma.base.SampleShape;
import io.zigma.io.SafetensorsWriter;
import io.zigma.pipeline.GeneratedImage;
import io.zigma.pipeline.Latent;
import io.zigma.pipeline.Recipe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Samples as the model makes them, undecoded, in a safetensors file: one tensor {@code latents} (N,
 * C, H, W), of videos (N, F, C, H, W), as float32, with the recipe as metadata.
 */
final class LatentsFile {

    /** How names of such files end. */
    static final String ENDING = ".safetensors";

    /** The tensor's name. */
    static final String TENSOR = "latents";

    private LatentsFile() {}

    /** Returns whether a name is that of a file of latents. */
    static boolean isMeant(Path file) {
        return file.toString().toLowerCase(Locale.ROOT).endsWith(ENDING);
    }

    /**
     * Writes samples.
     *
     * @param file where to
     * @param images at least one, each with its latent
     * @param metadata whether the recipe is written too
     * @throws IOException if the file cannot be written
     */
    static void write(Path file, List<GeneratedImage> images, boolean metadata) throws IOException {
        List<Latent> latents = images.stream().map(image -> image.latent().orElseThrow()).toList();
        SampleShape each = latents.get(0).shape();
        float[] values = new float[Math.multiplyExact(each.size(), latents.size())];
        for (int i = 0; i < latents.size(); i++) {
            System.arraycopy(latents.get(i).values(), 0, values, i * each.size(), each.size());
        }
        SafetensorsWriter writer = new SafetensorsWriter();
        Map<String, String> recipe = metadata ? Recipe.together(images) : Map.of();
        recipe.forEach(writer::metadata);
        Shape shape = each.batch(latents.size());
        writer.floats(TENSOR, shape.getShape(), values).write(file);
    }
}

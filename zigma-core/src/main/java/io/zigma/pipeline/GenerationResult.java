package io.zigma.pipeline;

import java.awt.image.BufferedImage;
import java.util.List;

/**
 * What a request came to.
 *
 * @param images one an asked-for picture, in order, each with the recipe to make it again
 */
public record GenerationResult(List<GeneratedImage> images) {

    /** Takes a copy of the list. */
    public GenerationResult {
        images = List.copyOf(images);
    }

    /**
     * Returns the pictures without their recipes.
     *
     * @return grey or RGB pictures in order
     */
    public List<BufferedImage> pictures() {
        return images.stream().map(GeneratedImage::picture).toList();
    }
}

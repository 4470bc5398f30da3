package io.zigma.pipeline;

import java.awt.image.BufferedImage;

/**
 * A picture and all it takes to make it again.
 *
 * @param picture grey or RGB
 * @param recipe how it was made
 */
public record GeneratedImage(BufferedImage picture, Recipe recipe) {}

package io.zigma.pipeline;

import io.zigma.media.ImageGrid;
import java.awt.image.BufferedImage;
import java.util.List;

/**
 * A picture or a video, and all it takes to make it again.
 *
 * @param frames the frames of a video, grey or RGB; of an image the one picture
 * @param recipe how it was made
 */
public record GeneratedImage(List<BufferedImage> frames, Recipe recipe) {

    /** Copies the list. */
    public GeneratedImage {
        frames = List.copyOf(frames);
    }

    /**
     * Returns one picture of it all.
     *
     * @return the image itself, or a video's frames row by row in a grid
     */
    public BufferedImage picture() {
        return frames.size() == 1 ? frames.get(0) : ImageGrid.of(frames);
    }
}

package io.zigma.pipeline;

import io.zigma.media.ImageGrid;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Optional;

/**
 * A picture or a video, and all it takes to make it again.
 *
 * @param frames the frames of a video, grey or RGB; of an image the one picture
 * @param recipe how it was made
 * @param latent the sample itself where it was asked for, and then no frames
 */
public record GeneratedImage(List<BufferedImage> frames, Recipe recipe, Optional<Latent> latent) {

    /** Copies the list. */
    public GeneratedImage {
        frames = List.copyOf(frames);
    }

    /**
     * Makes a picture or video.
     *
     * @param frames the frames of a video; of an image the one picture
     * @param recipe how it was made
     */
    public GeneratedImage(List<BufferedImage> frames, Recipe recipe) {
        this(frames, recipe, Optional.empty());
    }

    /**
     * Returns one picture of it all.
     *
     * @return the image itself, or a video's frames row by row in a grid
     * @throws IllegalStateException if a latent was asked for
     */
    public BufferedImage picture() {
        if (frames.isEmpty()) {
            throw new IllegalStateException("a latent was asked for, there is no picture");
        }
        return frames.size() == 1 ? frames.get(0) : ImageGrid.of(frames);
    }
}

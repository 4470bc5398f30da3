package io.zigma.pipeline;

import io.zigma.media.ImageGrid;
import io.zigma.media.MediaContent;
import io.zigma.media.MediaFormats;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
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

    /** How many frames of a video are shown in a second where nothing else is asked for. */
    public static final int FPS = 10;

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

    /**
     * Returns a video as a file that plays it without end, exact, with its recipe.
     *
     * @return an APNG file of {@value #FPS} frames a second, as {@code zigma generate} writes it
     * @throws IllegalArgumentException if a latent was asked for
     */
    public byte[] video() {
        Duration frame = Duration.ofMillis(1000 / FPS);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            MediaFormats.APNG.write(bytes, new MediaContent(frames, frame, frame, recipe.fields()));
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory takes everything
        }
        return bytes.toByteArray();
    }
}

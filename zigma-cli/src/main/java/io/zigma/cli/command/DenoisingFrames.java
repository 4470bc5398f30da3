package io.zigma.cli.command;

import io.zigma.media.ImageGrid;
import io.zigma.media.MediaContent;
import io.zigma.media.MediaFormats;
import io.zigma.pipeline.Magnification;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Collects the pictures after every step, for an animation of their denoising from the noise. */
final class DenoisingFrames {

    /** More pictures cannot be distinguished in one animation. */
    static final int MOST_PICTURES = 64;

    /** More frames make the file large, not the animation smoother. */
    private static final int MOST_FRAMES = 60;

    private static final Duration FRAME = Duration.ofMillis(80);
    private static final Duration LAST_FRAME = Duration.ofSeconds(2);

    private final SortedMap<Integer, List<BufferedImage>> steps = new TreeMap<>();

    /** Takes the pictures of one batch after one step; batches come in order. */
    void add(int step, List<BufferedImage> pictures) {
        List<BufferedImage> all = steps.computeIfAbsent(step, number -> new ArrayList<>());
        pictures.stream().limit((long) MOST_PICTURES - all.size()).forEach(all::add);
    }

    /**
     * Writes the animation, frames evenly chosen where there are many, the last one always.
     *
     * @param text the recipe for the file
     */
    void write(Path file, Magnification magnification, Map<String, String> text)
            throws IOException {
        List<List<BufferedImage>> all = List.copyOf(steps.values());
        int count = Math.min(all.size(), MOST_FRAMES);
        List<BufferedImage> frames = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            List<BufferedImage> pictures = all.get((int) ((long) i * all.size() / count) - 1);
            frames.add(ImageGrid.of(pictures.stream().map(magnification::apply).toList()));
        }
        MediaFormats.GIF.write(file, new MediaContent(frames, FRAME, LAST_FRAME, text));
    }
}

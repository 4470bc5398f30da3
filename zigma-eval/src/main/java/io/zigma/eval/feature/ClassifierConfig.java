package io.zigma.eval.feature;

import ai.djl.ndarray.types.Shape;
import io.zigma.base.SampleShape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * The shape of a {@link ConvolutionalNetwork}: what it takes, how wide its stages are, what it
 * distinguishes.
 *
 * @param frames of a clip, 0 for pictures
 * @param channels 1 for grey pictures, 3 for colour
 * @param height of a picture in pixels
 * @param width of a picture in pixels
 * @param widths channels of each stage; every stage but the first halves the picture, and the last
 *     one's channels are the features
 * @param labels one name a class, at least two
 */
public record ClassifierConfig(
        int frames,
        int channels,
        int height,
        int width,
        List<Integer> widths,
        List<String> labels) {

    /**
     * Few where there are most positions, which take the most time; multiples of a vector's length.
     */
    private static final List<Integer> DEFAULT_WIDTHS = List.of(16, 48, 96);

    /** Clips have more places, and what moves needs more features. */
    private static final List<Integer> CLIP_WIDTHS = List.of(16, 32, 64, 128);

    private static final int MOST_FRAMES = 1024;

    /** Beyond this no stage is added: each place of the last one already sees the whole picture. */
    private static final int SMALLEST_SIDE = 7;

    private static final int MOST_STAGES = 6;

    /** Bounds what a damaged description can make this program allocate. */
    private static final int MOST_CHANNELS = 4096;

    private static final int LARGEST_SIDE = 4096;

    /**
     * Makes the shape of a network for pictures.
     *
     * @param channels 1 for grey pictures, 3 for colour
     * @param height of a picture in pixels
     * @param width of a picture in pixels
     * @param widths channels of each stage
     * @param labels one name a class, at least two
     */
    public ClassifierConfig(
            int channels, int height, int width, List<Integer> widths, List<String> labels) {
        this(0, channels, height, width, widths, labels);
    }

    /**
     * Checks the shape.
     *
     * @throws IllegalArgumentException if there is no such network
     */
    public ClassifierConfig {
        widths = List.copyOf(widths);
        labels = List.copyOf(labels);
        require(
                frames >= 0 && frames <= MOST_FRAMES,
                "a clip has 1 to %d frames, not %d",
                MOST_FRAMES,
                frames);
        require(
                channels == 1 || channels == 3,
                "pictures have 1 channel (grey) or 3 (colour), not %d",
                channels);
        require(
                height >= 1 && width >= 1 && height <= LARGEST_SIDE && width <= LARGEST_SIDE,
                "a classifier takes pictures of 1 to %d pixels a side, not %d×%d",
                LARGEST_SIDE,
                height,
                width);
        require(
                !widths.isEmpty() && widths.size() <= MOST_STAGES,
                "a classifier has 1 to %d stages, not %d",
                MOST_STAGES,
                widths.size());
        for (int stage : widths) {
            require(
                    stage >= 1 && stage <= MOST_CHANNELS,
                    "a stage has 1 to %d channels, not %d",
                    MOST_CHANNELS,
                    stage);
        }
        require(
                labels.size() >= 2,
                "a classifier needs at least two classes, not %d",
                labels.size());
        require(
                new HashSet<>(labels).size() == labels.size(),
                "two of the classes have the same name");
    }

    /**
     * Returns what this network takes.
     *
     * @return the size of pictures or clips
     */
    public SampleShape sample() {
        return new SampleShape(frames, channels, height, width);
    }

    /**
     * Returns how many times as large pictures are as what this network takes. Larger pictures are
     * averaged down to its size, over squares of so many pixels, so that a classifier of small
     * pictures tells what is on large ones; clips are not.
     *
     * @param sample (C, H, W) of pictures, (F, C, H, W) of clips
     * @return 1 for its own size, 2 or more for pictures of the same channels with both sides that
     *     many times as long; nothing for all others
     */
    public OptionalInt reduction(Shape sample) {
        if (sample.equals(sample().shape())) {
            return OptionalInt.of(1);
        }
        if (frames > 0 || sample.dimension() != 3) {
            return OptionalInt.empty();
        }
        long times = sample.get(1) / height;
        return times >= 2 && sample.equals(new Shape(channels, times * height, times * width))
                ? OptionalInt.of((int) times)
                : OptionalInt.empty();
    }

    /**
     * Returns the default shape for pictures of a size: stages of 16, 48, 96, 96, … channels, as
     * many as it takes to halve the picture while at least 7 pixels are left.
     *
     * @param channels 1 for grey pictures, 3 for colour
     * @param height of a picture in pixels
     * @param width of a picture in pixels
     * @param labels one name a class, at least two
     * @return the shape; for 28 × 28 pixels three stages
     */
    public static ClassifierConfig forPictures(
            int channels, int height, int width, List<String> labels) {
        return forSamples(SampleShape.image(channels, height, width), labels);
    }

    /**
     * Returns the default shape for pictures or clips of a size: for pictures as {@link
     * #forPictures} says, for clips stages of 16, 32, 64, 128, 128, … channels, one more than
     * pictures have.
     *
     * @param sample their size
     * @param labels one name a class, at least two
     * @return the shape; for clips of 32 × 32 pixels four stages
     */
    public static ClassifierConfig forSamples(SampleShape sample, List<String> labels) {
        List<Integer> all = sample.isVideo() ? CLIP_WIDTHS : DEFAULT_WIDTHS;
        List<Integer> widths = new ArrayList<>();
        int side = Math.min(sample.height(), sample.width()) * (sample.isVideo() ? 2 : 1);
        do {
            widths.add(all.get(Math.min(widths.size(), all.size() - 1)));
            side /= 2;
        } while (side >= SMALLEST_SIDE && widths.size() < MOST_STAGES);
        return new ClassifierConfig(
                sample.frames(),
                sample.channels(),
                sample.height(),
                sample.width(),
                widths,
                labels);
    }

    /**
     * Returns how many features a picture has.
     *
     * @return channels of the last stage
     */
    public int dimension() {
        return widths.get(widths.size() - 1);
    }

    private static void require(boolean holds, String refusal, Object... values) {
        if (!holds) {
            throw new IllegalArgumentException(String.format(Locale.ROOT, refusal, values));
        }
    }
}

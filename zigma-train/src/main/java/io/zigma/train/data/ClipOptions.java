package io.zigma.train.data;

import io.zigma.media.ClipSampling;
import io.zigma.media.SpriteSheet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How clips are read.
 *
 * @param sampling which frames are taken
 * @param layout where the frames of a clip are
 * @param sourceFps frames a second of clips that have no times of their own: folders and sheets
 */
public record ClipOptions(ClipSampling sampling, Layout layout, double sourceFps) {

    private static final String FILES = "files";
    private static final String FOLDERS = "folders";
    private static final double HIGHEST_RATE = 240;

    /** Where the frames of a clip are. */
    public sealed interface Layout {

        /** Every file is a clip; a still picture is one of a single frame. */
        record Files() implements Layout {
            @Override
            public String toString() {
                return FILES;
            }
        }

        /** Every folder with pictures directly in it is a clip, its pictures are the frames. */
        record Folders() implements Layout {
            @Override
            public String toString() {
                return FOLDERS;
            }
        }

        /**
         * Every picture is a clip, its cells are the frames.
         *
         * @param sheet how pictures are divided
         */
        record Sheets(SpriteSheet sheet) implements Layout {
            @Override
            public String toString() {
                return sheet.toString();
            }
        }

        /**
         * Reads a layout.
         *
         * @param text {@code files}, {@code folders}, or rows and columns as {@code 4x8}
         * @return the layout
         * @throws IllegalArgumentException if it is none
         */
        static Layout parse(String text) {
            return switch (text) {
                case FILES -> new Files();
                case FOLDERS -> new Folders();
                default -> new Sheets(SpriteSheet.parse(text));
            };
        }
    }

    /**
     * Checks the rate.
     *
     * @throws IllegalArgumentException if it is none
     */
    public ClipOptions {
        if (!(sourceFps > 0 && sourceFps <= HIGHEST_RATE)) {
            throw new IllegalArgumentException(
                    "clips are played at up to %s frames a second, not %s"
                            .formatted(HIGHEST_RATE, sourceFps));
        }
    }

    /**
     * Takes the first frames of files, as they are; short clips begin again.
     *
     * @param frames how many
     * @return the options
     */
    public static ClipOptions of(int frames) {
        return new ClipOptions(ClipSampling.of(frames), new Layout.Files(), 10);
    }

    /** Returns the options as a run's description has them, which {@link #parse} reads. */
    @Override
    public String toString() {
        return "%s clips=%s source-fps=%s".formatted(sampling, layout, sourceFps);
    }

    /**
     * Reads what {@link #toString} returns.
     *
     * @param text from a run's description
     * @return the options; empty if it is of another version
     */
    public static Optional<ClipOptions> parse(String text) {
        Map<String, String> values = new HashMap<>();
        for (String word : text.split(" ", -1)) {
            int equals = word.indexOf('=');
            if (equals > 0) {
                values.put(word.substring(0, equals), word.substring(equals + 1));
            }
        }
        try {
            return ClipSampling.parse(text)
                    .map(
                            sampling ->
                                    new ClipOptions(
                                            sampling,
                                            Layout.parse(values.getOrDefault("clips", "")),
                                            Double.parseDouble(
                                                    values.getOrDefault("source-fps", ""))));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}

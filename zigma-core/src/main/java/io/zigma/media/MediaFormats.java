package io.zigma.media;

import io.zigma.base.Registry;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The formats that generated pictures and videos can be written in, chosen by a name's ending. */
public final class MediaFormats {

    /** The default where a name has no known ending: for standard output, or a FIFO. */
    public static final MediaWriter PNG = new PngWriter();

    /** The common format of short videos. */
    public static final MediaWriter GIF = new GifWriter();

    /** Short videos whose frames are exact. */
    public static final MediaWriter APNG = new ApngWriter();

    /** Short videos whose frames are exact, in smaller files. */
    public static final MediaWriter WEBP = new WebpWriter();

    /** Videos for players, with losses. */
    public static final MediaWriter MP4 = new Mp4Writer();

    /** The frames of a video as PNG files. */
    public static final MediaWriter FRAMES = new FramesWriter();

    private static final Registry<MediaWriter> ALL =
            new Registry<MediaWriter>("file format", MediaWriter::name)
                    .register(PNG)
                    .register(GIF)
                    .register(APNG)
                    .register(WEBP)
                    .register(MP4)
                    .register(FRAMES);

    private MediaFormats() {}

    /**
     * Adds a format.
     *
     * @param format a new one
     * @throws IllegalArgumentException if its name or an ending belongs to another format already
     */
    public static synchronized void register(MediaWriter format) {
        for (String ending : format.endings()) {
            byEnding(ending)
                    .ifPresent(
                            taken -> {
                                throw new IllegalArgumentException(
                                        "files that end in %s are %s already; %s needs another ending"
                                                .formatted(ending, taken.name(), format.name()));
                            });
        }
        ALL.register(format);
    }

    /**
     * Returns all formats.
     *
     * @return stills and videos, in the order they are listed in help
     */
    public static List<MediaWriter> all() {
        return ALL.all();
    }

    /**
     * Finds the format of a file by how its name ends, whatever the case of the letters.
     *
     * @param file a path
     * @return empty if no format has that ending
     */
    public static Optional<MediaWriter> of(Path file) {
        Path name = file.getFileName();
        return name == null ? Optional.empty() : byEnding(name.toString());
    }

    private static Optional<MediaWriter> byEnding(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return ALL.all().stream()
                .filter(format -> format.endings().stream().anyMatch(lower::endsWith))
                .findFirst();
    }

    /**
     * Lists the endings of formats for an error message or a help page.
     *
     * @param formats one or more
     * @return such as {@code ".png or .gif"}
     */
    public static String endings(List<MediaWriter> formats) {
        return formats.stream()
                .flatMap(format -> format.endings().stream())
                .collect(Collectors.joining(" or "));
    }
}

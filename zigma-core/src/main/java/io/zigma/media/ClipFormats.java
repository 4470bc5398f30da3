package io.zigma.media;

import io.zigma.base.Registry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** The formats that clips are read from, recognised by a file's first bytes. */
public final class ClipFormats {

    // the format that was added last is asked first, so that a special one comes before a general
    private static final Registry<ClipFormat> ALL =
            new Registry<ClipFormat>("clip format", ClipFormat::name)
                    .register(new GifClip())
                    .register(new PngClip())
                    .register(new WebpClip())
                    .register(new Mp4Clip());

    private ClipFormats() {}

    /**
     * Adds a format, which is asked before those that were there.
     *
     * @param format a new one
     * @throws IllegalArgumentException if there is one of its name
     */
    public static void register(ClipFormat format) {
        ALL.register(format);
    }

    /**
     * Returns all formats.
     *
     * @return in the order in which they were added
     */
    public static List<ClipFormat> all() {
        return ALL.all();
    }

    /**
     * Finds the format of a file.
     *
     * @param head its first {@link PictureKind#HEAD_BYTES} bytes, fewer if it has no more
     * @return empty if the file holds no clip, though it may be a still picture
     */
    public static Optional<ClipFormat> of(byte[] head) {
        List<ClipFormat> formats = new ArrayList<>(ALL.all());
        Collections.reverse(formats);
        return formats.stream().filter(format -> format.recognises(head)).findFirst();
    }
}

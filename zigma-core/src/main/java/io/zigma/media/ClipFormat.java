package io.zigma.media;

import java.io.IOException;
import java.util.List;
import javax.imageio.stream.ImageInputStream;

/**
 * A kind of file that holds a clip. A new one is a class that implements this and a line in {@link
 * ClipFormats}.
 */
public interface ClipFormat {

    /**
     * Returns the name of the format.
     *
     * @return such as {@code "GIF"}
     */
    String name();

    /**
     * Returns the endings of its files' names.
     *
     * @return one or more in lower case, without the dot
     */
    List<String> endings();

    /**
     * Returns whether a file is of this format.
     *
     * @param head its first {@link PictureKind#HEAD_BYTES} bytes, fewer if it has no more
     * @return true if {@link #read} is to be asked
     */
    boolean recognises(byte[] head);

    /**
     * Reads the frames of a file in their order, complete: partial frames are composed with those
     * before.
     *
     * @param in the whole file, at its beginning
     * @param sink takes each frame; reading ends where it wants no more
     * @throws MediaException if the file is damaged or needs something that is not supported; the
     *     message is a reason without the file's name. Frames before the damage were taken by then
     * @throws IOException if reading fails
     */
    void read(ImageInputStream in, ClipSink sink) throws IOException;
}

package io.zigma.media;

import java.io.IOException;

/** Takes the frames of a clip, one after another. */
@FunctionalInterface
public interface ClipSink {

    /**
     * Takes a frame.
     *
     * @param frame valid until this returns
     * @return false if no more frames are needed; the rest of the file is then not read
     * @throws IOException if it cannot be used
     */
    boolean take(ClipFrame frame) throws IOException;
}

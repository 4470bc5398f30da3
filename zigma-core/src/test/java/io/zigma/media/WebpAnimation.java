package io.zigma.media;

import java.util.Arrays;

/** An animated WebP that a test puts together of still ones. */
public final class WebpAnimation {

    /** The rectangle of a frame is cleared before the next one. */
    public static final int DISPOSE = 1;

    /** A frame replaces what was there, where it is clear, too. */
    public static final int NO_BLEND = 2;

    private static final int FILE_HEADER = 12;
    private static final int WITH_OPACITY = 0x10;

    private final RiffChunks chunks = new RiffChunks();

    /**
     * Starts an animation that is shown without end, with a background that programs do not show.
     *
     * @param width of the canvas
     * @param height of the canvas
     */
    public WebpAnimation(int width, int height) {
        chunks.extended(RiffChunks.ANIMATED | WITH_OPACITY, width, height);
        chunks.animation(0xff030201, 0);
    }

    /**
     * Adds a frame.
     *
     * @param still a file without an extended header
     * @param side of its square
     * @param left an even number
     * @param top an even number
     * @param millis how long it is shown
     * @param flags of {@link #DISPOSE} and {@link #NO_BLEND}
     * @return this
     */
    public WebpAnimation frame(byte[] still, int side, int left, int top, int millis, int flags) {
        chunks.frame(
                new Canvas.Area(left, top, side, side),
                millis,
                flags,
                Arrays.copyOfRange(still, FILE_HEADER, still.length));
        return this;
    }

    /** Returns the file. */
    public byte[] bytes() {
        return chunks.file();
    }
}

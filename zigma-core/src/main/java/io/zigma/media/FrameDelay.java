package io.zigma.media;

/** How long frames of animated pictures are shown. */
final class FrameDelay {

    private static final long SHORTEST_HONOURED = 10_000;
    private static final long FALLBACK = 100_000;

    private FrameDelay() {}

    /**
     * Returns for how long programs show a frame. All browsers take times up to a hundredth of a
     * second, which old programs wrote to mean "as fast as possible", for a tenth.
     *
     * @param micros what the file says, in millionths of a second
     * @return the time in millionths of a second
     */
    static long shown(long micros) {
        return micros <= SHORTEST_HONOURED ? FALLBACK : micros;
    }
}

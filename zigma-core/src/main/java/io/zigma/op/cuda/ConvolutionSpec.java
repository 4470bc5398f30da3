package io.zigma.op.cuda;

import java.util.List;

/**
 * The causal convolution with SiLU, forward or backward.
 *
 * @param function {@code convolution_forward} or {@code convolution_backward}
 * @param type of x and y
 * @param width taps, K
 * @param vector channels that one access reads
 * @param steps that a thread follows the path for
 */
public record ConvolutionSpec(String function, ElementType type, int width, int vector, int steps)
        implements KernelSpec {

    /** The most taps K that the kernels take. */
    public static final int MOST_WIDTH = 8;

    /** Up to so many taps four channels of a thread fit into registers. */
    private static final int NARROW = 4;

    private static final int ROWS = 4;
    private static final int UNROLL = 4;
    private static final int MOST_STEPS = 32;

    /** Threads that a large device runs at once, and some more. */
    private static final long BUSY = 1 << 18;

    /**
     * Chooses for a convolution.
     *
     * @param function one of the two
     * @param type of x and y
     * @param width K
     * @param vector channels that one access can read
     * @param tokens B · L
     * @param channels E
     * @return the kernel
     */
    public static ConvolutionSpec of(
            String function, ElementType type, int width, int vector, long tokens, long channels) {
        int steps = MOST_STEPS;
        while (steps > 2 * UNROLL && tokens / steps * (channels / vector) < BUSY) {
            steps /= 2;
        }
        return new ConvolutionSpec(function, type, width, vector, steps);
    }

    /**
     * Returns how many channels one access may read.
     *
     * @param width K
     * @return a power of two
     */
    public static int mostVector(int width) {
        return width <= NARROW ? 4 : 2;
    }

    /**
     * Returns how many channels a block has.
     *
     * @return a multiple of 32
     */
    public int channelsOfBlock() {
        return 32 * vector;
    }

    /**
     * Returns how many steps of one path a block follows.
     *
     * @return those of its threads
     */
    public int stepsOfBlock() {
        return steps * ROWS;
    }

    @Override
    public List<String> macros() {
        return List.of(
                Macros.of(type),
                "WIDTH=" + width,
                "VECTOR=" + vector,
                "STEPS=" + steps,
                "UNROLL=" + UNROLL,
                "ROWS=" + ROWS);
    }

    @Override
    public int threads() {
        return 32 * ROWS;
    }
}

package io.zigma.op;

import io.zigma.op.cpu.ConvolutionArrays;
import io.zigma.op.cpu.ConvolutionForward;
import io.zigma.op.cpu.ConvolutionShape;
import io.zigma.op.cpu.NormArrays;
import io.zigma.op.cpu.NormForward;
import io.zigma.op.cpu.NormShape;
import io.zigma.op.cpu.ScanChannels;
import io.zigma.op.cpu.ScanForward;
import io.zigma.op.cpu.ScanSelection;
import io.zigma.op.cpu.ScanShape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.stream.IntStream;

/**
 * Runs the kernels of a forward pass on zeros, so that Java compiles them while something else
 * loads: until then they take hundreds of times as long. No result depends on it.
 */
public final class KernelWarmUp implements AutoCloseable {

    private static final int LENGTH = 32;
    private static final int CHANNELS = 64;
    private static final int STATES = 16;
    private static final int DELTA_RANK = 4;
    private static final int TAPS = 4;
    private static final float EPSILON = 1e-5f;

    private final Thread thread;
    private volatile boolean closed;

    private KernelWarmUp() {
        thread = new Thread(this::run, "zigma-warm-up");
        thread.setDaemon(true);
    }

    /**
     * Begins, on a thread of its own.
     *
     * @return to be closed when the kernels are needed; it has nothing to do where there are none
     */
    public static KernelWarmUp begin() {
        KernelWarmUp warmUp = new KernelWarmUp();
        if (VectorSupport.missing().isEmpty()) {
            warmUp.thread.start();
        }
        return warmUp;
    }

    /**
     * Begins nothing.
     *
     * @return to be closed as one that has begun
     */
    public static KernelWarmUp none() {
        return new KernelWarmUp();
    }

    /** Returns whether its thread is at work. */
    boolean isWorking() {
        return thread.isAlive();
    }

    private void run() {
        int[] order = IntStream.range(0, LENGTH).toArray();
        while (!closed) {
            FloatBuffer y = zeros(LENGTH * CHANNELS);
            FloatBuffer x = zeros(LENGTH * CHANNELS);
            NormForward.run(
                    new NormShape(1, LENGTH, CHANNELS, false, EPSILON),
                    new NormArrays(x, zeros(CHANNELS), null, zeros(CHANNELS), zeros(CHANNELS)),
                    y,
                    zeros(LENGTH * CHANNELS),
                    1);
            ConvolutionForward.run(
                    new ConvolutionShape(1, LENGTH, CHANNELS, TAPS),
                    order,
                    new ConvolutionArrays(x, zeros(CHANNELS * TAPS), zeros(CHANNELS)),
                    y,
                    1);
            ScanForward.run(
                    new ScanShape(1, LENGTH, CHANNELS, STATES),
                    order,
                    new ScanChannels(
                            x, zeros(CHANNELS * STATES), zeros(CHANNELS), x, zeros(CHANNELS)),
                    new ScanSelection(
                            zeros(LENGTH * (DELTA_RANK + 2 * STATES)),
                            zeros(CHANNELS * DELTA_RANK),
                            DELTA_RANK),
                    y,
                    1);
        }
    }

    private static FloatBuffer zeros(int size) {
        return ByteBuffer.allocateDirect(size * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }

    /** Has it end soon. */
    @Override
    public void close() {
        closed = true;
    }
}

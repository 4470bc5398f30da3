package io.zigma.op;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtEngine;

/**
 * Arithmetic of arrays with numbers that does not wait for a device.
 *
 * <p>DJL copies the number of {@code x.mul(2)} to the device of x, and a copy from Java's memory
 * waits until the device has done all it was given before. Here a device's kernel is given the
 * number as its argument: the engine does that with an array of one number in main memory. On the
 * CPU it is DJL's own operation, to the last bit.
 */
public final class Constants {

    private Constants() {}

    /** Made when a device is first used. */
    private static final class Host {
        static final NDManager MANAGER =
                NDManager.newBaseManager(Device.cpu(), PtEngine.ENGINE_NAME);
    }

    /**
     * Returns x · n.
     *
     * @param x any floating-point array
     * @param n a number
     * @return an array of the shape of x, in its manager; gradients flow through it on a device,
     *     and on the CPU as they do through {@code x.mul(n)}
     */
    public static NDArray mul(NDArray x, double n) {
        if (!x.getDevice().isGpu()) {
            return x.mul(n);
        }
        try (NDArray number = number(x, n)) {
            return x.mul(number);
        }
    }

    /**
     * Computes x ← x · n.
     *
     * @param x any floating-point array, changed in place
     * @param n a number
     * @return x
     */
    public static NDArray muli(NDArray x, double n) {
        if (!x.getDevice().isGpu()) {
            return x.muli(n);
        }
        try (NDArray number = number(x, n)) {
            return x.muli(number);
        }
    }

    /**
     * Returns x / n.
     *
     * @param x any floating-point array
     * @param n a number
     * @return an array of the shape of x, in its manager
     */
    public static NDArray div(NDArray x, double n) {
        if (!x.getDevice().isGpu()) {
            return x.div(n);
        }
        try (NDArray number = number(x, n)) {
            return x.div(number);
        }
    }

    /**
     * Returns x + n.
     *
     * @param x any floating-point array
     * @param n a number
     * @return an array of the shape of x, in its manager
     */
    public static NDArray add(NDArray x, double n) {
        if (!x.getDevice().isGpu()) {
            return x.add(n);
        }
        try (NDArray number = number(x, n)) {
            return x.add(number);
        }
    }

    /**
     * Computes x ← x + n.
     *
     * @param x any floating-point array, changed in place
     * @param n a number
     * @return x
     */
    public static NDArray addi(NDArray x, double n) {
        if (!x.getDevice().isGpu()) {
            return x.addi(n);
        }
        try (NDArray number = number(x, n)) {
            return x.addi(number);
        }
    }

    /** Returns a number () in the engine's own memory, which a graph of gradients can hold. */
    static NDArray number(NDArray like, double n) {
        if (like.getDataType() != DataType.FLOAT64) {
            return Host.MANAGER.full(new Shape(), (float) n, DataType.FLOAT32);
        }
        try (NDArray lent = Host.MANAGER.create(n)) {
            return lent.duplicate();
        }
    }
}

package io.zigma.train.loop;

import ai.djl.Device;

/**
 * How a step is arranged, which follows from where it runs and from nothing else. Results are the
 * same up to rounding.
 */
enum Placement {
    /**
     * Arrays are in main memory: weights are updated there one by one, batches are made in turn.
     */
    HOST,
    /**
     * Arrays are in the memory of a device, which works through what it is given while this thread
     * goes on: weights lie in one array, batches are prepared and copied ahead, and the device is
     * waited for once a step.
     */
    DEVICE;

    /** Returns the placement for arrays on a device. */
    static Placement on(Device device) {
        return device.isGpu() ? DEVICE : HOST;
    }
}

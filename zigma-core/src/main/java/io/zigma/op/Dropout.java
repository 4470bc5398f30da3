package io.zigma.op;

import ai.djl.ndarray.NDArray;
import io.zigma.op.cpu.DropoutMask;
import java.nio.FloatBuffer;

/**
 * Dropout: while a network trains, some of its activations are left out at random and the others
 * are scaled up, so that their expectation stays (Srivastava et al. 2014).
 */
public final class Dropout {

    private Dropout() {}

    /**
     * Leaves out activations.
     *
     * @param x pictures (B, …), each of at most 2²⁹ elements
     * @param seeds one a picture; the same seed leaves out the same places, on every device and in
     *     every batch
     * @param probability that one is left out, in (0, 1)
     * @return x with zeros, and with x / (1 − probability) where it is kept
     * @throws IllegalArgumentException if there is not a seed for each picture, or the probability
     *     is none
     */
    public static NDArray apply(NDArray x, long[] seeds, double probability) {
        if (x.size(0) != seeds.length) {
            throw new IllegalArgumentException(
                    "%s seeds for %s pictures".formatted(seeds.length, x.size(0)));
        }
        if (!(probability > 0 && probability < 1)) {
            throw new IllegalArgumentException(
                    "dropout's probability is %s, use a number between 0 and 1"
                            .formatted(probability));
        }
        return Scratch.freed(() -> x.mul(mask(x, seeds, probability)));
    }

    private static NDArray mask(NDArray x, long[] seeds, double probability) {
        if (x.getDevice().isGpu() || !Kernels.addressable(x.size())) {
            FloatBuffer values = FloatBuffer.allocate(Math.toIntExact(x.size()));
            DropoutMask.fill(values, seeds, probability, Kernels.threads());
            return x.getManager()
                    .create(values.array(), x.getShape())
                    .toDevice(x.getDevice(), true);
        }
        NDArray mask = Kernels.allocate(x, x.getShape());
        DropoutMask.fill(Kernels.floats(mask), seeds, probability, Kernels.threads());
        return mask;
    }
}

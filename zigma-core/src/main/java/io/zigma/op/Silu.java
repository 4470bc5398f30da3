package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;

/**
 * SiLU, x·σ(x).
 *
 * <p>DJL's {@code Activation.swish} multiplies by a number, and DJL's arithmetic with a number (as
 * in {@code x.mul(2)}) wraps it in Java memory which it lets go at once, although the engine's
 * backward will read it: gradients are garbage as soon as the collector has run in between. So
 * nothing that gradients flow through may be multiplied or divided by a number, nor raised to one.
 */
public final class Silu {

    private Silu() {}

    /**
     * Applies SiLU to every element.
     *
     * @param x any shape, floating-point
     * @return the same shape, in the manager of x
     */
    public static NDArray apply(NDArray x) {
        return Scratch.freed(
                () -> EachSequence.elementwise(x, part -> part.mul(Activation.sigmoid(part))));
    }
}

package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.List;
import java.util.Objects;

/**
 * GELU (Hendrycks and Gimpel 2016, section 2): exact, x/2 · (1 + erf(x/√2)), as in ViT and U-ViT,
 * and in its tanh form, x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³))), which DiT and JiT use.
 *
 * <p>Since (1 + tanh(u)) / 2 = σ(2u), the latter is computed as x · σ(x · (a + b·x²)).
 *
 * <p>Under an open {@link GradientTape} only x is stored for backward; with recording on and no
 * tape, the engine's own graph takes over.
 */
public final class Gelu {

    private static final double A = 2 * Math.sqrt(2 / Math.PI);
    private static final double B = 0.044715 * A;

    private Gelu() {}

    /**
     * Applies the exact GELU to every element. It is a single operation of the engine, whose graph
     * stores only x.
     *
     * @param x (B, …), floating-point
     * @return the same shape, in the manager of x
     */
    public static NDArray erf(NDArray x) {
        return EachSequence.elementwise(x, Activation::gelu);
    }

    /**
     * Applies tanh-GELU to every element.
     *
     * @param x any shape, floating-point
     * @return the same shape, in the manager of x
     */
    public static NDArray tanh(NDArray x) {
        GradientTape tape = GradientTape.current();
        if (tape != null) {
            return tape.cut(
                    value(detached(x)),
                    List.of(x),
                    List.of(),
                    (roots, gradient) ->
                            List.of(
                                    pullback(
                                            detached(Objects.requireNonNull(roots.get(0))),
                                            gradient)));
        }
        return JniUtils.isGradMode() ? recorded(x) : value(x);
    }

    private static NDArray value(NDArray x) {
        return Scratch.freed(
                () -> {
                    NDArray u = Constants.addi(Constants.muli(x.square(), B), A).muli(x);
                    return Activation.sigmoid(u).muli(x);
                });
    }

    /** The same in operations that the engine's graph can hold on to. */
    private static NDArray recorded(NDArray x) {
        return Scratch.freed(
                () -> {
                    NDArray u = x.square().mul(constant(B, x)).add(constant(A, x)).mul(x);
                    return Activation.sigmoid(u).mul(x);
                });
    }

    /** With y = x·s and s = σ(u): dy/dx = s · (1 + x · (1 − s) · du/dx), du/dx = a + 3b·x². */
    private static NDArray pullback(NDArray x, NDArray gradient) {
        NDArray square = x.square();
        NDArray s = Activation.sigmoid(Constants.addi(Constants.mul(square, B), A).muli(x));
        NDArray derivative = // x · du/dx
                Constants.addi(Constants.muli(square, 3 * B), A).muli(x);
        return Constants.addi(derivative.muli(Constants.addi(s.neg(), 1)), 1)
                .muli(s)
                .muli(gradient);
    }

    private static NDArray constant(double value, NDArray like) {
        return like.getManager()
                .full(new Shape(1), (float) value, like.getDataType())
                .toDevice(like.getDevice(), false);
    }

    /** The same values outside the graph: nothing that is computed from them is recorded. */
    private static NDArray detached(NDArray x) {
        return JniUtils.detachGradient((PtNDArray) x);
    }
}

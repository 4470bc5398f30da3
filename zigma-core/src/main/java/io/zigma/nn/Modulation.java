package io.zigma.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.zigma.op.Precision;
import io.zigma.op.Silu;

/**
 * Adaptive layer norm's regression of shift, scale and gate from the condition (DiT 2023, figure 3;
 * adaLN-Zero).
 */
public final class Modulation extends UnaryBlock {

    private final int outputs;
    private final Dense regression;

    /**
     * Creates the block.
     *
     * @param hiddenSize channels D of the condition and of each of shift, scale and gate
     * @param branches how many branches of a layer have a shift, a scale and a gate of their own
     */
    public Modulation(int hiddenSize, int branches) {
        this(hiddenSize, branches, 3);
    }

    /**
     * Creates a block whose branches have fewer parts, such as shift and scale alone.
     *
     * @param hiddenSize channels D of the condition and of each part
     * @param branches how many branches of a layer are modulated
     * @param parts how many vectors a branch gets
     */
    public Modulation(int hiddenSize, int branches, int parts) {
        outputs = parts * branches * hiddenSize;
        // The name is the index of the linear layer after the SiLU in the official sequence.
        regression = child("1", new Dense(hiddenSize, outputs, true));
    }

    /**
     * Regresses shift, scale and gate of every branch.
     *
     * @param pass parameter values and randomness of this forward pass
     * @param condition (B, D)
     * @return shift, scale, gate side by side, branch by branch (B, branches · parts · D)
     */
    @Override
    public NDArray apply(Pass pass, NDArray condition) {
        return regression.apply(pass, Silu.apply(condition));
    }

    /** Rounds nothing: one vector an image is not worth it. */
    @Override
    public void setPrecision(Precision precision) {}

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {new Shape(inputShapes[0].get(0), outputs)};
    }
}

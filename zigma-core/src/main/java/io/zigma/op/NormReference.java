package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.List;

/** Norms and their modulation in plain {@code NDArray} operations, which autograd sees through. */
final class NormReference {

    private NormReference() {}

    /** Returns the norm and, where there is something to modulate it with, the modulated norm. */
    static List<NDArray> apply(NormOperands operands) {
        NDArray norm = Scratch.freed(() -> operands.centred() ? layer(operands) : rms(operands));
        NDArray shift = operands.shift();
        NDArray scale = operands.scale();
        if (shift == null || scale == null) {
            return List.of(norm);
        }
        NDArray shared =
                GradientTape.accumulateAt(norm); // what is modulated is used for itself too
        return List.of(shared, Scratch.freed(() -> shared.mul(Constants.add(scale, 1)).add(shift)));
    }

    private static NDArray rms(NormOperands operands) {
        NDArray x = operands.x();
        int axis = x.getShape().dimension() - 1;
        NDArray meanSquare = x.square().mean(new int[] {axis}, true); // (…, 1)
        NDArray norm = x.div(Constants.add(meanSquare, operands.eps()).sqrt());
        NDArray weight = operands.weight();
        return weight == null ? norm : norm.mul(weight);
    }

    private static NDArray layer(NormOperands operands) {
        NDArray x = operands.x();
        Shape row = new Shape(x.getShape().get(x.getShape().dimension() - 1));
        NDManager manager = x.getManager();
        NDArray weight = operands.weight();
        NDArray bias = operands.bias();
        if (weight == null) {
            weight = manager.ones(row, x.getDataType(), x.getDevice());
        }
        if (bias == null) {
            bias = manager.zeros(row, x.getDataType(), x.getDevice());
        }
        return JniUtils.layerNorm(
                (PtNDArray) x, row, (PtNDArray) weight, (PtNDArray) bias, operands.eps());
    }
}

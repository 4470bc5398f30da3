package io.zigma.mixer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.zigma.nn.OperationCount;
import io.zigma.nn.Pass;
import io.zigma.nn.UnaryBlock;
import io.zigma.op.DenseProduct;

/** A convolution of one pixel, which is a dense layer of tokens; weights (out, in, 1, 1). */
final class PointConvolution extends UnaryBlock {

    private final int inputs;
    private final int outputs;
    private final Parameter weight; // (out, in, 1, 1)
    private final Parameter bias; // (out)

    PointConvolution(int inputs, int outputs) {
        this.inputs = inputs;
        this.outputs = outputs;
        weight = parameter("weight", Parameter.Type.WEIGHT, outputs, inputs, 1, 1);
        bias = parameter("bias", Parameter.Type.BIAS, outputs);
    }

    /** Applies the layer to (B, L, in); (B, L, out). */
    @Override
    public NDArray apply(Pass pass, NDArray x) {
        return DenseProduct.apply(
                x, value(pass, weight, x).reshape(outputs, inputs), value(pass, bias, x));
    }

    @Override
    public OperationCount operations(long vectors) {
        return OperationCount.ofMatrixProducts(vectors * weight.getShape().size());
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        Shape input = inputShapes[0];
        return new Shape[] {input.slice(0, input.dimension() - 1).add(outputs)};
    }
}

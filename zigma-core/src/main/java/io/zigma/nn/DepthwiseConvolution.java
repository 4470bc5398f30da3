package io.zigma.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.zigma.op.CausalConvolution;
import io.zigma.scan.ScanPath;
import org.jspecify.annotations.Nullable;

/** Depthwise causal convolution along a path, then SiLU; it only holds the parameters. */
final class DepthwiseConvolution extends NamedBlock {

    private final Parameter weight; // (E, 1, K)
    private final @Nullable Parameter bias; // (E)

    DepthwiseConvolution(int channels, int width, boolean biased) {
        weight = parameter("weight", Parameter.Type.WEIGHT, channels, 1, width);
        bias = biased ? parameter("bias", Parameter.Type.BIAS, channels) : null;
    }

    /** Convolves x (B, L, E) along the path; (B, L, E). */
    NDArray silu(Pass pass, NDArray x, ScanPath path) {
        return CausalConvolution.silu(
                x, value(pass, weight, x), bias == null ? null : value(pass, bias, x), path);
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store,
            NDList inputs,
            boolean training,
            PairList<String, Object> ignored) {
        Pass pass = new Pass(store, training, DropPath.NONE);
        NDArray x = inputs.singletonOrThrow();
        return new NDList(silu(pass, x, ScanPath.straight((int) x.getShape().get(1))));
    }

    @Override
    public OperationCount operations(long vectors) {
        return OperationCount.ofConvolution(vectors * weight.getShape().size());
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return inputShapes;
    }
}

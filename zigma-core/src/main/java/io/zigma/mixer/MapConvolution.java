package io.zigma.mixer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Conv2d;
import io.zigma.nn.OperationCount;
import io.zigma.nn.Pass;
import io.zigma.nn.UnaryBlock;
import io.zigma.op.EachSequence;
import io.zigma.op.Scratch;
import io.zigma.scan.Grid;
import org.jspecify.annotations.Nullable;

/**
 * Depthwise convolution of a map of tokens, with zeros around it; weights (E, 1, k, k) as in
 * PyTorch.
 */
final class MapConvolution extends UnaryBlock {

    private final Grid grid;
    private final int channels;
    private final int width;
    private final Parameter weight; // (E, 1, k, k)
    private final @Nullable Parameter bias; // (E)

    MapConvolution(Grid grid, int channels, int width, boolean biased) {
        this.grid = grid;
        this.channels = channels;
        this.width = width;
        weight = parameter("weight", Parameter.Type.WEIGHT, channels, 1, width, width);
        bias = biased ? parameter("bias", Parameter.Type.BIAS, channels) : null;
    }

    /** Convolves (B, L, E) in raster order; (B, L, E). */
    @Override
    public NDArray apply(Pass pass, NDArray x) {
        return EachSequence.of(x, part -> Scratch.freed(() -> convolved(pass, part)));
    }

    private NDArray convolved(Pass pass, NDArray x) {
        Shape tokens = x.getShape();
        NDArray map = // (B, E, H, W)
                x.reshape(tokens.get(0), grid.height(), grid.width(), channels)
                        .transpose(0, 3, 1, 2);
        int margin = width / 2;
        return Conv2d.conv2d(
                        map,
                        value(pass, weight, x),
                        bias == null ? null : value(pass, bias, x),
                        new Shape(1, 1),
                        new Shape(margin, margin),
                        new Shape(1, 1),
                        channels)
                .singletonOrThrow()
                .transpose(0, 2, 3, 1)
                .reshape(tokens); // (B, L, E)
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

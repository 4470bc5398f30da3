package io.zigma.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.zigma.op.DenseProduct;
import io.zigma.op.Scratch;

/**
 * Cuts an image into p × p patches and projects each to a token (Dosovitskiy et al. 2021, equation
 * 1).
 *
 * <p>The weights are those of a convolution with kernel and stride p, as official files store them;
 * the computation is a matrix product over patches, which leaves the tokens contiguous.
 */
public final class PatchEmbedding extends UnaryBlock {

    private final Patches patches;
    private final int hiddenSize;
    private final Projection projection;

    /**
     * Creates the block.
     *
     * @param patches how the image is cut
     * @param hiddenSize channels D of a token
     */
    public PatchEmbedding(Patches patches, int hiddenSize) {
        this.patches = patches;
        this.hiddenSize = hiddenSize;
        projection = child("proj", new Projection(patches, hiddenSize));
    }

    /**
     * Embeds images or videos.
     *
     * @param pass parameter values and randomness of this forward pass
     * @param x (B, C, H, W) or (B, F, C, H, W)
     * @return tokens (B, L, D) in raster order
     */
    @Override
    public NDArray apply(Pass pass, NDArray x) {
        return Scratch.freed(() -> projection.apply(pass, patches.cut(x)));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {new Shape(inputShapes[0].get(0), patches.count(), hiddenSize)};
    }

    private static final class Projection extends UnaryBlock {

        private final Patches patches;
        private final int hiddenSize;
        private final Parameter weight;
        private final Parameter bias;

        Projection(Patches patches, int hiddenSize) {
            this.patches = patches;
            this.hiddenSize = hiddenSize;
            int p = patches.size();
            weight =
                    parameter(
                            "weight", Parameter.Type.WEIGHT, hiddenSize, patches.channels(), p, p);
            bias = parameter("bias", Parameter.Type.BIAS, hiddenSize);
        }

        @Override
        public NDArray apply(Pass pass, NDArray cut) {
            NDArray matrix =
                    value(pass, weight, cut).reshape(hiddenSize, patches.values()); // (D, C·p·p)
            return DenseProduct.apply(cut, matrix, value(pass, bias, cut)); // (B, L, D)
        }

        @Override
        public OperationCount operations(long vectors) {
            return OperationCount.ofMatrixProducts(vectors * weight.getShape().size());
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputShapes) {
            return new Shape[] {
                new Shape(inputShapes[0].get(0), inputShapes[0].get(1), hiddenSize)
            };
        }
    }
}

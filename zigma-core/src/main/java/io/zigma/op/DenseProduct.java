package io.zigma.op;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import org.jspecify.annotations.Nullable;

/**
 * The product of a dense layer, on the faster of the engine's two paths.
 *
 * <p>On a processor, an element of the batch gets the same numbers alone as in any batch, to the
 * last bit, unless gradients are recorded: an image must not depend on the others of its batch.
 * While gradients are recorded, the batch is one product.
 */
public final class DenseProduct {

    private DenseProduct() {}

    /**
     * Returns x·Wᵀ + b. Which path the product takes follows from the processor and the shapes of a
     * sequence and of W, never from the size of the batch; within {@link ReferencePath#run} it is
     * the linear one. Gradients flow through both.
     *
     * @param x (B, …, in); a matrix (B, in) is one row an image, and only (B, L, in) has two paths
     * @param weight W (out, in)
     * @param bias b (out), or null for none
     * @return (B, …, out), in the manager of x
     */
    public static NDArray apply(NDArray x, NDArray weight, @Nullable NDArray bias) {
        if (x.getShape().dimension() == 2 && x.getDataType() == DataType.FLOAT32) {
            return EachSequence.distinct(x, part -> DensePath.LINEAR.multiply(part, weight, bias));
        }
        return path(x).multiply(x, weight, bias);
    }

    private static DensePath path(NDArray x) {
        boolean twoPaths =
                !ReferencePath.inUse()
                        && x instanceof PtNDArray
                        && x.getShape().dimension() == 3
                        && x.getDataType() == DataType.FLOAT32
                        && x.getDevice().equals(Device.cpu());
        return twoPaths ? DenseChoice.path() : DensePath.LINEAR;
    }
}

package io.zigma.op;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import org.jspecify.annotations.Nullable;

/** The product of a dense layer, on the faster of the engine's two paths. */
public final class DenseProduct {

    private DenseProduct() {}

    /**
     * Returns x·Wᵀ + b. Which path the product takes follows from the processor and the shapes of a
     * sequence and of W, never from the size of the batch; within {@link ReferencePath#run} it is
     * the linear one. Gradients flow through both.
     *
     * @param x (…, in); only (B, L, in) has two paths
     * @param weight W (out, in)
     * @param bias b (out), or null for none
     * @return (…, out), in the manager of x
     */
    public static NDArray apply(NDArray x, NDArray weight, @Nullable NDArray bias) {
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

package io.zigma.op;

import ai.djl.ndarray.*;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.*;
import ai.djl.nn.Activation;
import io.zigma.scan.ScanPath;
import org.jspecify.annotations.Nullable;

/** t. */
public final class CausalConvolution {
    private CausalConvolution() {}

    public static NDArray silu(NDArray x, NDArray w, @Nullable NDArray b, ScanPath p) {
        NDArray g = x.get(new NDIndex(":,{}", x.getManager().create(p.order()))).transpose(0, 2, 1);
        long k = w.getShape().get(2), L = g.getShape().get(2);
        NDArray y =
                g.getNDArrayInternal()
                        .convolution(
                                g,
                                w,
                                b,
                                new Shape(1),
                                new Shape(k - 1),
                                new Shape(1),
                                (int) g.getShape().get(1))
                        .singletonOrThrow()
                        .get(":,:,:{}", L);
        y = Activation.swish(y, 1f).transpose(0, 2, 1);
        return y.get(new NDIndex(":,{}", x.getManager().create(p.inverse())));
    }
}

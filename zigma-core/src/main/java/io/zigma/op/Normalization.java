package io.zigma.op;

import ai.djl.ndarray.NDArray;
import org.jspecify.annotations.Nullable;

/** t. */
public final class Normalization {
    private Normalization() {}

    public static NDArray rms(NDArray x, NDArray w, double eps) {
        int a = x.getShape().dimension() - 1;
        return x.div(x.square().mean(new int[] {a}, true).add(eps).sqrt()).mul(w);
    }

    public static NDArray layer(NDArray x, @Nullable NDArray w, @Nullable NDArray b, double eps) {
        int a = x.getShape().dimension() - 1;
        NDArray c = x.sub(x.mean(new int[] {a}, true));
        NDArray y = c.div(c.square().mean(new int[] {a}, true).add(eps).sqrt());
        if (w != null) y = y.mul(w);
        if (b != null) y = y.add(b);
        return y;
    }
}

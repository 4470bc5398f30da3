package io.zigma.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import org.jspecify.annotations.Nullable;

/**
 * The network that the fixtures of DDPM were made with: a = 0.6x + 0.2 sin(3x + τ) − 0.1τ and b =
 * 0.9 tanh(x + τ/2) with τ = t/1000; labels y add (y + 1)/20 to a.
 */
public final class ClosedForm {

    private ClosedForm() {}

    /**
     * Evaluates it.
     *
     * @param x (B, C, H, W)
     * @param t times (B)
     * @param labels (B), or null for none
     * @param variance whether b is said too
     * @return a, or a and b (B, 2C, H, W)
     */
    public static NDArray of(NDArray x, NDArray t, @Nullable NDArray labels, boolean variance) {
        NDArray tau = t.reshape(-1, 1, 1, 1).div(1000);
        NDArray a = x.mul(0.6).add(x.mul(3).add(tau).sin().mul(0.2)).sub(tau.mul(0.1));
        if (labels != null) {
            a = a.add(labels.toType(x.getDataType(), true).reshape(-1, 1, 1, 1).add(1).mul(0.05));
        }
        if (!variance) {
            return a;
        }
        NDArray b = x.add(tau.mul(0.5)).tanh().mul(0.9);
        return NDArrays.concat(new ai.djl.ndarray.NDList(a, b), 1);
    }
}

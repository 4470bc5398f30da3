package io.zigma.sampler;

import ai.djl.ndarray.NDArray;

/**
 * The fixtures' model, a·x + b·t.
 *
 * @param a factor of x (C, H, W)
 * @param b factor of t (C, H, W)
 */
record ToyModel(NDArray a, NDArray b) implements Network {

    @Override
    public NDArray predict(NDArray x, NDArray t) {
        return x.mul(a).add(t.reshape(-1, 1, 1, 1).mul(b));
    }
}

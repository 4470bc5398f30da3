package io.zigma.sampler;

import ai.djl.ndarray.NDArray;

/**
 * A model J(t)·x + b(t) with a symmetric J as one that can be followed backwards: its Jᵀ·direction
 * is what it makes of the direction less what it makes of nothing.
 *
 * @param model the model
 */
record AffineModel(Network model) implements DifferentiableModel {

    @Override
    public Pullback predict(NDArray x, NDArray t, NDArray direction) {
        NDArray nothing = model.predict(direction.zerosLike(), t);
        return new Pullback(model.predict(x, t), model.predict(direction, t).sub(nothing));
    }
}

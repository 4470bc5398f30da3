package io.zigma.mixer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;

/** How official code lays out the maps that are tokens (B, L, C) here. */
enum MapLayout {
    /** (B, H, W, C). */
    CHANNELS_LAST {
        @Override
        NDArray tokens(NDArray map) {
            Shape shape = map.getShape();
            return map.reshape(shape.get(0), shape.get(1) * shape.get(2), shape.get(3));
        }

        @Override
        NDArray map(NDArray tokens, Shape shape) {
            return tokens.reshape(shape);
        }
    },
    /** (B, C, H, W), or (B, C, L). */
    CHANNELS_FIRST {
        @Override
        NDArray tokens(NDArray map) {
            Shape shape = map.getShape();
            return map.reshape(shape.get(0), shape.get(1), -1).transpose(0, 2, 1);
        }

        @Override
        NDArray map(NDArray tokens, Shape shape) {
            return tokens.transpose(0, 2, 1).reshape(shape);
        }
    };

    /** Returns a map's tokens (B, L, C). */
    abstract NDArray tokens(NDArray map);

    /** Returns tokens (B, L, C) as a map of that shape. */
    abstract NDArray map(NDArray tokens, Shape shape);
}

package io.zigma.codec;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;

/** Squares of pixels as channels, and back; nothing is computed. */
final class SpaceToChannels {

    private SpaceToChannels() {}

    /**
     * Moves squares of pixels into the channels.
     *
     * @param x (B, C, H, W)
     * @param side p, a divisor of H and W
     * @return (B, C·p·p, H/p, W/p)
     */
    static NDArray apply(NDArray x, int side) {
        Shape s = x.getShape();
        long h = s.get(2) / side;
        long w = s.get(3) / side;
        return x.reshape(s.get(0), s.get(1), h, side, w, side)
                .transpose(0, 1, 3, 5, 2, 4) // (B, C, p, p, h, w)
                .reshape(s.get(0), s.get(1) * side * side, h, w);
    }

    /**
     * Moves channels into squares of pixels.
     *
     * @param x (B, C·p·p, h, w)
     * @param side p
     * @return (B, C, h·p, w·p)
     */
    static NDArray inverse(NDArray x, int side) {
        Shape s = x.getShape();
        long channels = s.get(1) / ((long) side * side);
        return x.reshape(s.get(0), channels, side, side, s.get(2), s.get(3))
                .transpose(0, 1, 4, 2, 5, 3) // (B, C, h, p, w, p)
                .reshape(s.get(0), channels, s.get(2) * side, s.get(3) * side);
    }
}

package io.zigma.op.cpu;

import java.nio.FloatBuffer;
import org.jspecify.annotations.Nullable;

/** What every tile reads: small parameters as arrays, and where a tile's tokens lie. */
final class Parameters {

    private Parameters() {}

    static float[] copy(FloatBuffer from, int size) {
        float[] copy = new float[size];
        from.get(0, copy);
        return copy;
    }

    static float @Nullable [] copyIfPresent(@Nullable FloatBuffer from, int size) {
        return from == null ? null : copy(from, size);
    }

    static boolean anyPositive(float[] values) {
        for (float value : values) {
            if (value > 0) {
                return true;
            }
        }
        return false;
    }

    /**
     * Returns the offset of the tile's first channel in a (B, L, E) buffer, step by step.
     *
     * @param order the token visited at each step
     * @param sequence index of the sequence in the batch
     * @param channels E
     * @param first the tile's first channel
     */
    static int[] positions(int[] order, int sequence, int channels, int first) {
        int[] positions = new int[order.length];
        for (int step = 0; step < order.length; step++) {
            positions[step] = (sequence * order.length + order[step]) * channels + first;
        }
        return positions;
    }
}

package io.zigma.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import java.util.Arrays;

/**
 * A batch on its way from noise to data: what the model sees, and what it should say.
 *
 * @param at x_t = α·data + σ·noise (B, …)
 * @param time the times (B) as float32, as the model takes them
 * @param target the velocity α′·data + σ′·noise (B, …)
 * @param noise the noise in x_t (B, …), the array that was given
 * @param times the times in double precision, B of them
 */
@SuppressWarnings("ArrayRecordComponent") // a batch is never compared with another
public record Interpolated(
        NDArray at, NDArray time, NDArray target, NDArray noise, double[] times) {

    /**
     * Returns some of the samples.
     *
     * @param from the first one's place
     * @param to the place behind the last one's, above {@code from} and at most B
     * @return views of these arrays, in their managers, or this if it is all of it
     */
    public Interpolated part(int from, int to) {
        if (from == 0 && to == times.length) {
            return this;
        }
        NDIndex rows = new NDIndex("{}:{}", from, to);
        return new Interpolated(
                at.get(rows),
                time.get(rows),
                target.get(rows),
                noise.get(rows),
                Arrays.copyOfRange(times, from, to));
    }
}

package io.zigma.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import java.util.Arrays;

/**
 * A batch between noise and data, with all that a loss needs.
 *
 * @param x α(t)·data + σ(t)·noise (B, …)
 * @param time the network's time input (B), float32
 * @param data the clean samples (B, …), the array that was given
 * @param noise the standard normal noise in x (B, …), the array that was given
 * @param times the times in the process's own unit, in double precision, B of them
 */
@SuppressWarnings("ArrayRecordComponent") // a batch is never compared with another
public record Noised(NDArray x, NDArray time, NDArray data, NDArray noise, double[] times) {

    /**
     * Returns the same x with the data and noise of other samples: each one's are those of the
     * sample after it, and the last one's those of the first.
     *
     * @return what x was not made of, unless there is one sample only; new arrays in the managers
     *     of these
     */
    public Noised withOthers() {
        return new Noised(x, time, rolled(data), rolled(noise), times);
    }

    private static NDArray rolled(NDArray array) {
        return array.get(new NDIndex("1:")).concat(array.get(new NDIndex(":1")), 0);
    }

    /**
     * Returns some of the samples.
     *
     * @param from index of the first one
     * @param to index after the last one's, above {@code from} and at most B
     * @return views of these arrays, in their managers, or this if it is all of it
     */
    public Noised part(int from, int to) {
        if (from == 0 && to == times.length) {
            return this;
        }
        NDIndex rows = new NDIndex("{}:{}", from, to);
        return new Noised(
                x.get(rows),
                time.get(rows),
                data.get(rows),
                noise.get(rows),
                Arrays.copyOfRange(times, from, to));
    }
}

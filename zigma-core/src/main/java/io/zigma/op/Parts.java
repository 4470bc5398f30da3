package io.zigma.op;

import ai.djl.ndarray.NDArray;
import org.jspecify.annotations.Nullable;

/** Partial sums that a kernel's blocks leave, one after another on the first axis. */
final class Parts {

    private Parts() {}

    /** Adds them up and frees them. */
    static NDArray sum(NDArray parts) {
        NDArray sum =
                parts.getShape().get(0) == 1
                        ? parts.reshape(parts.getShape().slice(1))
                        : parts.sum(new int[] {0});
        parts.close();
        return sum;
    }

    /** Adds them up where there are any. */
    static @Nullable NDArray sumIfPresent(@Nullable NDArray parts) {
        return parts == null ? null : sum(parts);
    }
}

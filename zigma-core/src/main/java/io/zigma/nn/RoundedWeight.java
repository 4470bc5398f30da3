package io.zigma.nn;

import ai.djl.ndarray.NDArray;
import io.zigma.op.Bfloat16;
import io.zigma.op.Precision;
import org.jspecify.annotations.Nullable;

/** A layer's weight in bfloat16 beside the one in float32, for predictions. */
final class RoundedWeight {

    private @Nullable NDArray rounded;

    /**
     * Rounds a weight, or lets the rounded one go.
     *
     * @param precision bfloat16 to round
     * @param weight in float32, as it is now; its manager owns the rounded one, too
     */
    void set(Precision precision, NDArray weight) {
        if (rounded != null) {
            rounded.close();
        }
        rounded = precision == Precision.BFLOAT16 ? Bfloat16.round(weight) : null;
    }

    /**
     * Returns the rounded weight.
     *
     * @param pass that asks
     * @return null where the layer does not round
     * @throws IllegalStateException if it does and the pass trains: gradients would be lost
     */
    @Nullable NDArray get(Pass pass) {
        if (pass.training() && rounded != null) {
            throw new IllegalStateException(
                    "a layer that rounds to bfloat16 cannot be trained; set its precision to float32");
        }
        return rounded;
    }
}

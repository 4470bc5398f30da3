package io.zigma.backbone.zigma;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import io.zigma.op.Precision;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A backbone as training and sampling see it: (x, t, condition) → prediction, and its named
 * parameters.
 */
public interface Denoiser extends Block {

    /**
     * Predicts velocity, score or noise, whatever the model was trained for.
     *
     * @param store where the parameters' values come from
     * @param x noisy images (B, C, H, W) or videos (B, F, C, H, W)
     * @param t one time per image (B), 0 at noise and 1 at data
     * @param condition for a class-conditional model one class number per image (B) as int64, the
     *     null class included; for a text-conditional one the tokens of one text per image (B, n,
     *     size of a token) as float32; null for an unconditional model
     * @param training true while training, which switches stochastic depth on
     * @return the prediction, in the shape of x
     */
    NDArray predict(
            ParameterStore store,
            NDArray x,
            NDArray t,
            @Nullable NDArray condition,
            boolean training);

    /**
     * Sets where stochastic depth draws from while training.
     *
     * @param source asked once a forward pass for every layer that may be left out
     */
    void setDropPath(DropPath source);

    /**
     * Chooses what the factors of the layers' large matrix products are rounded to, for sampling.
     * It rounds the parameters as they are now.
     *
     * @param precision what the parameters' device can do, see {@link Precision#require}
     */
    void setPrecision(Precision precision);

    /**
     * Returns all parameters under their names in the official state_dict, in a fixed order.
     *
     * @return an unmodifiable ordered map
     */
    Map<String, Parameter> namedParameters();

    /**
     * Counts the numbers that parameters hold, from their shapes alone: nothing is allocated.
     *
     * @return the count, tables that are not learned included
     */
    default long parameterCount() {
        return namedParameters().values().stream()
                .mapToLong(parameter -> parameter.getShape().size())
                .sum();
    }
}

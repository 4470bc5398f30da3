package io.zigma.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import io.zigma.condition.Condition;
import io.zigma.nn.OperationCount;
import io.zigma.nn.Pass;
import io.zigma.op.Precision;
import java.util.Map;

/**
 * A diffusion backbone as training and sampling see it: (x, t, condition) → output. It knows
 * nothing of losses, solvers or guidance.
 */
public interface Backbone extends Block {

    /**
     * Returns what decides the network's shape.
     *
     * @return the specification it was made from
     */
    BackboneSpec spec();

    /**
     * Evaluates the network.
     *
     * @param pass parameter values, and what stochastic depth draws from
     * @param x noisy images (B, C, H, W) or videos (B, F, C, H, W)
     * @param t one time for each sample (B) as float32, in the units of the process that the model
     *     was trained for
     * @param condition of the kind that {@link BackboneSpec#conditioning} says
     * @return the output, of x's shape but for the channels: (B, outputChannels, H, W) or (B, F,
     *     outputChannels, H, W)
     * @throws IllegalArgumentException if the condition is of another kind or size
     */
    NDArray forward(Pass pass, NDArray x, NDArray t, Condition condition);

    /**
     * Allocates and initialises all parameters.
     *
     * @param manager owns the parameters
     */
    void initialize(NDManager manager);

    /**
     * Returns all parameters under their names in the official state_dict, in a fixed order.
     *
     * @return an unmodifiable ordered map
     */
    Map<String, Parameter> namedParameters();

    /**
     * Chooses what the factors of the layers' large matrix products are rounded to, for sampling.
     * The parameters are rounded once, as they are now; a network that was rounded cannot be
     * trained.
     *
     * @param precision what the parameters' device can do, see {@link Precision#require}
     */
    void setPrecision(Precision precision);

    /**
     * Counts the work of one forward pass, from what the network is made of.
     *
     * @return multiply-adds for one sample, and for a text of as many tokens as the conditioning
     *     names, 77 where it leaves that open
     */
    OperationCount operations();

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

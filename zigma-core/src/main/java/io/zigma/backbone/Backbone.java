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
import java.util.OptionalLong;

/**
 * A diffusion backbone, the network that training and sampling call: (x, t, condition) → output. It
 * has no part in losses, solvers or guidance.
 */
public interface Backbone extends Block {

    /**
     * Returns the specification, which determines the network's shape.
     *
     * @return the specification it was made from
     */
    BackboneSpec spec();

    /**
     * Evaluates the network.
     *
     * @param pass parameter values, and the random source of stochastic depth
     * @param x noisy images (B, C, H, W) or videos (B, F, C, H, W)
     * @param t one time for each sample (B) as float32, in the units of the process that the model
     *     was trained for
     * @param condition of the kind that {@link BackboneSpec#conditioning} gives
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
     * Sets the precision of the factors of the layers' large matrix products, for sampling. The
     * parameters are rounded once, as they are now; a network that was rounded cannot be trained.
     *
     * @param precision what the parameters' device can do, see {@link Precision#require}
     */
    void setPrecision(Precision precision);

    /**
     * Counts the multiply-adds of one forward pass, from the sizes of the layers.
     *
     * @return multiply-adds for one sample, and for a text of the conditioning's number of tokens,
     *     77 where that is not fixed
     */
    OperationCount operations();

    /**
     * Counts how many vectors a weight is multiplied with in one forward pass, where that is not
     * the same for all layers: a convolution's are the pixels that it makes.
     *
     * @param weight name of a parameter
     * @return vectors for one sample; empty where it is one a token, or one a sample for what
     *     embeds the condition
     */
    default OptionalLong vectors(String weight) {
        return OptionalLong.empty();
    }

    /**
     * Counts the parameters' values, from their shapes alone: nothing is allocated.
     *
     * @return the count, tables that are not learned included
     */
    default long parameterCount() {
        return namedParameters().values().stream()
                .mapToLong(parameter -> parameter.getShape().size())
                .sum();
    }
}

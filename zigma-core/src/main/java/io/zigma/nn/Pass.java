package io.zigma.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import io.zigma.op.Precision;
import io.zigma.scan.ScanPath;
import org.jspecify.annotations.Nullable;

/**
 * The context of one forward pass: where parameters have their values, whether it trains, and its
 * random source. A block stores nothing of it, so that several passes may run through one model at
 * the same time, each with randomness of its own.
 *
 * @param parameters gives each parameter's value on a device
 * @param training true in a training pass, which switches stochastic depth and batch statistics on
 * @param random the source of stochastic depth
 * @param attention is given the attention weights of cross-attention
 * @param routing which tokens go past a backbone's middle layers in a training pass
 * @param tokens which tokens a layer gets, null for all; a backbone says so to its layers
 * @param precision what the factors of large matrix products are rounded to in a training pass; a
 *     pass that predicts follows {@link NamedBlock#setPrecision}
 */
public record Pass(
        ParameterStore parameters,
        boolean training,
        DropPath random,
        AttentionListener attention,
        TokenRouting routing,
        @Nullable TokenSubset tokens,
        Precision precision) {

    /**
     * Makes a pass without an attention listener.
     *
     * @param parameters gives each parameter's value on a device
     * @param training true in a training pass
     * @param random the source of stochastic depth
     */
    public Pass(ParameterStore parameters, boolean training, DropPath random) {
        this(
                parameters,
                training,
                random,
                AttentionListener.NONE,
                TokenRouting.NONE,
                null,
                Precision.FLOAT32);
    }

    /**
     * Returns the same pass with a listener.
     *
     * @param changed called with the cross-attention to the context
     * @return a changed copy
     */
    public Pass withAttention(AttentionListener changed) {
        return new Pass(parameters, training, random, changed, routing, tokens, precision);
    }

    /**
     * Returns the same pass with tokens that go past layers.
     *
     * @param changed how many and which
     * @return a changed copy
     */
    public Pass withRouting(TokenRouting changed) {
        return new Pass(parameters, training, random, attention, changed, tokens, precision);
    }

    /**
     * Returns the same pass for layers that get some of the tokens.
     *
     * @param changed which; null for all
     * @return a changed copy
     */
    public Pass withTokens(@Nullable TokenSubset changed) {
        return new Pass(parameters, training, random, attention, routing, changed, precision);
    }

    /**
     * Returns the same pass with another precision.
     *
     * @param changed what the factors of large products are rounded to
     * @return a changed copy
     */
    public Pass withPrecision(Precision changed) {
        return new Pass(parameters, training, random, attention, routing, tokens, changed);
    }

    /** Returns whether large products round their factors to bfloat16 and record gradients. */
    boolean trainsInBfloat16() {
        return training && precision == Precision.BFLOAT16;
    }

    /** Returns a path over all tokens as it is over those that are there. */
    ScanPath along(ScanPath path) {
        return tokens == null ? path : tokens.along(path);
    }

    /**
     * Returns a pass that only predicts.
     *
     * @param parameters gives each parameter's value on a device
     * @return a pass without stochastic depth
     */
    public static Pass inference(ParameterStore parameters) {
        return new Pass(parameters, false, DropPath.NONE);
    }

    /**
     * Returns a training pass without stochastic depth.
     *
     * @param parameters gives each parameter's value on a device
     * @return a pass in which every layer takes part
     */
    public static Pass training(ParameterStore parameters) {
        return new Pass(parameters, true, DropPath.NONE);
    }

    /**
     * Returns a parameter's value.
     *
     * @param parameter the parameter
     * @param like an array on the device that the value is needed on
     * @return the value, which belongs to the store
     */
    public NDArray value(Parameter parameter, NDArray like) {
        return parameters.getValue(parameter, like.getDevice(), training);
    }
}

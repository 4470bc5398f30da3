package io.zigma.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.zigma.op.Constants;
import io.zigma.op.Scratch;

/**
 * Embeds the time by sines and cosines and a two-layer network (Nichol and Dhariwal 2021; DiT,
 * TimestepEmbedder).
 */
public final class TimestepEmbedding extends UnaryBlock {

    private static final int FREQUENCIES = 256;

    private static final double LONGEST_PERIOD = 10_000;

    private final int hiddenSize;
    private final double timeScale;
    private final TimeMlp mlp;

    /**
     * Creates the block.
     *
     * @param hiddenSize channels D of the embedding
     * @param timeScale what times are multiplied by: 1000 stretches [0, 1] to the range of discrete
     *     diffusion steps that the sinusoids were made for
     */
    public TimestepEmbedding(int hiddenSize, double timeScale) {
        this.hiddenSize = hiddenSize;
        this.timeScale = timeScale;
        mlp = child("mlp", new TimeMlp(FREQUENCIES, hiddenSize, hiddenSize));
    }

    /**
     * Embeds times.
     *
     * @param pass parameter values and randomness of this forward pass
     * @param t (B)
     * @return (B, D)
     */
    @Override
    public NDArray apply(Pass pass, NDArray t) {
        return Scratch.freed(
                () -> mlp.apply(pass, sinusoids(Constants.mul(t, timeScale), FREQUENCIES)));
    }

    /**
     * Returns cosines, then sines, of geometrically spaced frequencies from 1 down to 1/10,000.
     *
     * @param t (B) in float32
     * @param size length of the result's last axis; an odd one ends in a zero
     * @return (B, size)
     */
    public static NDArray sinusoids(NDArray t, int size) {
        return Scratch.freed(
                () -> {
                    int half = size / 2;
                    // In the engine's float32, so that the rounding is that of the official code:
                    // at t = 1000
                    // a rounding error of one ulp in a frequency already moves the cosine by 6e-5.
                    NDArray numbers =
                            t.getManager()
                                    .arange(0f, half, 1f, DataType.FLOAT32)
                                    .toDevice(t.getDevice(), false);
                    NDArray exponents = Constants.mul(numbers, -Math.log(LONGEST_PERIOD));
                    NDArray frequencies = Constants.div(exponents, half).exp(); // (size / 2)
                    NDArray angles = t.expandDims(1).mul(frequencies.expandDims(0)); // (B, size/2)
                    NDArray result = angles.cos().concat(angles.sin(), 1);
                    return size % 2 == 0
                            ? result
                            : result.concat(t.zerosLike().expandDims(1), 1); // (B, size)
                });
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {new Shape(inputShapes[0].get(0), hiddenSize)};
    }
}

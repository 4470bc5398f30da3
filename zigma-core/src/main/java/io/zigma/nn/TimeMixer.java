package io.zigma.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.zigma.op.GradientTape;
import io.zigma.op.Scratch;
import io.zigma.scan.ScanPath;

/**
 * A mixer that treats each position of a video as a sequence through time (ZigMa 2024, section 3.3,
 * the factorised model's layers in time).
 */
public final class TimeMixer extends UnaryBlock {

    private final long frames;
    private final boolean mirrored;
    private final MambaMixer mixer;

    /**
     * Creates a mixer.
     *
     * @param hiddenSize channels D of input and output
     * @param config inner sizes
     * @param path the order in which the F frames are visited
     * @param mirrored whether the result comes out with its frames in reverse, as from the official
     *     code
     */
    public TimeMixer(int hiddenSize, MambaConfig config, ScanPath path, boolean mirrored) {
        frames = path.length();
        this.mirrored = mirrored;
        mixer = inlined(new MambaMixer(hiddenSize, config, path));
    }

    /**
     * Mixes the tokens of each position.
     *
     * @param pass parameter values and randomness of this forward pass
     * @param x (B, F·H·W, D) in raster order
     * @return (B, F·H·W, D) in raster order
     */
    @Override
    public NDArray apply(Pass pass, NDArray x) {
        return Scratch.freed(
                () -> {
                    Shape all = x.getShape();
                    long batch = all.get(0);
                    long positions = all.get(1) / frames;
                    long channels = all.get(2);
                    // Moving D channels once costs less than the inner E channels would in strides.
                    NDArray sequences =
                            x.reshape(batch, frames, positions, channels)
                                    .transpose(0, 2, 1, 3) // (B, H·W, F, D)
                                    .reshape(batch * positions, frames, channels);
                    NDArray mixed =
                            // a position that is there is there in every frame
                            mixer.apply(pass.withTokens(null), GradientTape.accumulateAt(sequences))
                                    .reshape(batch, positions, frames, channels)
                                    .transpose(0, 2, 1, 3); // (B, F, H·W, D)
                    return (mirrored ? mixed.flip(1) : mixed).reshape(all);
                });
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return inputShapes;
    }
}

package io.zigma.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.zigma.op.Scratch;
import io.zigma.scan.ScanPath;

/**
 * A mixer that treats the frames of a video like images of a batch (ZigMa 2024, section 3.3, the
 * factorised model's layers in space).
 */
public final class FrameMixer extends UnaryBlock {

    private final int frames;
    private final MambaMixer mixer;

    /**
     * Creates a mixer.
     *
     * @param hiddenSize channels D of input and output
     * @param config inner sizes
     * @param frames number of frames F of a video
     * @param path the order in which the H · W tokens of a frame are visited
     */
    public FrameMixer(int hiddenSize, MambaConfig config, int frames, ScanPath path) {
        this.frames = frames;
        mixer = inlined(new MambaMixer(hiddenSize, config, path));
    }

    /**
     * Mixes the tokens of each frame.
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
                    Shape each = new Shape(all.get(0) * frames, all.get(1) / frames, all.get(2));
                    NDArray images = x.reshape(each); // (B·F, H·W, D)
                    return mixer.apply(ofFrame(pass), images).reshape(all);
                });
    }

    /** Where some tokens are left out, they are the same positions of every frame. */
    private Pass ofFrame(Pass pass) {
        TokenSubset tokens = pass.tokens();
        return tokens == null ? pass : pass.withTokens(tokens.ofOneFrame(frames));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return inputShapes;
    }
}

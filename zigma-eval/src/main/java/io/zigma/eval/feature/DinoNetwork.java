package io.zigma.eval.feature;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.zigma.nn.LayerNorm;
import io.zigma.nn.Pass;
import io.zigma.nn.PatchEmbedding;
import io.zigma.nn.Patches;
import io.zigma.nn.UnaryBlock;
import io.zigma.op.Scratch;
import java.util.ArrayList;
import java.util.List;

/**
 * The vision transformer of DINOv2 without registers (Oquab et al. 2023; official {@code
 * vision_transformer.py}): patches and one class token through layers, and the class token of the
 * last one, normalised, as features.
 *
 * <p>Its table of positions is for a larger grid than 224 × 224 pixels have; it is resampled as the
 * official code does, with the tenth of a patch that is added there.
 */
final class DinoNetwork extends UnaryBlock {

    /** Side of the pictures it takes. */
    static final int SIDE = 224;

    /** Side of a patch. */
    static final int PATCH = 14;

    static final double EPSILON = 1e-6;

    private static final int GRID = SIDE / PATCH;

    /** The official code adds this to the grid's side against rounding, which shifts positions. */
    private static final double OFFSET = 0.1;

    private final int size;
    private final int tableSide;
    private final Parameter classToken;
    private final Parameter positions;
    private final PatchEmbedding patches;
    private final List<DinoBlock> blocks = new ArrayList<>();
    private final LayerNorm norm;

    /**
     * Creates a network without values.
     *
     * @param size channels of a token, a multiple of 64
     * @param depth number of layers
     * @param tableSide side of the grid that the table of positions is for, 37 officially
     */
    DinoNetwork(int size, int depth, int tableSide) {
        this.size = size;
        this.tableSide = tableSide;
        classToken = parameter("cls_token", Parameter.Type.WEIGHT, 1, 1, size);
        positions =
                parameter(
                        "pos_embed",
                        Parameter.Type.WEIGHT,
                        1,
                        1 + (long) tableSide * tableSide,
                        size);
        patches =
                child(
                        "patch_embed",
                        new PatchEmbedding(
                                new Patches(1, Photographs.CHANNELS, GRID, GRID, PATCH), size));
        for (int i = 0; i < depth; i++) {
            blocks.add(child("blocks." + i, new DinoBlock(size)));
        }
        norm = child("norm", new LayerNorm(size, EPSILON));
    }

    /** Gives all parameters their first values. */
    void initialize(NDManager manager) {
        initialize(manager, DataType.FLOAT32, new Shape(1, Photographs.CHANNELS, SIDE, SIDE));
    }

    /**
     * Computes features of pictures.
     *
     * @param pass parameter values and randomness of this forward pass
     * @param x (B, 3, 224, 224), normalised
     * @return (B, D)
     */
    @Override
    public NDArray apply(Pass pass, NDArray x) {
        return Scratch.freed(
                () -> {
                    NDArray tokens = patches.apply(pass, x); // (B, 256, D)
                    NDArray first =
                            value(pass, classToken, x).broadcast(x.size(0), 1, size); // (B, 1, D)
                    NDArray all = NDArrays.concat(new NDList(first, tokens), 1); // (B, 257, D)
                    NDArray y = all.add(places(x.getManager(), value(pass, positions, x)));
                    for (DinoBlock block : blocks) {
                        y = block.apply(pass, y);
                    }
                    return norm.apply(pass, y).get(":, 0"); // (B, D)
                });
    }

    /** Returns the positions of the class token and of 16 × 16 patches (1, 257, D). */
    private NDArray places(NDManager manager, NDArray table) {
        float[] all = table.toFloatArray();
        ResampledSide side =
                ResampledSide.torchBicubic(tableSide, GRID, (GRID + OFFSET) / tableSide);
        int old = tableSide * tableSide;
        float[] planes = new float[size * old]; // (D, side, side)
        for (int place = 0; place < old; place++) {
            for (int channel = 0; channel < size; channel++) {
                planes[channel * old + place] = all[(1 + place) * size + channel];
            }
        }
        float[] resampled = ResampledSide.resample(planes, tableSide, tableSide, side, side);
        int tokens = GRID * GRID;
        float[] result = new float[(1 + tokens) * size];
        System.arraycopy(all, 0, result, 0, size);
        for (int place = 0; place < tokens; place++) {
            for (int channel = 0; channel < size; channel++) {
                result[(1 + place) * size + channel] = resampled[channel * tokens + place];
            }
        }
        return manager.create(result, new Shape(1, 1 + tokens, size));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {new Shape(inputShapes[0].get(0), size)};
    }
}

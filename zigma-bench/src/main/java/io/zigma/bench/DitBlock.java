package io.zigma.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.zigma.nn.Dense;
import io.zigma.nn.DropPath;
import io.zigma.nn.NamedBlock;
import io.zigma.nn.Pass;
import io.zigma.op.Attention;
import io.zigma.op.Normalization;
import io.zigma.op.Scratch;
import io.zigma.op.Silu;
import java.util.stream.LongStream;

/**
 * The yardstick of the scaling: a block of the diffusion transformer (Peebles and Xie 2023, figure
 * 3, adaLN-Zero), with multi-head self-attention over all tokens and an MLP four times as wide.
 *
 * <p>Its dense layers and norms are those of ZigMa, its attention is the engine's. For inference
 * only.
 */
final class DitBlock extends NamedBlock {

    private static final double EPSILON = 1e-6;
    private static final int MLP_RATIO = 4;
    private static final long TYPICAL_HEAD = 64;

    private final long size;
    private final long heads;
    private final Dense modulation; // D → shift, scale, gate of attention, then of the MLP
    private final Dense projections; // D → q, k, v
    private final Dense output; // D → D
    private final Dense widening; // D → 4D
    private final Dense narrowing; // 4D → D

    DitBlock(int size) {
        this.size = size;
        heads = heads(size);
        modulation = child("adaLN_modulation.1", new Dense(size, 6 * size, true));
        projections = child("attn.qkv", new Dense(size, 3 * size, true));
        output = child("attn.proj", new Dense(size, size, true));
        widening = child("mlp.fc1", new Dense(size, MLP_RATIO * size, true));
        narrowing = child("mlp.fc2", new Dense(MLP_RATIO * size, size, true));
    }

    /** The number of heads whose width is closest to 64. */
    static long heads(long size) {
        return LongStream.rangeClosed(1, size)
                .filter(count -> size % count == 0)
                .boxed()
                .min((a, b) -> Long.compare(distance(size, a), distance(size, b)))
                .orElseThrow();
    }

    private static long distance(long size, long heads) {
        return Math.abs(size / heads - TYPICAL_HEAD);
    }

    /**
     * Applies the block.
     *
     * @param pass parameter values and randomness of this forward pass
     * @param x tokens (B, L, D)
     * @param condition (B, D)
     * @return (B, L, D)
     */
    NDArray apply(Pass pass, NDArray x, NDArray condition) {
        return Scratch.freed(
                () -> {
                    NDList parts =
                            modulation
                                    .apply(pass, Silu.apply(condition))
                                    .expandDims(1)
                                    .split(6, 2); // 6 × (B, 1, D)
                    NDArray first =
                            x.add(
                                    attend(pass, modulated(x, parts.get(0), parts.get(1)))
                                            .mul(parts.get(2)));
                    NDArray hidden =
                            widening.apply(
                                    pass,
                                    modulated(first, parts.get(3), parts.get(4))); // (B, L, 4D)
                    NDArray second = narrowing.apply(pass, Activation.gelu(hidden));
                    return first.add(second.mul(parts.get(5))); // (B, L, D)
                });
    }

    private static NDArray modulated(NDArray x, NDArray shift, NDArray scale) {
        return Normalization.modulatedLayer(x, null, null, EPSILON, shift, scale).modulated();
    }

    private NDArray attend(Pass pass, NDArray x) {
        NDList parts = projections.apply(pass, x).split(3, 2); // 3 × (B, L, D)
        NDArray mixed =
                Attention.apply(parts.get(0), parts.get(1), parts.get(2), Math.toIntExact(heads));
        return output.apply(pass, mixed); // (B, L, D)
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store,
            NDList inputs,
            boolean training,
            PairList<String, Object> ignored) {
        Pass pass = new Pass(store, training, DropPath.NONE);
        return new NDList(apply(pass, inputs.get(0), inputs.get(1)));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {inputShapes[0]};
    }
}

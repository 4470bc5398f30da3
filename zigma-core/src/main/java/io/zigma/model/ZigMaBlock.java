package io.zigma.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.zigma.nn.MambaMixer;
import io.zigma.nn.Modulation;
import io.zigma.nn.NamedBlock;
import io.zigma.nn.Norm;
import io.zigma.op.GradientTape;
import io.zigma.op.Modulated;
import io.zigma.op.Scratch;
import io.zigma.scan.ScanPath;

/**
 * One layer of ZigMa: norm, modulation, Mamba mixer, gate (ZigMa 2024, figure 3; official {@code
 * Block}).
 *
 * <p>The layer takes the residual stream and returns what is to be added to it. The normed stream
 * itself is part of that, as in the official code: h = n + gate · mixer(n · (1 + scale) + shift)
 * with n = norm(residual).
 */
public final class ZigMaBlock extends NamedBlock {

    private final MambaMixer mixer;
    private final Norm norm;
    private final Modulation modulation;

    ZigMaBlock(ZigMaConfig config, ScanPath path) {
        int size = config.hiddenSize();
        mixer = child("mixer", new MambaMixer(size, config.mixer(), path));
        norm = child("norm", config.norm().create(size, config.normEpsilon()));
        modulation = child("adaLN_modulation", new Modulation(size));
    }

    /**
     * Computes the layer's contribution.
     *
     * @param store where the parameters' values come from
     * @param residual the stream (B, L, D)
     * @param condition (B, D)
     * @param training true in a training pass
     * @return what to add to the stream (B, L, D)
     */
    public NDArray apply(
            ParameterStore store, NDArray residual, NDArray condition, boolean training) {
        return Scratch.freed(
                () -> {
                    NDList parts = modulation(store, condition, training);
                    Modulated n =
                            norm.modulated(store, residual, parts.get(0), parts.get(1), training);
                    NDArray mixed = mixer.apply(store, n.modulated(), training); // (B, L, D)
                    return n.norm().add(mixed.mul(parts.get(2)));
                });
    }

    /** Returns shift, scale and gate, each (B, 1, D). */
    private NDList modulation(ParameterStore store, NDArray condition, boolean training) {
        return GradientTape.boundary(modulation.apply(store, condition, training))
                .expandDims(1) // (B, 1, 3D)
                .split(3, 2);
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store,
            NDList inputs,
            boolean training,
            PairList<String, Object> ignored) {
        return new NDList(apply(store, inputs.get(0), inputs.get(1), training));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {inputShapes[0]};
    }
}

package io.zigma.backbone.dit;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.zigma.nn.InitialValues;
import io.zigma.nn.PositionTable;
import io.zigma.scan.Grid;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The published initialisation, all of it in one place (official {@code initialize_weights}).
 *
 * @param config the model that is initialised
 */
record Initialization(DiTConfig config) {

    private static final double EMBEDDING_DEVIATION = 0.02;

    /** Gives every parameter its initialiser; nothing is allocated yet. */
    void applyTo(Map<String, Parameter> parameters, long seed) {
        InitialValues.set(parameters, seed, this::values);
    }

    private float[] values(String name, Shape shape, SplittableRandom random) {
        if (name.equals("pos_embed")) {
            return PositionTable.sineCosine(grid(), config.hiddenSize());
        }
        if (name.endsWith(".bias") || startsAtZero(name)) {
            return InitialValues.constant(shape, 0);
        }
        if (name.contains("norm")) {
            return InitialValues.constant(shape, 1);
        }
        return name.startsWith("t_embedder.") || name.startsWith("y_embedder.")
                ? InitialValues.normal(shape, EMBEDDING_DEVIATION, random)
                : InitialValues.xavier(shape, random);
    }

    private Grid grid() {
        return Grid.image(config.patches().rows(), config.patches().columns());
    }

    /** With adaLN-Zero all blocks start as the identity, and any model's output is zero. */
    private boolean startsAtZero(String name) {
        return name.startsWith("final_layer.linear")
                || name.startsWith("final_layer.adaLN_modulation")
                || (name.contains("adaLN_modulation") && config.block() == BlockKind.ADALN_ZERO);
    }
}

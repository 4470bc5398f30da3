package io.zigma.backbone.uvit;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.zigma.nn.InitialValues;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The published initialisation, all of it in one place (official {@code _init_weights}; what that
 * leaves alone, convolutions and the table of classes, has PyTorch's defaults).
 *
 * @param config the model that is initialised
 */
record Initialization(UViTConfig config) {

    // the official truncation at ±2 is a hundred deviations away
    private static final double DEVIATION = 0.02;

    /** Gives every parameter its initialiser; nothing is allocated yet. */
    void applyTo(Map<String, Parameter> parameters, long seed) {
        InitialValues.set(parameters, seed, this::values);
    }

    private float[] values(String name, Shape shape, SplittableRandom random) {
        if (name.startsWith("patch_embed.")) {
            return convolution(shape, config.patches().values(), random);
        }
        if (name.startsWith("final_layer.")) {
            return convolution(shape, config.outputChannels() * UViT.KERNEL * UViT.KERNEL, random);
        }
        if (name.startsWith("label_emb.")) {
            return InitialValues.normal(shape, 1, random);
        }
        if (name.endsWith(".bias")) {
            return InitialValues.constant(shape, 0);
        }
        return name.contains("norm")
                ? InitialValues.constant(shape, 1)
                : InitialValues.normal(shape, DEVIATION, random);
    }

    /** He's uniform distribution with a = √5, weight and bias alike. */
    private static float[] convolution(Shape shape, int fanIn, SplittableRandom random) {
        return InitialValues.uniform(shape, 1 / Math.sqrt(fanIn), random);
    }
}

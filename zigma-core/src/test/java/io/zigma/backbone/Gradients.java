package io.zigma.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import io.zigma.condition.Condition;
import io.zigma.nn.DropPath;
import io.zigma.nn.Pass;
import io.zigma.op.GradientTape;
import io.zigma.op.Precision;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Gradients of a backbone's parameters, in every way that they can be computed. */
public final class Gradients {

    private static final int SAMPLES = 5;

    private Gradients() {}

    /**
     * Differentiates the mean square of what a model with random weights makes of five pictures.
     *
     * @param config of pictures of 3 × 8 × 4
     * @param parent where to compute
     * @param condition of the five
     * @param opener opens the tape; null for the engine's own graph
     * @return of each parameter that is learned, by name
     */
    public static Map<String, float[]> of(
            BackboneSpec config,
            NDManager parent,
            Function<NDManager, Condition> condition,
            @Nullable Supplier<GradientTape> opener) {
        return of(config, parent, condition, opener, DropPath.NONE);
    }

    /**
     * Differentiates the same with a random source.
     *
     * @param config of pictures of 3 × 8 × 4
     * @param parent where to compute
     * @param condition of the five
     * @param opener opens the tape; null for the engine's own graph
     * @param random what is left out
     * @return of each parameter that is learned, by name
     */
    public static Map<String, float[]> of(
            BackboneSpec config,
            NDManager parent,
            Function<NDManager, Condition> condition,
            @Nullable Supplier<GradientTape> opener,
            DropPath random) {
        try (NDManager manager = parent.newSubManager()) {
            Backbone model = RandomWeights.of(config.create(0), manager);
            return of(
                    model,
                    manager,
                    condition,
                    opener,
                    new Pass(new ParameterStore(manager, false), true, random));
        }
    }

    /**
     * Differentiates the same in a precision, with weights that keep the size of what they are
     * applied to, so that rounding does not grow from layer to layer.
     *
     * @param config of pictures of 3 × 8 × 4
     * @param parent where to compute
     * @param condition of the five
     * @param opener opens the tape
     * @param precision of large products
     * @return of each parameter that is learned, by name
     */
    public static Map<String, float[]> inPrecision(
            BackboneSpec config,
            NDManager parent,
            Function<NDManager, Condition> condition,
            Supplier<GradientTape> opener,
            Precision precision) {
        try (NDManager manager = parent.newSubManager()) {
            Backbone model = RandomWeights.balanced(config.create(0), manager);
            Pass pass = Pass.training(new ParameterStore(manager, false)).withPrecision(precision);
            return of(model, manager, condition, opener, pass);
        }
    }

    private static Map<String, float[]> of(
            Backbone model,
            NDManager manager,
            Function<NDManager, Condition> condition,
            @Nullable Supplier<GradientTape> opener,
            Pass pass) {
        NDArray x = RandomWeights.normal(manager, new Random(3), new Shape(SAMPLES, 3, 8, 4));
        NDArray t = times(manager);
        Condition given = condition.apply(manager);
        model.namedParameters()
                .values()
                .forEach(
                        parameter ->
                                parameter
                                        .getArray()
                                        .setRequiresGradient(parameter.requiresGradient()));
        if (opener == null) {
            try (var collector = manager.getEngine().newGradientCollector()) {
                collector.backward(loss(model, pass, x, t, given));
            }
        } else {
            try (GradientTape tape = opener.get()) {
                tape.backward(loss(model, pass, x, t, given));
            }
        }
        Map<String, float[]> gradients = new LinkedHashMap<>();
        model.namedParameters()
                .forEach(
                        (name, parameter) -> {
                            if (parameter.requiresGradient()) {
                                gradients.put(
                                        name, parameter.getArray().getGradient().toFloatArray());
                            }
                        });
        return gradients;
    }

    private static NDArray loss(
            Backbone model, Pass pass, NDArray x, NDArray t, Condition condition) {
        return model.forward(pass, x, t, condition).square().mean();
    }

    /** The times of the five pictures. */
    public static NDArray times(NDManager manager) {
        return manager.create(new float[] {0.1f, 0.9f, 3, 4, 5});
    }

    /** The largest magnitude. */
    public static float largest(float... values) {
        float largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }
}

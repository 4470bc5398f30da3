package io.zigma.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** Random weights and inputs of backbones, and what their parameters look like. */
public final class RandomWeights {

    private RandomWeights() {}

    /** Makes a model with weights that hide nothing: none is zero. */
    public static <T extends Backbone> T of(T model, NDManager manager) {
        Random random = new Random(7);
        model.namedParameters()
                .forEach(
                        (name, parameter) ->
                                parameter.setInitializer(
                                        (owner, shape, type) -> normal(owner, random, shape)));
        model.initialize(manager);
        return model;
    }

    /** The same, with matrices that keep the size of the vectors they are applied to. */
    public static <T extends Backbone> T balanced(T model, NDManager manager) {
        Random random = new Random(7);
        model.namedParameters()
                .forEach(
                        (name, parameter) ->
                                parameter.setInitializer(
                                        (owner, shape, type) ->
                                                normal(owner, random, shape, balanced(shape))));
        model.initialize(manager);
        return model;
    }

    private static double balanced(Shape shape) {
        return shape.dimension() < 2
                ? 0.3
                : 1 / Math.sqrt((double) shape.size() / shape.get(0)); // 1 / √inputs
    }

    /** Normal numbers with a deviation of 0.3. */
    public static NDArray normal(NDManager manager, Random random, Shape shape) {
        return normal(manager, random, shape, 0.3);
    }

    private static NDArray normal(NDManager manager, Random random, Shape shape, double deviation) {
        float[] values = new float[(int) shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (deviation * random.nextGaussian());
        }
        return manager.create(values, shape);
    }

    /** The root mean square of a parameter. */
    public static double deviation(Map<String, Parameter> all, String name) {
        double squares = 0;
        float[] values = all.get(name).getArray().toFloatArray();
        for (float value : values) {
            squares += value * value;
        }
        return Math.sqrt(squares / values.length);
    }

    /** The shapes of a model's parameters by name. */
    public static Map<String, long[]> shapes(BackboneSpec spec) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        spec.create(0)
                .namedParameters()
                .forEach((name, parameter) -> shapes.put(name, parameter.getShape().getShape()));
        return shapes;
    }
}

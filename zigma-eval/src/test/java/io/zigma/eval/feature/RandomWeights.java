package io.zigma.eval.feature;

import ai.djl.nn.Parameter;
import java.util.Map;
import java.util.SplittableRandom;

/** Values of no meaning, none of them 0 or 1, so that nothing is left out unnoticed. */
final class RandomWeights {

    private RandomWeights() {}

    /**
     * Initialises parameters with random values that give activations near 1: variances around 1,
     * scales around 1, kernels and matrices of variance 1 / inputs, anything else around 0.
     */
    static void give(Map<String, Parameter> parameters, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (Parameter parameter : parameters.values()) {
            Parameter.Type type = parameter.getType();
            parameter.setInitializer(
                    (owner, shape, ignored) -> {
                        float[] values = new float[(int) shape.size()];
                        double spread =
                                type == Parameter.Type.WEIGHT
                                        ? Math.sqrt(3.0 * shape.get(0) / values.length)
                                        : 0.5;
                        double centre =
                                type == Parameter.Type.RUNNING_VAR || type == Parameter.Type.GAMMA
                                        ? 1
                                        : 0;
                        for (int i = 0; i < values.length; i++) {
                            values[i] = (float) (centre + spread * (2 * random.nextDouble() - 1));
                        }
                        return owner.create(values, shape);
                    });
        }
    }
}

package io.zigma.eval.classifier;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.zigma.base.EngineMemory;
import io.zigma.eval.feature.ConvolutionalNetwork;
import io.zigma.sampler.SeededNoise;
import java.util.Arrays;
import java.util.Map;

/**
 * What a classifier's training starts from: kernels and matrices normal with variance 2 / inputs
 * (He et al. 2015, section 2.2), normalisation as the identity, biases 0.
 */
final class InitialWeights {

    private InitialWeights() {}

    /**
     * Gives every parameter its first value; nothing is allocated yet.
     *
     * @param network before it is initialised
     * @param seed decides the values, the same on every machine
     */
    static void give(ConvolutionalNetwork network, long seed) {
        int place = 0;
        for (Map.Entry<String, Parameter> entry : network.namedParameters().entrySet()) {
            // any odd factor separates the streams of two parameters
            long stream = seed * 0x9e37_79b9_7f4a_7c15L + place++;
            Parameter.Type type = entry.getValue().getType();
            entry.getValue()
                    .setInitializer(
                            (owner, shape, ignored) ->
                                    EngineMemory.copy(owner, values(type, shape, stream), shape));
        }
    }

    private static float[] values(Parameter.Type type, Shape shape, long stream) {
        int count = Math.toIntExact(shape.size());
        return switch (type) {
            case WEIGHT -> {
                float[] values = SeededNoise.normal(stream, count);
                float deviation = (float) Math.sqrt(2.0 * shape.get(0) / count);
                for (int i = 0; i < count; i++) {
                    values[i] *= deviation;
                }
                yield values;
            }
            case GAMMA, RUNNING_VAR -> {
                float[] values = new float[count];
                Arrays.fill(values, 1);
                yield values;
            }
            default -> new float[count];
        };
    }
}

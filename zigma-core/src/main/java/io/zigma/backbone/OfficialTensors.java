package io.zigma.backbone;

import ai.djl.nn.Parameter;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tensors of an official state_dict, from whose shapes a specification is inferred. */
public final class OfficialTensors {

    private OfficialTensors() {}

    /**
     * Returns whether a model has exactly these parameters.
     *
     * @param spec of the model
     * @param tensors shapes by name
     * @return true for the same names with the same shapes
     */
    public static boolean areOf(BackboneSpec spec, Map<String, long[]> tensors) {
        return areOf(spec.create(0).namedParameters(), tensors);
    }

    /**
     * Returns whether a network has exactly these parameters.
     *
     * @param parameters of the network
     * @param tensors shapes by name
     * @return true for the same names with the same shapes
     */
    public static boolean areOf(Map<String, Parameter> parameters, Map<String, long[]> tensors) {
        return parameters.keySet().equals(tensors.keySet())
                && parameters.entrySet().stream()
                        .allMatch(
                                entry ->
                                        Arrays.equals(
                                                entry.getValue().getShape().getShape(),
                                                tensors.get(entry.getKey())));
    }

    /**
     * Returns whether a shape can be one of a model's.
     *
     * @param shape of a tensor, null where there is none
     * @param sides how many it should have
     * @return true for so many sides, each from 1 to {@link ModelLimits#TOKENS}
     */
    public static boolean hasSides(long @Nullable [] shape, int sides) {
        return shape != null
                && shape.length == sides
                && Arrays.stream(shape).allMatch(n -> n > 0 && n <= ModelLimits.TOKENS);
    }
}

package io.zigma.backbone.adm;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.zigma.nn.InitialValues;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.regex.Pattern;

/**
 * The published initialisation, all of it in one place: PyTorch's defaults, but for the layers that
 * begin at zero (official {@code zero_module}): the second convolution of each residual block, the
 * last projection of each attention, and the network's last layer.
 */
final class Initialization {

    private static final Pattern ZERO =
            Pattern.compile("(.*\\.)?(out_layers\\.3|proj_out)\\.(weight|bias)");
    private static final Pattern NORM =
            Pattern.compile("(.*\\.)?(in_layers\\.0|out_layers\\.0|norm)\\.(weight|bias)");

    private Initialization() {}

    /**
     * Gives every parameter its initialiser; nothing is allocated yet.
     *
     * @param parameters by official name
     * @param zeroLayer name of the last layer if that begins at zero, such as {@code out.2.}
     * @param norms names of further norms, such as {@code out.0.}
     * @param seed the model's
     */
    static void apply(
            Map<String, Parameter> parameters, String zeroLayer, Set<String> norms, long seed) {
        InitialValues.set(
                parameters,
                seed,
                (name, shape, random) -> {
                    if (ZERO.matcher(name).matches()
                            || !zeroLayer.isEmpty() && name.startsWith(zeroLayer)) {
                        return InitialValues.constant(shape, 0);
                    }
                    if (NORM.matcher(name).matches() || norms.stream().anyMatch(name::startsWith)) {
                        return InitialValues.constant(shape, name.endsWith(".weight") ? 1 : 0);
                    }
                    return values(parameters, name, shape, random);
                });
    }

    private static float[] values(
            Map<String, Parameter> parameters, String name, Shape shape, SplittableRandom random) {
        if (name.startsWith("label_emb.")) {
            return InitialValues.normal(shape, 1, random);
        }
        if (name.endsWith("positional_embedding")) { // (C, tokens)
            return InitialValues.normal(shape, 1 / Math.sqrt(shape.get(0)), random);
        }
        // He's uniform distribution with a = √5, weight and bias alike
        String weight = name.substring(0, name.lastIndexOf('.')) + ".weight";
        int inputs = InitialValues.fanIn(parameters.get(weight).getShape());
        return InitialValues.uniform(shape, 1 / Math.sqrt(inputs), random);
    }
}

package io.zigma.nn;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.zigma.testing.Close;
import io.zigma.testing.Fixture;
import io.zigma.testing.Tolerance;
import java.util.List;
import java.util.Map;

/** Puts a fixture's weights into a block and compares its gradients. */
public final class FixtureWeights {

    private static final String PREFIX = "param.";

    private FixtureWeights() {}

    /**
     * Initialises a block with the fixture's weights; the names must be the official ones, all of
     * them.
     *
     * @param block the block
     * @param fixture holds {@code param.NAME}
     * @param manager owns the parameters
     * @param inputs shapes of the block's inputs
     */
    public static void load(NamedBlock block, Fixture fixture, NDManager manager, Shape... inputs) {
        loadPart(block, "", fixture, manager, inputs);
    }

    /**
     * Initialises a block with the fixture's weights but those that the official code never uses.
     *
     * @param block the block
     * @param unused what a part of the name of each unused one is
     * @param fixture holds {@code param.NAME}
     * @param manager owns the parameters
     * @param inputs shapes of the block's inputs
     */
    public static void loadUsed(
            NamedBlock block, String unused, Fixture fixture, NDManager manager, Shape... inputs) {
        load(
                block,
                PREFIX,
                fixture.names(PREFIX).stream().filter(name -> !name.contains(unused)).toList(),
                fixture,
                manager,
                inputs);
    }

    /**
     * Initialises a block with the weights of a part of the fixture's model.
     *
     * @param block the block
     * @param place where it is in the model, such as {@code blocks.0.msa.}
     * @param fixture holds {@code param.PLACE.NAME}
     * @param manager owns the parameters
     * @param inputs shapes of the block's inputs
     */
    public static void loadPart(
            NamedBlock block, String place, Fixture fixture, NDManager manager, Shape... inputs) {
        String prefix = PREFIX + place;
        load(block, prefix, fixture.names(prefix), fixture, manager, inputs);
    }

    private static void load(
            NamedBlock block,
            String prefix,
            List<String> names,
            Fixture fixture,
            NDManager manager,
            Shape... inputs) {
        Map<String, Parameter> parameters = block.namedParameters();
        assertThat(parameters.keySet().stream().map(prefix::concat))
                .as("parameter names")
                .containsExactlyInAnyOrderElementsOf(names);
        parameters.forEach(
                (name, parameter) -> {
                    assertThat(parameter.getShape().getShape())
                            .as("shape of " + name)
                            .isEqualTo(fixture.shape(prefix + name));
                    parameter.setInitializer(
                            (owner, shape, type) -> fixture.array(owner, prefix + name));
                });
        block.initialize(manager, DataType.FLOAT32, inputs);
    }

    /**
     * Compares the gradient of every trainable parameter with the fixture's.
     *
     * @param block a block after backward
     * @param fixture holds {@code grad.NAME}
     * @param tolerance how far apart they may be
     */
    public static void assertGradientsClose(
            NamedBlock block, Fixture fixture, Tolerance tolerance) {
        block.namedParameters()
                .forEach(
                        (name, parameter) -> {
                            if (!parameter.requiresGradient()) {
                                return;
                            }
                            try (NDArray gradient = parameter.getArray().getGradient()) {
                                Close.assertClose(fixture, "grad." + name, gradient, tolerance);
                            }
                        });
    }
}

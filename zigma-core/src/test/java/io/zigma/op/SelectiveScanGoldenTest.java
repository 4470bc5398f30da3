package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import com.google.gson.JsonObject;
import io.zigma.scan.ScanPath;
import io.zigma.testing.Close;
import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import io.zigma.testing.Tolerance;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("golden")
class SelectiveScanGoldenTest {

    private static final Tolerance VALUE = Tolerance.elementwise(1e-5, 1e-5);

    static Stream<Fixture> fixtures() {
        return Golden.fixtures("sscan");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void theReferenceGivesTheOfficialOutputAndLastState(Fixture fixture) {
        try (NDManager manager = NDManager.newBaseManager()) {
            ScanOperands operands = operands(fixture, manager);
            var result = Recording.off(() -> SelectiveScanReference.apply(operands));
            Close.assertClose(fixture, "out.y", channelFirst(result.y()), VALUE);
            Close.assertClose(fixture, "out.last_state", result.lastState(), VALUE);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void theFusedScanGivesTheOfficialOutput(Fixture fixture) {
        try (NDManager manager = NDManager.newBaseManager()) {
            ScanOperands operands = operands(fixture, manager);
            NDArray y = Recording.off(() -> SelectiveScan.apply(operands));
            Close.assertClose(fixture, "out.y", channelFirst(y), VALUE);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void theReferenceGivesTheOfficialGradients(Fixture fixture) {
        try (NDManager manager = NDManager.newBaseManager()) {
            ScanOperands operands = operands(fixture, manager);
            requireGradients(operands);
            try (GradientCollector collector = manager.getEngine().newGradientCollector()) {
                collector.backward(loss(fixture, SelectiveScanReference.apply(operands).y()));
            }
            assertGradients(fixture, operands);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void theFusedScanGivesTheOfficialGradients(Fixture fixture) {
        try (NDManager manager = NDManager.newBaseManager()) {
            ScanOperands operands = operands(fixture, manager);
            requireGradients(operands);
            try (GradientTape tape = GradientTape.open()) {
                tape.backward(loss(fixture, SelectiveScan.apply(operands)));
            }
            assertGradients(fixture, operands);
        }
    }

    private static ScanOperands operands(Fixture fixture, NDManager manager) {
        JsonObject config = fixture.config();
        if (!config.get("groups").isJsonNull()) {
            Assumptions.abort("B and C in groups of channels are not built");
        }
        Function<String, @Nullable NDArray> read =
                name -> {
                    String tensor = "in." + name;
                    if (!fixture.has(tensor)) {
                        return null;
                    }
                    NDArray array = fixture.array(manager, tensor);
                    // the official layout is channel first
                    return array.getShape().dimension() == 3 ? tokenFirst(array) : array;
                };
        NDArray u = read.apply("u");
        return new ScanOperands(
                u,
                read.apply("delta"),
                read.apply("A"),
                read.apply("B"),
                read.apply("C"),
                read.apply("D"),
                read.apply("z"),
                read.apply("delta_bias"),
                config.get("delta_softplus").getAsBoolean(),
                ScanPath.straight(Math.toIntExact(u.getShape().get(1))));
    }

    private static NDArray tokenFirst(NDArray array) {
        return array.transpose(0, 2, 1).duplicate();
    }

    private static NDArray channelFirst(NDArray array) {
        return array.transpose(0, 2, 1);
    }

    private static NDArray loss(Fixture fixture, NDArray y) {
        return y.sub(tokenFirst(fixture.array(y.getManager(), "in.target"))).square().mean();
    }

    private static void requireGradients(ScanOperands operands) {
        for (NDArray array : operands.arrays()) {
            if (array != null) {
                array.setRequiresGradient(true);
            }
        }
    }

    private static void assertGradients(Fixture fixture, ScanOperands operands) {
        List<String> names = List.of("u", "delta", "A", "B", "C", "D", "z", "delta_bias");
        for (int i = 0; i < names.size(); i++) {
            NDArray array = operands.arrays().get(i);
            String tensor = "grad." + names.get(i);
            if (array == null || !fixture.has(tensor)) {
                continue;
            }
            NDArray gradient = array.getGradient();
            double largest = 0;
            for (float value : fixture.floats(tensor)) {
                largest = Math.max(largest, Math.abs(value));
            }
            Close.assertClose(
                    fixture,
                    tensor,
                    gradient.getShape().dimension() == 3 ? channelFirst(gradient) : gradient,
                    Tolerance.elementwise(1e-4, 1e-6 * largest + 1e-7));
        }
    }
}

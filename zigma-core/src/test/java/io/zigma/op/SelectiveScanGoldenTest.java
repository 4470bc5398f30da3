package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import com.google.gson.JsonObject;
import io.zigma.base.GradientMode;
import io.zigma.scan.ScanPath;
import io.zigma.testing.Close;
import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import io.zigma.testing.Tolerance;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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
            List<ScanOperands> groups = groups(fixture, manager);
            NDArray y =
                    GradientMode.off(
                            () -> channels(groups, 2, g -> SelectiveScanReference.apply(g).y()));
            NDArray lastState =
                    GradientMode.off(
                            () ->
                                    channels(
                                            groups,
                                            1,
                                            g -> SelectiveScanReference.apply(g).lastState()));
            Close.assertClose(fixture, "out.y", channelFirst(y), VALUE);
            Close.assertClose(fixture, "out.last_state", lastState, VALUE);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void theFusedScanGivesTheOfficialOutput(Fixture fixture) {
        try (NDManager manager = NDManager.newBaseManager()) {
            List<ScanOperands> groups = groups(fixture, manager);
            NDArray y = GradientMode.off(() -> channels(groups, 2, SelectiveScan::apply));
            Close.assertClose(fixture, "out.y", channelFirst(y), VALUE);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void theReferenceGivesTheOfficialGradients(Fixture fixture) {
        try (NDManager manager = NDManager.newBaseManager()) {
            List<ScanOperands> groups = groups(fixture, manager);
            groups.forEach(SelectiveScanGoldenTest::requireGradients);
            try (GradientCollector collector = manager.getEngine().newGradientCollector()) {
                NDArray y = channels(groups, 2, g -> SelectiveScanReference.apply(g).y());
                collector.backward(loss(fixture, y));
            }
            assertGradients(fixture, groups);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void theFusedScanGivesTheOfficialGradients(Fixture fixture) {
        try (NDManager manager = NDManager.newBaseManager()) {
            List<ScanOperands> groups = groups(fixture, manager);
            groups.forEach(SelectiveScanGoldenTest::requireGradients);
            try (GradientTape tape = GradientTape.open()) {
                tape.backward(loss(fixture, channels(groups, 2, SelectiveScan::apply)));
            }
            assertGradients(fixture, groups);
        }
    }

    /**
     * Where B and C are given for groups of channels, the official scan is one scan a group over
     * that group's channels; else there is one group.
     */
    private static List<ScanOperands> groups(Fixture fixture, NDManager manager) {
        JsonObject config = fixture.config();
        int count = config.get("groups").isJsonNull() ? 1 : config.get("groups").getAsInt();
        return IntStream.range(0, count)
                .mapToObj(group -> operands(fixture, manager, group, count))
                .toList();
    }

    private static ScanOperands operands(
            Fixture fixture, NDManager manager, int group, int groups) {
        Function<String, @Nullable NDArray> read =
                name ->
                        fixture.has("in." + name)
                                ? part(fixture.array(manager, "in." + name), name, group, groups)
                                : null;
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
                fixture.config().get("delta_softplus").getAsBoolean(),
                ScanPath.straight(Math.toIntExact(u.getShape().get(1))));
    }

    /** A group's part of an official tensor, which is channel first, in our layout. */
    private static NDArray part(NDArray array, String name, int group, int groups) {
        if (array.getShape().dimension() == 4) { // B or C: (B, G, N, L)
            return tokenFirst(array.get(":, {}", group));
        }
        boolean byToken = array.getShape().dimension() == 3;
        if (groups > 1 && !name.equals("B") && !name.equals("C")) {
            array = array.split(groups, byToken ? 1 : 0).get(group).duplicate();
        }
        return byToken ? tokenFirst(array) : array;
    }

    private static NDArray channels(
            List<ScanOperands> groups, int axis, Function<ScanOperands, NDArray> scan) {
        NDList parts = new NDList(groups.stream().map(scan).toList());
        return parts.size() == 1 ? parts.get(0) : NDArrays.concat(parts, axis);
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

    private static void assertGradients(Fixture fixture, List<ScanOperands> groups) {
        List<String> names = List.of("u", "delta", "A", "B", "C", "D", "z", "delta_bias");
        for (int i = 0; i < names.size(); i++) {
            String tensor = "grad." + names.get(i);
            if (groups.get(0).arrays().get(i) == null || !fixture.has(tensor)) {
                continue;
            }
            double largest = 0;
            for (float value : fixture.floats(tensor)) {
                largest = Math.max(largest, Math.abs(value));
            }
            Close.assertClose(
                    fixture,
                    tensor,
                    gradient(groups, i, fixture.shape(tensor).length),
                    Tolerance.elementwise(1e-4, 1e-6 * largest + 1e-7));
        }
    }

    /** The gradients of all groups put together in the official layout. */
    private static NDArray gradient(List<ScanOperands> groups, int operand, int dimensions) {
        NDList parts =
                new NDList(
                        groups.stream()
                                .map(group -> group.arrays().get(operand).getGradient())
                                .map(g -> g.getShape().dimension() == 3 ? channelFirst(g) : g)
                                .toList());
        if (dimensions == 4) {
            return NDArrays.stack(parts, 1); // (B, G, N, L)
        }
        int axis = parts.get(0).getShape().dimension() == 3 ? 1 : 0;
        return parts.size() == 1 ? parts.get(0) : NDArrays.concat(parts, axis);
    }
}

package io.zigma.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import com.google.gson.JsonObject;
import io.zigma.op.CausalConvolution;
import io.zigma.op.DenseProduct;
import io.zigma.op.ReferencePath;
import io.zigma.op.SelectiveScan;
import io.zigma.scan.ScanPath;
import io.zigma.testing.Close;
import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import io.zigma.testing.Tolerance;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every stage of a mixer, done by the operations that the mixer is made of, against what the
 * official code recorded on its way: the fused kernels and their references alike.
 */
@Tag("golden")
class MixerStagesGoldenTest {

    private static final Tolerance VALUE = Tolerance.elementwise(1e-4, 2e-5);

    static Stream<Fixture> fixtures() {
        return Golden.fixtures("mixer");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void everyFusedStageIsTheOfficialOne(Fixture fixture) {
        compare(fixture);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void everyReferenceStageIsTheOfficialOne(Fixture fixture) {
        ReferencePath.run(
                () -> {
                    compare(fixture);
                    return fixture;
                });
    }

    /** One direction: what its recorded tensors and its weights are called, and its scan path. */
    private record Direction(String recorded, String weights, ScanPath path) {

        String weight(String name) {
            int dot = name.indexOf('.');
            return dot < 0
                    ? "param." + name + weights
                    : "param." + name.substring(0, dot) + weights + name.substring(dot);
        }

        String decay() {
            return weights.isEmpty() ? "param.A_log" : "param.A_b_log";
        }
    }

    private static void compare(Fixture fixture) {
        try (NDManager manager = NDManager.newBaseManager()) {
            for (Direction direction : directions(fixture)) {
                compare(fixture, direction, manager);
            }
        }
    }

    private static List<Direction> directions(Fixture fixture) {
        if (!fixture.has("mid.x_conv")) {
            ScanPath forth = ScanPath.straight(length(fixture, "mid.x_conv_fwd"));
            return List.of(
                    new Direction("_fwd", "", forth),
                    new Direction("_bwd", "_b", forth.reversed()));
        }
        int length = length(fixture, "mid.x_conv");
        ScanPath path =
                fixture.has("in.path")
                        ? ScanPath.of(
                                Arrays.stream(fixture.longs("in.path"))
                                        .mapToInt(Math::toIntExact)
                                        .toArray())
                        : ScanPath.straight(length);
        return List.of(new Direction("", "", path));
    }

    private static int length(Fixture fixture, String recorded) {
        return (int) fixture.shape(recorded)[2];
    }

    private static void compare(Fixture fixture, Direction direction, NDManager manager) {
        String end = direction.recorded();
        ScanPath path = direction.path();
        NDArray x = sequences(fixture, manager, path.length()); // (B, L, D)
        NDArray both =
                DenseProduct.apply(
                        x,
                        fixture.array(manager, "param.in_proj.weight"),
                        ifThere(fixture, manager, "param.in_proj.bias")); // (B, L, 2E)
        Close.assertClose(fixture, "mid.xz_scan_order" + end, scanOrder(both, path), VALUE);

        NDList halves = both.split(2, 2);
        NDArray u =
                CausalConvolution.silu(
                        halves.get(0),
                        fixture.array(manager, direction.weight("conv1d.weight")),
                        ifThere(fixture, manager, direction.weight("conv1d.bias")),
                        path); // (B, L, E)
        Close.assertClose(fixture, "mid.x_conv" + end, scanOrder(u, path), VALUE);

        NDArray timeWeight = fixture.array(manager, direction.weight("dt_proj.weight")); // (E, R)
        NDArray decayLog = fixture.array(manager, direction.decay()); // (E, N)
        long rank = timeWeight.getShape().get(1);
        long states = decayLog.getShape().get(1);
        NDList selected =
                DenseProduct.apply(
                                u, fixture.array(manager, direction.weight("x_proj.weight")), null)
                        .split(new long[] {rank, rank + states}, 2);
        NDArray delta = DenseProduct.apply(selected.get(0), timeWeight, null); // (B, L, E)
        Close.assertClose(fixture, "mid.delta_raw" + end, scanOrder(delta, path), VALUE);
        Close.assertClose(fixture, "mid.B" + end, scanOrder(selected.get(1), path), VALUE);
        Close.assertClose(fixture, "mid.C" + end, scanOrder(selected.get(2), path), VALUE);

        NDArray y =
                SelectiveScan.apply(
                        u,
                        delta,
                        decayLog.exp().neg(),
                        selected.get(1),
                        selected.get(2),
                        fixture.array(manager, direction.weight("D")),
                        halves.get(1),
                        fixture.array(manager, direction.weight("dt_proj.bias")),
                        path); // (B, L, E)
        Close.assertClose(fixture, "mid.y_gated" + end, scanOrder(y, path), VALUE);

        if (fixture.has("mid.inner_out_scan_order")) {
            NDArray out =
                    DenseProduct.apply(
                            y,
                            fixture.array(manager, "param.out_proj.weight"),
                            ifThere(fixture, manager, "param.out_proj.bias")); // (B, L, D)
            Close.assertClose(
                    fixture,
                    "mid.inner_out_scan_order",
                    scanOrder(out, path).transpose(0, 2, 1),
                    VALUE);
        }
    }

    /** The tokens of one scan: all of an image, of each frame, or of each position. */
    private static NDArray sequences(Fixture fixture, NDManager manager, int length) {
        NDArray x = fixture.array(manager, "in.x"); // (B, L, D)
        JsonObject config = fixture.config();
        long batch = x.getShape().get(0);
        long size = x.getShape().get(2);
        if (x.getShape().get(1) == length) {
            return x;
        }
        if (config.get("st").getAsString().equals("s")) {
            return x.reshape(new Shape(-1, length, size));
        }
        return x.reshape(new Shape(batch, length, -1, size))
                .transpose(0, 2, 1, 3)
                .reshape(new Shape(-1, length, size));
    }

    /** (B, L, C) in raster order as the official code has it: (B, C, L) in scan order. */
    private static NDArray scanOrder(NDArray x, ScanPath path) {
        return x.get(new NDIndex(":,{}", x.getManager().create(path.order()))).transpose(0, 2, 1);
    }

    private static @Nullable NDArray ifThere(Fixture fixture, NDManager manager, String name) {
        return fixture.has(name) ? fixture.array(manager, name) : null;
    }
}

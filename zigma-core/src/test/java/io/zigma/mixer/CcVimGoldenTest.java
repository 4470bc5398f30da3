package io.zigma.mixer;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.zigma.nn.LayerNorm;
import io.zigma.nn.Pass;
import io.zigma.nn.UnaryBlock;
import io.zigma.scan.Fidelity;
import io.zigma.scan.Grid;
import io.zigma.scan.LayerScan;
import io.zigma.scan.ScanPath;
import io.zigma.testing.Close;
import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** CCViM's scan, alone and in its block x + scan(norm(x)). */
@Tag("golden")
class CcVimGoldenTest extends MixerGolden {

    private static final double BLOCK_EPSILON = 1e-5;

    static Stream<Fixture> fixtures() {
        return Stream.of("ccvim_ss2d", "ccvim_block").flatMap(Golden::fixtures);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void givesWhatTheOfficialCodeWouldWithTheRightInverse(Fixture fixture) {
        String right = fixture.has("out.y_true_inverse") ? "out.y_true_inverse" : "out.y";
        try (GoldenMixer mixer = mixer(fixture, Fidelity.CORRECT)) {
            mixer.assertValues(right);
        }
    }

    /** An average in place of the sum would be hidden by the norm after it. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void sumsWhatTheOfficialDirectionsGive(Fixture fixture) {
        Assumptions.assumeTrue(fixture.has("mid.merged"), "the fixture records no intermediates");
        MapScan scan = scan(fixture, Fidelity.COMPATIBLE);
        boolean isBlock = fixture.has("param.norm.weight");
        UnaryBlock whole = isBlock ? new Residual(channels(fixture), scan) : scan;
        try (GoldenMixer mixer = new GoldenMixer(fixture, whole, MapLayout.CHANNELS_LAST)) {
            NDArray u = MapLayout.CHANNELS_FIRST.tokens(fixture.array(mixer.manager, "mid.x_conv"));
            NDList results = scan.directions(mixer.pass(), u);
            NDList parts = new NDList();
            results.forEach(part -> parts.add(part.expandDims(0)));
            Close.assertClose(
                    fixture,
                    "mid.merged",
                    NDArrays.concat(parts, 0).sum(new int[] {0}),
                    GoldenMixer.VALUE);
        }
    }

    @Override
    GoldenMixer mixer(Fixture fixture) {
        return mixer(fixture, Fidelity.COMPATIBLE);
    }

    private static GoldenMixer mixer(Fixture fixture, Fidelity fidelity) {
        MapScan scan = scan(fixture, fidelity);
        boolean isBlock = fixture.has("param.norm.weight");
        return new GoldenMixer(
                fixture,
                isBlock ? new Residual(channels(fixture), scan) : scan,
                MapLayout.CHANNELS_LAST);
    }

    private static MapScan scan(Fixture fixture, Fidelity fidelity) {
        JsonObject config = fixture.config();
        List<ClusterDirection> directions = new ArrayList<>();
        for (JsonElement word : config.getAsJsonArray("directions")) {
            directions.add(direction(word.getAsString()));
        }
        CcVim spec =
                new CcVim(
                        OfficialSizes.of(config),
                        directions,
                        config.get("win_size").getAsInt(),
                        fidelity);
        long[] shape = fixture.shape("in.x");
        Grid grid = Grid.image((int) shape[1], (int) shape[2]);
        int channels = channels(fixture);
        assertThat(spec.sizes().innerSize(channels)).isEqualTo(config.get("d_inner").getAsInt());
        spec.check(channels, grid);
        LayerScan unused = new LayerScan.Along(ScanPath.straight(grid.tokens()));
        return (MapScan) spec.create(channels, grid, unused);
    }

    private static ClusterDirection direction(String official) {
        try {
            return ClusterDirection.parse(official.replace('_', '-'));
        } catch (IllegalArgumentException e) {
            return Assumptions.abort(e.getMessage());
        }
    }

    private static int channels(Fixture fixture) {
        return fixture.config().get("d_model").getAsInt();
    }

    /** The official block without its unused branch. */
    private static final class Residual extends UnaryBlock {

        private final LayerNorm norm;
        private final MapScan op;

        Residual(int channels, MapScan scan) {
            norm = child("norm", new LayerNorm(channels, BLOCK_EPSILON));
            op = child("op", scan);
        }

        @Override
        public NDArray apply(Pass pass, NDArray x) {
            return x.add(op.apply(pass, norm.apply(pass, x)));
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputShapes) {
            return inputShapes;
        }
    }
}

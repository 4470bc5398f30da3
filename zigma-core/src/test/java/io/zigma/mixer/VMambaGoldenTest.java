package io.zigma.mixer;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import com.google.gson.JsonObject;
import io.zigma.op.TokenOrder;
import io.zigma.scan.CrossScan;
import io.zigma.scan.Grid;
import io.zigma.scan.LayerScan;
import io.zigma.scan.ScanPath;
import io.zigma.testing.Close;
import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("golden")
class VMambaGoldenTest extends MixerGolden {

    private static final String WITHOUT_GATE = "_noz";

    /** Forward types that compute the same, and those of the paper's controls. */
    private static final Map<String, CrossScan> FORWARD_TYPES =
            Map.ofEntries(
                    Map.entry("v0", CrossScan.CROSS),
                    Map.entry("v0seq", CrossScan.CROSS),
                    Map.entry("v01", CrossScan.CROSS),
                    Map.entry("v02", CrossScan.CROSS),
                    Map.entry("v03", CrossScan.CROSS),
                    Map.entry("v04", CrossScan.CROSS),
                    Map.entry("v05", CrossScan.CROSS),
                    Map.entry("v2", CrossScan.CROSS),
                    Map.entry("v3", CrossScan.CROSS),
                    Map.entry("v051d", CrossScan.UNIDIRECTIONAL),
                    Map.entry("v052d", CrossScan.BIDIRECTIONAL));

    static Stream<Fixture> fixtures() {
        return Golden.fixtures("vmamba_ss2d");
    }

    /** An error that the norm after the sum hides would show here. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void passesThroughTheOfficialSequences(Fixture fixture) {
        Assumptions.assumeTrue(fixture.has("mid.ys"), "the fixture records no intermediates");
        MapScan scan = scan(fixture);
        try (GoldenMixer mixer = new GoldenMixer(fixture, scan, MapLayout.CHANNELS_LAST)) {
            long inner = fixture.shape("mid.xs")[2];
            NDArray projection =
                    fixture.array(mixer.manager, "param.in_proj.weight").get("0:{}", inner);
            NDArray u = scan.convolved(mixer.pass(), mixer.x().matMul(projection.transpose(1, 0)));
            List<ScanPath> paths = directions(fixture).paths(grid(fixture));
            NDList read = new NDList();
            NDList written = new NDList();
            NDList results = scan.directions(mixer.pass(), u);
            for (int k = 0; k < paths.size(); k++) {
                read.add(sequence(u, paths.get(k)));
                written.add(sequence(results.get(k), paths.get(k)));
            }
            Close.assertClose(fixture, "mid.xs", NDArrays.concat(read, 1), GoldenMixer.VALUE);
            Close.assertClose(fixture, "mid.ys", NDArrays.concat(written, 1), GoldenMixer.VALUE);
        }
    }

    /** From (B, L, E) in raster order to (B, 1, E, L) in the path's. */
    private static NDArray sequence(NDArray tokens, ScanPath path) {
        return TokenOrder.gather(tokens, path).transpose(0, 2, 1).expandDims(1);
    }

    @Override
    GoldenMixer mixer(Fixture fixture) {
        return new GoldenMixer(fixture, scan(fixture), MapLayout.CHANNELS_LAST);
    }

    private static MapScan scan(Fixture fixture) {
        JsonObject config = fixture.config();
        VMamba spec =
                new VMamba(
                        OfficialSizes.of(config),
                        config.get("gate").getAsBoolean(),
                        directions(fixture));
        Grid grid = grid(fixture);
        int channels = config.get("d_model").getAsInt();
        assertThat(spec.sizes().innerSize(channels)).isEqualTo(config.get("d_inner").getAsInt());
        spec.check(channels, grid);
        LayerScan unused = new LayerScan.Along(ScanPath.straight(grid.tokens()));
        return (MapScan) spec.create(channels, grid, unused);
    }

    private static CrossScan directions(Fixture fixture) {
        String type = fixture.config().get("forward_type").getAsString();
        CrossScan directions = FORWARD_TYPES.get(type.replace(WITHOUT_GATE, ""));
        Assumptions.assumeTrue(directions != null, "there is no forward type " + type);
        return directions;
    }

    private static Grid grid(Fixture fixture) {
        long[] shape = fixture.shape("in.x");
        return Grid.image((int) shape[1], (int) shape[2]);
    }
}

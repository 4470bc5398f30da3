package io.zigma.mixer;

import ai.djl.ndarray.types.Shape;
import com.google.gson.JsonObject;
import io.zigma.scan.Grid;
import io.zigma.scan.LayerScan;
import io.zigma.scan.ScanPath;
import io.zigma.testing.Close;
import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("golden")
class LocalClusterGoldenTest extends MixerGolden {

    static Stream<Fixture> fixtures() {
        return Golden.fixtures("ccvim_cluster");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void everyPointJoinsTheOfficialCentre(Fixture fixture) {
        Assumptions.assumeTrue(fixture.has("mid.cos"), "the fixture records no intermediates");
        LocalCluster cluster = cluster(fixture);
        try (GoldenMixer mixer = new GoldenMixer(fixture, cluster, MapLayout.CHANNELS_FIRST)) {
            Clustering.Stages stages = cluster.stages(mixer.pass(), mixer.x());
            Close.assertClose(fixture, "mid.cos", stages.cosines(), GoldenMixer.VALUE);
            Assignments.assertEqual(fixture, stages);
        }
    }

    @Override
    GoldenMixer mixer(Fixture fixture) {
        return new GoldenMixer(fixture, cluster(fixture), MapLayout.CHANNELS_FIRST);
    }

    private static LocalCluster cluster(Fixture fixture) {
        JsonObject config = fixture.config();
        Shape x = new Shape(fixture.shape("in.x"));
        Grid grid = Grid.image((int) x.get(2), (int) x.get(3));
        LocalClusters spec =
                new LocalClusters(
                        config.get("clusters").getAsInt(), config.get("w_size").getAsInt());
        int channels = config.get("dim").getAsInt();
        spec.check(channels, grid);
        LayerScan unused = new LayerScan.Along(ScanPath.straight(grid.tokens()));
        return (LocalCluster) spec.create(channels, grid, unused);
    }
}

package io.zigma.mixer;

import ai.djl.ndarray.NDArray;
import com.google.gson.JsonObject;
import io.zigma.nn.UnaryBlock;
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

/** Context Cluster's mixer, alone and in its block. */
@Tag("golden")
class ContextClusterGoldenTest extends MixerGolden {

    static Stream<Fixture> fixtures() {
        return Stream.of("coc_cluster", "coc_block").flatMap(Golden::fixtures);
    }

    static Stream<Fixture> clusters() {
        return Golden.fixtures("coc_cluster");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("clusters")
    void passesThroughTheOfficialClusters(Fixture fixture) {
        Assumptions.assumeTrue(fixture.has("mid.cos"), "the fixture records no intermediates");
        ContextCluster cluster = cluster(fixture);
        try (GoldenMixer mixer = new GoldenMixer(fixture, cluster, MapLayout.CHANNELS_FIRST)) {
            Clustering.Stages stages = cluster.stages(mixer.pass(), mixer.x());
            Close.assertClose(fixture, "mid.cos", stages.cosines(), GoldenMixer.VALUE);
            mixer.assertClose("mid.centers", stages.centres());
            mixer.assertClose("mid.value_centers", stages.valueCentres());
            Assignments.assertEqual(fixture, stages);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("clusters")
    void returnsTheOfficialCentres(Fixture fixture) {
        Assumptions.assumeTrue(
                fixture.has("out.y_return_center"), "the fixture has no centres as output");
        ContextCluster cluster = cluster(fixture);
        try (GoldenMixer mixer = new GoldenMixer(fixture, cluster, MapLayout.CHANNELS_FIRST)) {
            NDArray centres = cluster.centres(mixer.pass(), mixer.x());
            mixer.assertClose("out.y_return_center", centres);
        }
    }

    @Override
    GoldenMixer mixer(Fixture fixture) {
        UnaryBlock block =
                fixture.has("param.norm1.weight") ? wholeBlock(fixture) : cluster(fixture);
        return new GoldenMixer(fixture, block, MapLayout.CHANNELS_FIRST);
    }

    private static ContextCluster cluster(Fixture fixture) {
        JsonObject config = fixture.config();
        ClusterSizes sizes = sizes(config);
        sizes.check("context-cluster", grid(fixture));
        return new ContextCluster(
                config.get("dim").getAsInt(),
                config.get("out_dim").getAsInt(),
                grid(fixture),
                sizes);
    }

    private static UnaryBlock wholeBlock(Fixture fixture) {
        JsonObject config = fixture.config();
        ContextClusterBlocks spec =
                new ContextClusterBlocks(
                        sizes(config),
                        config.get("mlp_ratio").getAsDouble(),
                        fixture.has("param.layer_scale_1"));
        int channels = config.get("dim").getAsInt();
        spec.check(channels, grid(fixture));
        LayerScan unused = new LayerScan.Along(ScanPath.straight(grid(fixture).tokens()));
        return spec.create(channels, grid(fixture), unused);
    }

    private static ClusterSizes sizes(JsonObject config) {
        return new ClusterSizes(
                config.get("heads").getAsInt(),
                config.get("head_dim").getAsInt(),
                config.get("proposal_w").getAsInt(),
                config.get("proposal_h").getAsInt(),
                config.get("fold_w").getAsInt(),
                config.get("fold_h").getAsInt());
    }

    private static Grid grid(Fixture fixture) {
        long[] shape = fixture.shape("in.x");
        return Grid.image((int) shape[2], (int) shape[3]);
    }
}

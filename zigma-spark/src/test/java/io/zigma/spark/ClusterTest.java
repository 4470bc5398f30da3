package io.zigma.spark;

import static io.zigma.spark.Runs.FASHION;
import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.cli.command.EncodeCommand;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A cluster of several processes on this machine: a driver and two executors. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Spark's workers start bash there")
class ClusterTest {

    private static final int PICTURES = 200;
    private static final String[] REQUEST = {
        "-m", FASHION, "-n", "" + PICTURES, "-s", "7", "--steps", "1", "--cfg-scale", "1"
    };

    @TempDir Path folder;

    private static String[] with(String[] words, String... more) {
        return Stream.concat(Stream.of(words), Stream.of(more)).toArray(String[]::new);
    }

    /** Kills an executor when there are the first shards, and more to make. */
    private void runAndKill(Path shards, int all, String command, String... words)
            throws Exception {
        try (Cluster cluster = Cluster.run(folder, command, words)) {
            ProcessHandle killed = cluster.killOneWhen(() -> Cluster.shards(shards) > 0);
            assertThat(Cluster.shards(shards)).isLessThan(all);
            cluster.awaitEnd();
            assertThat(killed.isAlive()).isFalse();
            assertThat(cluster.said()).containsPattern("executor \\d+ is lost");
        }
        assertThat(Cluster.shards(shards)).isEqualTo(all);
    }

    @Test
    void anExecutorThatIsKilledCostsNoPictureAndNoByte() throws Exception {
        Path shards = folder.resolve("shards");

        runAndKill(
                shards,
                PICTURES / 10,
                "generate",
                with(REQUEST, "--shard-size", "10", "-o", shards.toString()));

        assertThat(Runs.pictures(shards))
                .hasSize(PICTURES)
                .containsExactlyEntriesOf(Runs.commandLine(folder.resolve("files"), REQUEST));
    }

    @Test
    void anExecutorThatIsKilledCostsNoLatent() throws Exception {
        Path shards = folder.resolve("shards");
        Path codec = TinyCodec.in(folder, 0.5);
        Path data = TinyCodec.pictures(folder.resolve("data"), 320);
        String[] request = {
            "--data", data + "", "--image-size", "128", "--codec", codec + "", "--shard-size", "8"
        };
        String[] words = with(request, "--picture-cache", "none", "--threads", "1");

        runAndKill(shards, 40, "encode", with(words, "-o", shards.toString()));

        Path here = folder.resolve("here");
        Runs.run(new EncodeCommand(), with(words, "-o", here.toString()));
        assertThat(Runs.files(shards)).containsExactlyEntriesOf(Runs.files(here));
    }
}

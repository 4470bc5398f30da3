package io.zigma.spark;

import static io.zigma.spark.Runs.FASHION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The jar for {@code spark-submit}, given to its main class as {@code bin/spark-submit} does. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Spark's workers start bash there")
class SubmitTest {

    private static final Path TARGET = Runs.ROOT.resolve("zigma-spark/target");

    @TempDir Path folder;

    private static Path jar() throws Exception {
        try (Stream<Path> files = Files.isDirectory(TARGET) ? Files.list(TARGET) : Stream.of()) {
            return files.filter(file -> file.toString().endsWith("-submit.jar"))
                    .findFirst()
                    .orElse(TARGET.resolve("no-submit.jar"));
        }
    }

    @Test
    void executorsOfAnotherProcessMakeThePicturesOfTheCommandLine() throws Exception {
        assumeTrue(
                Files.exists(jar()) && Files.isDirectory(TARGET.resolve("spark")),
                "there is no jar; mvn -Pspark -DskipTests -pl zigma-spark -am package makes it");
        // a distribution of Spark is its libraries in the folder jars
        Path home = Files.createDirectories(folder.resolve("spark"));
        Files.createSymbolicLink(home.resolve("jars"), TARGET.resolve("spark"));
        Path shards = folder.resolve("shards");
        String[] request = {
            "-m", FASHION, "-n", "6", "-s", "7", "--steps", "1", "--cfg-scale", "1"
        };
        List<String> words = new ArrayList<>(Cluster.opens());
        words.addAll(
                List.of(
                        "--add-modules",
                        "jdk.incubator.vector",
                        "-cp",
                        home.resolve("jars") + "/*",
                        "org.apache.spark.deploy.SparkSubmit",
                        "--master",
                        Cluster.MASTER,
                        "--class",
                        SparkMain.class.getName(),
                        "--conf",
                        "spark.executorEnv.OPT_OUT_TRACKING=true",
                        "--conf",
                        "spark.executor.extraJavaOptions=-Dai.djl.offline=true",
                        "--conf",
                        "spark.driver.host=127.0.0.1",
                        jar().toString(),
                        "generate",
                        "--shard-size",
                        "3",
                        "-o",
                        shards.toString()));
        words.addAll(List.of(request));

        try (Cluster cluster = Cluster.java(folder, home, words)) {
            cluster.awaitEnd();
        }

        assertThat(Runs.pictures(shards))
                .hasSize(6)
                .containsExactlyEntriesOf(Runs.commandLine(folder.resolve("files"), request));
    }
}

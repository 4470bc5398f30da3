package io.zigma.spark;

import static io.zigma.spark.Runs.FASHION;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A cluster of several processes on this machine: a driver and two executors. */
class ClusterTest {

    private static final int PICTURES = 200;
    private static final int PATIENCE_SECONDS = 300;
    private static final String[] REQUEST = {
        "-m", FASHION, "-n", "" + PICTURES, "-s", "7", "--steps", "1", "--cfg-scale", "1"
    };

    @TempDir Path folder;

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "Spark's workers start bash there")
    void anExecutorThatIsKilledCostsNoPictureAndNoByte() throws Exception {
        Path shards = folder.resolve("shards");
        Path log = folder.resolve("log");
        Process driver = driver(shards, log);
        try {
            ProcessHandle killed = killOne(driver, shards, log);
            assertThat(driver.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();

            String said = Files.readString(log);
            assertThat(driver.exitValue()).as(said).isZero();
            assertThat(killed.isAlive()).isFalse();
            assertThat(said).containsPattern("executor \\d+ is lost");
        } finally {
            driver.descendants().forEach(ProcessHandle::destroyForcibly);
            driver.destroyForcibly();
        }
        assertThat(Runs.pictures(shards))
                .hasSize(PICTURES)
                .containsExactlyEntriesOf(Runs.commandLine(folder.resolve("files"), REQUEST));
        try (Stream<Path> left = Files.list(shards)) {
            assertThat(left.map(file -> file.getFileName().toString()))
                    .filteredOn(name -> name.endsWith(".tar"))
                    .hasSize(PICTURES / 10);
        }
    }

    /** Starts a driver whose executors, two processes of one core each, have its class path. */
    private Process driver(Path shards, Path log) throws IOException {
        String classPath = System.getProperty("java.class.path");
        Path home = Files.createDirectories(folder.resolve("spark-home"));
        Files.createDirectories(home.resolve("jars"));
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(opens());
        command.addAll(
                List.of(
                        "-Xmx512m",
                        "-Dai.djl.offline=true",
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                        "-Dspark.executor.extraClassPath=" + classPath,
                        "-Dspark.executorEnv.SPARK_SCALA_VERSION=2.13",
                        // no task before both are there: the one that is killed has work
                        "-Dspark.scheduler.minRegisteredResourcesRatio=1.0",
                        "-Dspark.scheduler.maxRegisteredResourcesWaitingTime=120s",
                        "-Dspark.executorEnv.OPT_OUT_TRACKING=true",
                        "-Dspark.executor.extraJavaOptions=-Dai.djl.offline=true",
                        "-cp",
                        classPath,
                        SparkMain.class.getName(),
                        "generate",
                        "--master",
                        "local-cluster[2,1,1024]",
                        "--shard-size",
                        "10",
                        "-o",
                        shards.toString()));
        command.addAll(List.of(REQUEST));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("SPARK_HOME", home.toString());
        builder.environment().put("SPARK_SCALA_VERSION", "2.13");
        builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
        builder.directory(folder.toFile());
        return builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    }

    /** Returns what Spark's own launchers open on Java 17. */
    private static List<String> opens() {
        return Stream.of(
                        "java.lang",
                        "java.lang.invoke",
                        "java.io",
                        "java.net",
                        "java.nio",
                        "java.util",
                        "java.util.concurrent",
                        "sun.nio.ch",
                        "sun.util.calendar")
                .map(name -> "--add-opens=java.base/" + name + "=ALL-UNNAMED")
                .toList();
    }

    /** Kills an executor as soon as the first shards are there, when there is more to do. */
    private static ProcessHandle killOne(Process driver, Path shards, Path log) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(PATIENCE_SECONDS).toNanos();
        while (System.nanoTime() < end && driver.isAlive()) {
            long finished = finished(shards);
            Optional<ProcessHandle> executor = executors(driver).findFirst();
            if (finished > 0 && executor.isPresent()) {
                assertThat(finished).isLessThan(PICTURES / 10);
                assertThat(executor.get().destroyForcibly()).isTrue();
                return executor.get();
            }
            Thread.sleep(20);
        }
        throw new AssertionError("no executor made a shard:\n" + Files.readString(log));
    }

    private static long finished(Path shards) throws IOException {
        if (!Files.isDirectory(shards)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(shards)) {
            return files.filter(file -> file.toString().endsWith(".tar"))
                    .filter(file -> !file.getFileName().toString().startsWith("."))
                    .count();
        }
    }

    private static Stream<ProcessHandle> executors(Process driver) {
        return driver.descendants()
                .filter(
                        process ->
                                process.info()
                                        .command()
                                        .filter(command -> command.endsWith("java"))
                                        .isPresent());
    }
}

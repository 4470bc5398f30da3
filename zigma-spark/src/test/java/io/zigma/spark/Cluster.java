package io.zigma.spark;

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

/** A driver and two executors, three processes on this machine, that run {@code zigma-spark}. */
final class Cluster implements AutoCloseable {

    /** Two executors, processes of one core each. */
    static final String MASTER = "local-cluster[2,1,1024]";

    private static final int PATIENCE_SECONDS = 300;

    private final Process driver;
    private final Path log;

    private Cluster(Process driver, Path log) {
        this.driver = driver;
        this.log = log;
    }

    /** What a test waits for. */
    @FunctionalInterface
    interface Sight {
        boolean isThere() throws IOException;
    }

    /**
     * Starts a driver whose executors, two processes of one core each, have its class path.
     *
     * @param folder where it may write
     * @param command of {@code zigma-spark}
     * @param words its options
     */
    static Cluster run(Path folder, String command, String... words) throws IOException {
        List<String> all = new ArrayList<>(List.of(command, "--master", MASTER));
        all.addAll(List.of(words));
        return run(folder, SparkMain.class, List.of(), all);
    }

    /**
     * Starts a program whose executors have its class path.
     *
     * @param folder where it may write
     * @param program with a main method
     * @param settings of Spark, as options of Java
     * @param words its arguments
     */
    static Cluster run(Path folder, Class<?> program, List<String> settings, List<String> words)
            throws IOException {
        String classPath = System.getProperty("java.class.path");
        List<String> all = new ArrayList<>();
        all.addAll(opens());
        all.addAll(
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
                        "-Dspark.executor.extraJavaOptions=-Dai.djl.offline=true"));
        all.addAll(settings);
        all.addAll(List.of("-cp", classPath, program.getName()));
        all.addAll(words);
        Path home = Files.createDirectories(folder.resolve("spark-home"));
        Files.createDirectories(home.resolve("jars"));
        return java(folder, home, all);
    }

    /**
     * Starts Java with what Spark needs.
     *
     * @param folder where it may write
     * @param home a folder with Spark's libraries in {@code jars}, or with none
     * @param words what follows {@code java}
     */
    static Cluster java(Path folder, Path home, List<String> words) throws IOException {
        List<String> all = new ArrayList<>();
        all.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        all.addAll(words);
        Path log = folder.resolve("log");
        ProcessBuilder builder = new ProcessBuilder(all);
        builder.environment().put("SPARK_HOME", home.toString());
        builder.environment().put("SPARK_SCALA_VERSION", "2.13");
        builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
        builder.directory(folder.toFile());
        return new Cluster(
                builder.redirectErrorStream(true).redirectOutput(log.toFile()).start(), log);
    }

    /** Returns what Spark's own launchers open on Java 17. */
    static List<String> opens() {
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

    /** Kills an executor as soon as a sight is there. */
    ProcessHandle killOneWhen(Sight sight) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(PATIENCE_SECONDS).toNanos();
        while (System.nanoTime() < end && driver.isAlive()) {
            Optional<ProcessHandle> executor = executors().findFirst();
            if (executor.isPresent() && sight.isThere()) {
                assertThat(executor.get().destroyForcibly()).isTrue();
                return executor.get();
            }
            Thread.sleep(10);
        }
        throw new AssertionError("it did not come to that:\n" + said());
    }

    /** Waits for the end, which must be a good one. */
    void awaitEnd() throws Exception {
        assertThat(driver.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).as(said()).isTrue();
        assertThat(driver.exitValue()).as(said()).isZero();
    }

    /** Returns what the driver printed. */
    String said() throws IOException {
        return Files.readString(log);
    }

    /** Returns how many tar files a folder has. */
    static long shards(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".tar") && !name.startsWith("."))
                    .count();
        }
    }

    private Stream<ProcessHandle> executors() {
        return driver.descendants()
                .filter(
                        process ->
                                process.info()
                                        .command()
                                        .filter(command -> command.endsWith("java"))
                                        .isPresent());
    }

    @Override
    public void close() {
        driver.descendants().forEach(ProcessHandle::destroyForcibly);
        driver.destroyForcibly();
    }
}

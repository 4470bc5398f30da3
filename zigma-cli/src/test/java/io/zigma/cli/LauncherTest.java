package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs the launcher script in a folder that looks like a checkout that has just been built. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {

    @TempDir Path folder;
    private Path checkout;

    @BeforeEach
    void layOutACheckout() throws IOException {
        checkout = Files.createDirectory(folder.resolve("check out"));
        Path target = Files.createDirectories(checkout.resolve("zigma-cli/target"));
        Files.copy(Path.of(System.getProperty("zigma.root"), "zigma"), checkout.resolve("zigma"));
        writeJarOfOwnClassPath(target.resolve("zigma-cli-0.jar"));
        Path built = Files.createFile(target.resolve("launcher.built"));
        Files.setLastModifiedTime(built, FileTime.from(Instant.now().plusSeconds(60)));
    }

    @Test
    void saysNothingOfItsOwn() throws Exception {
        Ended ended = run(folder, Map.of(), checkout.resolve("zigma"), "--version");

        assertThat(ended.err()).isEmpty();
        assertThat(ended.out()).startsWith("zigma ");
        assertThat(ended.status()).isZero();
    }

    @Test
    void worksThroughSymbolicLinks() throws Exception {
        Path first = Files.createSymbolicLink(folder.resolve("one"), checkout.resolve("zigma"));
        Path second = Files.createSymbolicLink(folder.resolve("two"), first.getFileName());

        Ended ended = run(Path.of("/"), Map.of(), second, "--version");

        assertThat(ended.status()).as(ended.err()).isZero();
    }

    @Test
    void passesOnWordsLinesAndStatus() throws Exception {
        Ended ended = run(folder, Map.of(), checkout.resolve("zigma"), "no such  command");

        assertThat(ended.err()).startsWith("zigma: there is no command 'no such  command'");
        assertThat(ended.err().lines()).hasSize(1);
        assertThat(ended.status()).isEqualTo(2);
    }

    @Test
    void saysWhenJavaHomeHoldsNoJava() throws Exception {
        Ended ended =
                run(
                        folder,
                        Map.of("JAVA_HOME", folder.toString()),
                        checkout.resolve("zigma"),
                        "--version");

        assertThat(ended.err()).startsWith("zigma: JAVA_HOME is ").contains("JDK 17");
        assertThat(ended.status()).isEqualTo(1);
    }

    @Test
    void saysWhereTheLogIsWhenTheBuildFails() throws Exception {
        Files.delete(checkout.resolve("zigma-cli/target/launcher.built"));
        Files.writeString(checkout.resolve("pom.xml"), "no project");

        Ended ended =
                run(folder, Map.of("MAVEN_ARGS", "-o"), checkout.resolve("zigma"), "--version");

        assertThat(ended.err()).contains("building").contains("launcher-build.log");
        assertThat(ended.status()).isEqualTo(1);
    }

    @ParameterizedTest(name = "SIG{0}")
    @CsvSource({"INT, 130", "TERM, 143"})
    void finishesTheStepAndSavesWhenAskedToEnd(String signal, int status) throws Exception {
        Path data = TinyData.idx(folder.resolve("data"));
        Path checkpoints = folder.resolve("run").resolve("checkpoints");
        Process process =
                start(
                        folder,
                        Map.of(),
                        checkout.resolve("zigma"),
                        List.of(
                                "train",
                                "--data",
                                data.toString(),
                                "--out",
                                "run",
                                "--steps",
                                "1000000",
                                "--hidden-size",
                                "16",
                                "--depth",
                                "1",
                                "--save-every",
                                "2",
                                "--keep",
                                "1",
                                "--sample-every",
                                "0"));
        while (process.isAlive() && !Files.exists(checkpoints.resolve("00000002"))) {
            process.waitFor(20, TimeUnit.MILLISECONDS);
        }
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();

        Ended ended = ended(process);

        assertThat(ended.status()).as(ended.err()).isEqualTo(status);
        assertThat(ended.err()).contains("stopping", "--resume");
        assertThat(Path.of(ended.out().strip())).isRelative();
        assertThat(folder.resolve(ended.out().strip())).isDirectory();
    }

    private record Ended(int status, String out, String err) {}

    private Ended run(Path where, Map<String, String> environment, Path program, String word)
            throws IOException, InterruptedException {
        return ended(start(where, environment, program, List.of(word)));
    }

    private Process start(
            Path where, Map<String, String> environment, Path program, List<String> words)
            throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(new ArrayList<>(List.of("bash", program.toString())))
                        .directory(where.toFile())
                        .redirectOutput(folder.resolve("out").toFile())
                        .redirectError(folder.resolve("err").toFile());
        builder.command().addAll(words);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        return builder.start();
    }

    private Ended ended(Process process) throws IOException, InterruptedException {
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("ended").isTrue();
        return new Ended(
                process.exitValue(),
                Files.readString(folder.resolve("out")),
                Files.readString(folder.resolve("err")));
    }

    /** A jar that holds nothing but the names of all that this test runs on. */
    private static void writeJarOfOwnClassPath(Path jar) throws IOException {
        String entries =
                Stream.of(System.getProperty("java.class.path").split(":"))
                        .map(entry -> Path.of(entry).toUri().toString())
                        .collect(Collectors.joining(" "));
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, entries);
        new JarOutputStream(Files.newOutputStream(jar), manifest).close();
    }
}

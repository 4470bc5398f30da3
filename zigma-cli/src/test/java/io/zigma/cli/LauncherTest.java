package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
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

    private record Ended(int status, String out, String err) {}

    private Ended run(Path where, Map<String, String> environment, Path program, String word)
            throws IOException, InterruptedException {
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        ProcessBuilder builder =
                new ProcessBuilder(List.of("bash", program.toString(), word))
                        .directory(where.toFile())
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("ended").isTrue();
        return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
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

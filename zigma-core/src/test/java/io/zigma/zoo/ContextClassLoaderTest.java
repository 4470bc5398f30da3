package io.zigma.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.checkpoint.TinyCheckpoints;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A process whose program is not on its class path but in a class loader of its own, as in a fat
 * jar, and whose common pool is the first to use DJL.
 */
class ContextClassLoaderTest {

    @TempDir Path folder;
    private Path checkpoint = Path.of("");

    @BeforeEach
    void writeACheckpoint() throws IOException {
        checkpoint =
                TinyCheckpoints.write(Files.createDirectories(folder.resolve("tiny")), 4).path();
    }

    @ParameterizedTest
    @EnumSource
    void theCommonPoolLoadsFirst(CommonPoolProgram.Way way) throws Exception {
        assertThat(run(way)).contains("pictures 2").contains("context class loader kept true");
    }

    private String run(CommonPoolProgram.Way way) throws Exception {
        Path launcher = Files.createDirectories(folder.resolve("launcher/io/zigma/zoo"));
        Path classes =
                Path.of(
                        FatJarLauncher.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toURI());
        String name = FatJarLauncher.class.getSimpleName() + ".class";
        Files.copy(classes.resolve("io/zigma/zoo").resolve(name), launcher.resolve(name));
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--add-modules",
                                "jdk.incubator.vector",
                                "-Dai.djl.offline=true",
                                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                                "-Dinner.classes=" + System.getProperty("java.class.path"),
                                "-cp",
                                folder.resolve("launcher").toString(),
                                FatJarLauncher.class.getName(),
                                CommonPoolProgram.class.getName(),
                                way.name(),
                                checkpoint.toString()));
        File output = folder.resolve("output.txt").toFile();
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output)
                        .start();
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("ends in time").isTrue();
        String said = Files.readString(output.toPath());
        assertThat(process.exitValue()).as(said).isZero();
        return said;
    }
}

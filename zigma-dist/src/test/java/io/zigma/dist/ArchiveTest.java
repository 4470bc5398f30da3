package io.zigma.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Unpacks the archive where nothing can be written, and uses it with a Java and nothing else. */
@DisabledOnOs(OS.WINDOWS)
class ArchiveTest {

    @TempDir Path folder;
    private Path unpacked;

    @BeforeEach
    void unpackForReadingOnly() throws Exception {
        Path place = Files.createDirectory(folder.resolve("un packed"));
        String archive = System.getProperty("dist.archive");
        assertThat(run("tar", "-xzf", archive, "-C", place.toString())).as(said()).isZero();
        try (Stream<Path> content = Files.list(place)) {
            unpacked = content.findFirst().orElseThrow();
        }
        assertThat(run("chmod", "-R", "a-w", place.toString())).isZero();
    }

    @AfterEach
    void allowRemoval() throws Exception {
        run("chmod", "-R", "u+w", folder.toString());
    }

    @Test
    void generatesWithAJavaAloneAndWritesNothingBesideItself() throws Exception {
        SortedMap<String, String> before = content();
        Path picture = folder.resolve("sneaker.png");

        int status = generate(picture, "");

        assertThat(status).as(said()).isZero();
        BufferedImage image = ImageIO.read(picture.toFile());
        assertThat(image.getWidth()).isEqualTo(28);
        assertThat(content()).isEqualTo(before);

        Path classes = archiveOfClasses();
        assertThat(generate(picture, "-Xshare:on")).as("with %s: %s", classes, said()).isZero();
        assertThat(said()).doesNotContain("cds", "warning");
    }

    /** The first picture is followed by an archive of classes, with which Java starts faster. */
    private Path archiveOfClasses() throws IOException, InterruptedException {
        Path classes = folder.resolve("cache/classes");
        for (int i = 0; i < 1200; i++) {
            if (Files.isDirectory(classes)) {
                try (Stream<Path> files = Files.list(classes)) {
                    Optional<Path> made =
                            files.filter(file -> file.toString().endsWith(".jsa")).findFirst();
                    if (made.isPresent()) {
                        return made.get();
                    }
                }
            }
            Thread.sleep(100);
        }
        throw new AssertionError("no archive of classes was made");
    }

    private int generate(Path picture, String javaOptions)
            throws IOException, InterruptedException {
        return run(
                "env",
                "ZIGMA_JAVA_OPTS=" + javaOptions,
                unpacked.resolve("zigma").toString(),
                "generate",
                "-m",
                unpacked.resolve("models/fashion").toString(),
                "-c",
                "sneaker",
                "--steps",
                "2",
                "--scale",
                "1",
                "--seed",
                "1",
                "--force",
                "-o",
                picture.toString());
    }

    @Test
    void holdsALauncherForEachSystemTheShippedModelsAndTheLicences() {
        assertThat(
                        List.of(
                                "zigma",
                                "zigma.cmd",
                                "README.md",
                                "LICENSE",
                                "NOTICE",
                                "models/fashion/model.safetensors",
                                "models/fashion-fast/model.safetensors",
                                "models/fashion-classifier/model.safetensors",
                                "models/emoji/model.safetensors",
                                "models/emoji-codec/weights.safetensors",
                                "licenses/libtorch/LICENSE"))
                .allSatisfy(name -> assertThat(unpacked.resolve(name)).isRegularFile());
        assertThat(unpacked.resolve("zigma")).isExecutable();
    }

    /** Runs a program with an engine cache of its own and no Maven of this machine's user. */
    private int run(String... words) throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(new ArrayList<>(List.of(words)))
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("said").toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("PATH", "/usr/bin:/bin");
        builder.environment().put("DJL_CACHE_DIR", folder.resolve("engine").toString());
        builder.environment().put("ZIGMA_CACHE_DIR", folder.resolve("cache").toString());
        Process process = builder.start();
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).as("ended").isTrue();
        return process.exitValue();
    }

    private String said() throws IOException {
        return Files.readString(folder.resolve("said"));
    }

    /** Names, sizes and times of all that was unpacked. */
    private SortedMap<String, String> content() throws IOException {
        SortedMap<String, String> content = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(unpacked)) {
            for (Path path : paths.toList()) {
                content.put(
                        unpacked.relativize(path).toString(),
                        Files.size(path) + " bytes, " + Files.getLastModifiedTime(path));
            }
        }
        return content;
    }
}

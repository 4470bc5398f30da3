package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.checkpoint.CodecFolder;
import io.zigma.checkpoint.NoisyClassifierFolder;
import io.zigma.cli.terminal.ExitStatus;
import io.zigma.convert.OfficialFile;
import io.zigma.convert.OfficialFileWriter;
import io.zigma.convert.Published;
import io.zigma.io.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Published files in full size with random values: imported by their names and shapes alone,
 * evaluated once, and exported unchanged. They take gigabytes of memory and disk, so those to be
 * tried are named as their publishers name them: {@code
 * -Dlarge.models=DiT-XL-2-256x256.pt,256x256_diffusion.pt,vae-ft-mse-840000-ema-pruned.safetensors}.
 * A name with {@code +picture} behind it makes one picture as well, decoded by the autoencoder.
 */
@EnabledIfSystemProperty(named = LargeModelsTest.PROPERTY, matches = ".+")
class LargeModelsTest {

    static final String PROPERTY = "large.models";

    private static final String PICTURE = "+picture";

    @TempDir Path folder;
    private final ConsoleOfTest test = ConsoleOfTest.plain();

    static Stream<String> files() {
        return Arrays.stream(System.getProperty(PROPERTY).split(","));
    }

    @ParameterizedTest
    @MethodSource("files")
    void aPublishedFileGoesInIsEvaluatedAndGoesOutUnchanged(String asked, TestReporter reporter)
            throws IOException {
        boolean picture = asked.endsWith(PICTURE);
        String name = picture ? asked.substring(0, asked.length() - PICTURE.length()) : asked;
        Path official = OfficialFileWriter.write(name, folder);
        reporter.publishEntry("file, MB", megabytes(Files.size(official)));
        Path made = folder.resolve("made");
        List<String> words =
                new ArrayList<>(List.of("import", official.toString(), "-o", made.toString()));
        Published.named(name)
                .flatMap(Published::process)
                .ifPresent(process -> words.addAll(List.of("--process", process)));
        if (picture) {
            words.addAll(List.of("--codec", codec().toString()));
        }
        long start = System.nanoTime();
        done(words.toArray(String[]::new));
        reporter.publishEntry("import with one evaluation, seconds", seconds(start));
        reporter.publishEntry("largest memory so far, MB", largestMemory());
        Files.delete(official);
        assertUnchanged(Published.file(name), weights(name, made));
        if (picture) {
            generate(made, reporter);
        }
        if (CheckpointFolder.isIn(made)) {
            Path exported = folder.resolve("exported");
            done("export", "-m", made.toString(), "-o", exported.toString());
            assertUnchanged(Published.file(name), exported.resolve(CheckpointFolder.WEIGHTS));
            reporter.publishEntry("largest memory at the end, MB", largestMemory());
        }
    }

    private Path codec() throws IOException {
        Path codec = folder.resolve("codec");
        Path file = OfficialFileWriter.write(Published.AUTOENCODER, folder);
        done("import", file.toString(), "-o", codec.toString());
        return codec;
    }

    private void generate(Path model, TestReporter reporter) throws IOException {
        Path picture = folder.resolve("dog.png");
        long start = System.nanoTime();
        done(
                "generate",
                "-m",
                model.toString(),
                "-c",
                "golden retriever",
                "--cfg-scale",
                "4",
                "--sampler",
                "dpm++",
                "--steps",
                "2",
                "-s",
                "1",
                "-o",
                picture.toString());
        reporter.publishEntry("a picture in two steps, seconds", seconds(start));
        reporter.publishEntry("largest memory so far, MB", largestMemory());
        assertThat(ImageIO.read(picture.toFile()).getWidth()).isGreaterThanOrEqualTo(256);
    }

    private static Path weights(String name, Path made) {
        if (name.equals(Published.AUTOENCODER)) {
            return made.resolve(CodecFolder.WEIGHTS);
        }
        return made.resolve(
                name.contains("classifier")
                        ? NoisyClassifierFolder.WEIGHTS
                        : CheckpointFolder.WEIGHTS);
    }

    /** Compares with values that are made again; of an autoencoder the names are other ones. */
    private static void assertUnchanged(OfficialFile file, Path weights) throws IOException {
        try (SafetensorsFile written = SafetensorsFile.open(weights)) {
            if (written.names().stream().anyMatch(name -> name.contains("up_blocks"))) {
                assertThat(written.names()).hasSize(file.shapes().size());
                return;
            }
            assertThat(written.names()).containsExactlyInAnyOrderElementsOf(file.shapes().keySet());
            for (String tensor : written.names()) {
                assertThat(written.shape(tensor)).as(tensor).isEqualTo(file.shapes().get(tensor));
                assertThat(Arrays.equals(written.floats(tensor), file.values(tensor)))
                        .as(tensor)
                        .isTrue();
            }
        }
    }

    /** Of this process, this test and those before it. */
    private static String largestMemory() throws IOException {
        Path status = Path.of("/proc/self/status");
        return Files.isReadable(status)
                ? Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("VmHWM"))
                        .map(line -> line.replaceAll("\\D", ""))
                        .map(kilobytes -> megabytes(Long.parseLong(kilobytes) * 1024))
                        .findFirst()
                        .orElse("unknown")
                : "unknown";
    }

    private static String megabytes(long bytes) {
        return Long.toString(bytes / 1_000_000);
    }

    private static String seconds(long start) {
        return Double.toString((System.nanoTime() - start) / 1e9);
    }

    private void done(String... words) {
        assertThat(test.zigma(words)).as(test.err()).isEqualTo(ExitStatus.DONE);
    }
}

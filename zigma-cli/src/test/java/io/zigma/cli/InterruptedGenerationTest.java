package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.media.PngFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ctrl-C while pictures are made: what is finished is written and reported. */
@DisabledOnOs(OS.WINDOWS)
class InterruptedGenerationTest {

    /** Far more pictures than are made before the signal comes. */
    private static final String MANY = "5000";

    @TempDir Path folder;
    private Path model = Path.of("");
    private Path pictures = Path.of("");

    @BeforeEach
    void writeAModel() throws IOException {
        model = TinyCheckpoint.withClasses(folder.resolve("model"));
        pictures = Files.createDirectory(folder.resolve("pictures"));
    }

    @ParameterizedTest(name = "SIG{0}")
    @CsvSource({"INT, 130", "TERM, 143"})
    void filesOfTheirOwnAreThereBatchByBatch(String signal, int status) throws Exception {
        ZigmaProcess process = generate("--steps", "20", "--batch", "2", "-o", "p_%04d.png");
        while (!Files.exists(pictures.resolve("p_0005.png"))) {
            assertThat(process.endsWithin(10)).isFalse();
        }
        process.signal(signal);
        ZigmaProcess.Ended ended = process.await();

        assertThat(ended.status()).as(ended.err()).isEqualTo(status);
        List<Path> made = made();
        assertThat(ended.err())
                .contains(
                        "zigma: interrupted: %s of %s pictures are finished and written"
                                .formatted(made.size(), MANY));
        assertThat(ended.out().lines())
                .as("names on standard output")
                .containsExactlyElementsOf(made.stream().map(Path::toString).toList());
        for (Path file : made) {
            assertThat(ImageIO.read(file.toFile())).as(file.toString()).isNotNull();
        }
    }

    @Test
    void aSheetHoldsTheFirstOnes() throws Exception {
        ZigmaProcess process = generate("--steps", "2", "--batch", "1", "-o", "sheet.png");
        awaitSteps(process, 6);
        process.signal("INT");
        ZigmaProcess.Ended ended = process.await();

        assertThat(ended.status()).as(ended.err()).isEqualTo(130);
        Path sheet = pictures.resolve("sheet.png");
        Matcher line =
                Pattern.compile("interrupted: (.*) holds the first (\\d+) of 5000 pictures")
                        .matcher(ended.err());
        assertThat(line.find()).as(ended.err()).isTrue();
        assertThat(line.group(1)).isEqualTo(sheet.toString());
        assertThat(PngFile.readText(sheet)).containsEntry("count", line.group(2));
        assertThat(made()).containsExactly(sheet);
    }

    @Test
    void nothingIsReplacedByNothing() throws Exception {
        Path old = Files.writeString(pictures.resolve("sheet.png"), "the old one");
        ZigmaProcess process = generate("--steps", "100000", "-f", "-o", "sheet.png");
        awaitSteps(process, 1);
        process.signal("INT");
        ZigmaProcess.Ended ended = process.await();

        assertThat(ended.status()).as(ended.err()).isEqualTo(130);
        assertThat(ended.err()).contains("no picture was finished, nothing was written");
        assertThat(old).hasContent("the old one");
    }

    @Test
    void aPipeGetsNoPartOfThePictures() throws Exception {
        ZigmaProcess process = generate("--steps", "2", "--batch", "1", "-o", "-");
        awaitSteps(process, 6);
        process.signal("INT");
        ZigmaProcess.Ended ended = process.await();

        assertThat(ended.status()).as(ended.err()).isEqualTo(130);
        assertThat(ended.err()).contains("of 5000 pictures are finished, nothing was written");
        assertThat(ended.out()).isEmpty();
    }

    private ZigmaProcess generate(String... words) throws IOException {
        String[] line = words.clone();
        String output = line[line.length - 1];
        line[line.length - 1] = output.equals("-") ? output : pictures.resolve(output).toString();
        List<String> start = List.of("generate", "-m", model.toString(), "-s", "1", "-n", MANY);
        return ZigmaProcess.start(
                folder,
                // shows every step at once
                List.of("env", "JAVA_TOOL_OPTIONS=-Dzigma.stderr.terminal=true"),
                Stream.concat(start.stream(), Stream.of(line)).toList());
    }

    private static void awaitSteps(ZigmaProcess process, int steps) throws Exception {
        Pattern shown = Pattern.compile("(\\d+)/\\d+ steps");
        int seen = 0;
        while (seen < steps) {
            assertThat(process.endsWithin(10)).as(process.errSoFar()).isFalse();
            Matcher all = shown.matcher(process.errSoFar());
            while (all.find()) {
                seen = Integer.parseInt(all.group(1));
            }
        }
    }

    /** Everything in the folder, so that half a file would be found too. */
    private List<Path> made() throws IOException {
        try (Stream<Path> files = Files.list(pictures)) {
            return files.sorted().toList();
        }
    }
}

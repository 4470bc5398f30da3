package io.zigma.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zigma.cli.option.PictureOutput;
import io.zigma.diffusion.GuidanceStrength;
import io.zigma.media.MediaFormats;
import io.zigma.media.PngFile;
import io.zigma.op.Precision;
import io.zigma.pipeline.GeneratedImage;
import io.zigma.pipeline.Magnification;
import io.zigma.pipeline.Recipe;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GeneratedFilesTest {

    @TempDir Path folder;
    private final ByteArrayOutputStream standardOutput = new ByteArrayOutputStream();
    private final List<Path> written = new ArrayList<>();

    @Test
    void aBatchOfFilesIsWrittenBeforeTheNextStarts() throws IOException {
        GeneratedFiles files = files("%d.png", 3);

        files.add(0, List.of(image(0), image(1)));
        assertThat(written).containsExactly(folder.resolve("0.png"), folder.resolve("1.png"));
        assertThat(PngFile.readText(folder.resolve("1.png"))).containsEntry("seed", "1");

        files.add(2, List.of(image(2)));
        files.complete();
        assertThat(PngFile.readText(folder.resolve("2.png"))).containsEntry("seed", "2");
        assertThat(written).hasSize(3);
        assertThat(files.writeFinished()).isEqualTo("all was written already");
    }

    @Test
    void aSheetThatEndsEarlyIsTheSheetOfSoMany() throws IOException {
        GeneratedFiles early = files("early.png", 9);
        GeneratedFiles whole = files("whole.png", 3);

        early.add(0, List.of(image(0), image(1)));
        early.add(2, List.of(image(2)));
        assertThat(early.writeFinished())
                .isEqualTo(folder.resolve("early.png") + " holds the first 3 of 9 pictures");
        whole.add(0, List.of(image(0), image(1), image(2)));
        whole.complete();

        assertThat(folder.resolve("early.png")).hasSameBinaryContentAs(folder.resolve("whole.png"));
    }

    @Test
    void oneFinishedPictureIsReportedInTheSingular() throws IOException {
        GeneratedFiles files = files("%d.png", 3);
        files.add(0, List.of(image(0)));

        assertThat(files.writeFinished()).isEqualTo("1 of 3 pictures is finished and written");
    }

    @Test
    void nothingFinishedWritesNothing() {
        assertThat(files("a.png", 1).writeFinished())
                .isEqualTo("no picture was finished, nothing was written");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void whatIsFinishedAfterTheEndIsNotWritten() throws IOException {
        GeneratedFiles files = files("%d.png", 4);
        files.add(0, List.of(image(0)));
        files.writeFinished();

        assertThatThrownBy(() -> files.add(1, List.of(image(1))))
                .isInstanceOf(CancellationException.class);
        assertThatThrownBy(files::complete).isInstanceOf(CancellationException.class);
        assertThat(folder.resolve("1.png")).doesNotExist();
    }

    @Test
    void aPipeGetsAllOrNothing() throws IOException {
        GeneratedFiles files =
                new GeneratedFiles(
                        new PictureOutput.StandardOutput(MediaFormats.PNG),
                        2,
                        new FileStyle(new Magnification(1), true, false, Duration.ofMillis(100), 0),
                        standardOutput,
                        written::add);
        files.add(0, List.of(image(0)));

        assertThat(files.writeFinished())
                .isEqualTo("1 of 2 pictures is finished, nothing was written");
        assertThat(standardOutput.size()).isZero();
    }

    @Test
    void aSheetThatCannotBeWrittenIsReportedAsLost() throws IOException {
        Path gone = Files.createDirectory(folder.resolve("gone"));
        GeneratedFiles files = files("gone/a.png", 2);
        files.add(0, List.of(image(0)));
        Files.delete(gone);

        assertThat(files.writeFinished())
                .startsWith("1 of 2 pictures is finished and not written: ")
                .contains("there is no folder " + gone);
    }

    private GeneratedFiles files(String name, int count) {
        return new GeneratedFiles(
                PictureOutput.parse("-o", folder.resolve(name)),
                count,
                new FileStyle(new Magnification(1), true, false, Duration.ofMillis(100), 0),
                standardOutput,
                written::add);
    }

    private static GeneratedImage image(int seed) {
        BufferedImage picture = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
        picture.getRaster().setSample(0, 0, 0, 20 * seed);
        GuidanceStrength none = GuidanceStrength.NONE;
        return new GeneratedImage(
                List.of(picture),
                new Recipe(
                        "shoes",
                        "",
                        Map.of(),
                        seed,
                        "euler",
                        4,
                        Map.of(),
                        none,
                        Precision.FLOAT32));
    }
}

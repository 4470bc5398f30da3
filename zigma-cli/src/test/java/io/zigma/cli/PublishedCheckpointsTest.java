package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.checkpoint.NoisyClassifierFolder;
import io.zigma.cli.terminal.ExitStatus;
import io.zigma.condition.ByClass;
import io.zigma.condition.ImageNet;
import io.zigma.convert.OfficialFile;
import io.zigma.convert.OfficialFiles;
import io.zigma.convert.Published;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.Processes;
import io.zigma.io.SafetensorsFile;
import io.zigma.media.PngFile;
import io.zigma.pipeline.ReferenceOutputs;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Files with the names of all tensors of a published one, but fewer and narrower layers and random
 * values, through the commands that the documentation gives for them. {@link LargeModelsTest} does
 * the same in full size.
 */
class PublishedCheckpointsTest {

    @TempDir Path folder;
    private final ConsoleOfTest test = ConsoleOfTest.plain();

    @ParameterizedTest
    @EnumSource(Published.class)
    void aFileIsImportedEvaluatedOnceAndExportedUnchanged(Published published) throws IOException {
        OfficialFile file = published.small();
        Path official = file.torch(folder.resolve(published.fileName()));
        Path made = folder.resolve("made");

        importing(published, official, made);

        CheckpointFolder checkpoint = CheckpointFolder.open(made);
        assertThat(checkpoint.config().model().kind().name()).isEqualTo(published.kind());
        assertThat(ReferenceOutputs.exist(checkpoint)).as("it was evaluated").isTrue();
        Path exported = folder.resolve("exported");
        done("export", "-m", made.toString(), "-o", exported.toString());
        assertUnchanged(file, exported.resolve(CheckpointFolder.WEIGHTS));
    }

    private void importing(Published published, Path official, Path made) {
        done(
                Stream.concat(
                                Stream.of("import", official.toString(), "-o", made.toString()),
                                published.process().stream()
                                        .flatMap(process -> Stream.of("--process", process)))
                        .toArray(String[]::new));
    }

    private static void assertUnchanged(OfficialFile file, Path exported) throws IOException {
        try (SafetensorsFile written = SafetensorsFile.open(exported)) {
            assertThat(written.names()).containsExactlyInAnyOrderElementsOf(file.shapes().keySet());
            for (Map.Entry<String, long[]> tensor : file.shapes().entrySet()) {
                String name = tensor.getKey();
                assertThat(written.shape(name)).as(name).isEqualTo(tensor.getValue());
                assertThat(written.floats(name)).as(name).isEqualTo(file.values(name));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Published.Classifier.class)
    void aClassifierIsImportedUnchangedWithTheNoiseItWasPublishedFor(Published.Classifier published)
            throws IOException {
        OfficialFile file = published.small();
        Path official = file.torch(folder.resolve(published.fileName()));
        Path made = folder.resolve("made");

        done("import", official.toString(), "-o", made.toString());

        NoisyClassifierFolder classifier = NoisyClassifierFolder.open(made);
        assertThat(classifier.process())
                .isEqualTo(iddpm(published.side() == 64 ? "cosine" : "linear"));
        assertUnchanged(file, made.resolve(NoisyClassifierFolder.WEIGHTS));
    }

    @ParameterizedTest
    @EnumSource(Published.Upsampler.class)
    void anUpsamplerIsRefusedByName(Published.Upsampler published) throws IOException {
        Path official =
                OfficialFiles.adm(
                                new OfficialFiles.AdmFlags(
                                        256,
                                        32,
                                        1,
                                        new int[] {32, 16},
                                        new double[] {1, 1, 2, 2, 4, 4}),
                                6,
                                7)
                        .torch(folder.resolve(published.fileName()));
        Path made = folder.resolve("made");

        assertThat(test.zigma("import", official.toString(), "-o", made.toString()))
                .isEqualTo(ExitStatus.FAILED);

        assertThat(test.err())
                .contains(published.fileName() + " is an upsampler of ADM")
                .hasLineCount(1);
        assertThat(made).doesNotExist();
    }

    private static DiffusionProcess iddpm(String schedule) {
        return Processes.KINDS.get("iddpm").create(Map.of("schedule", schedule));
    }

    /** What each shape was trained with, which its file does not contain. */
    static Stream<Object[]> processes() {
        DiffusionProcess steps =
                Processes.KINDS
                        .get("ddpm")
                        .create(
                                Map.of(
                                        "schedule", "scaled-linear",
                                        "variance", "fixed-small",
                                        "first-step", "1"));
        DiffusionProcess continuous =
                Processes.KINDS
                        .get("interpolant")
                        .create(
                                Map.of(
                                        "path", "vp",
                                        "prediction", "noise",
                                        "network-time", "score-sde"));
        return Stream.of(
                new Object[] {Published.ADM_64, iddpm("cosine")},
                new Object[] {Published.ADM_128, iddpm("linear")},
                new Object[] {Published.UVIT_S_2, continuous},
                new Object[] {Published.UVIT_L_2, continuous},
                new Object[] {Published.UVIT_S_2_TEXT, steps},
                new Object[] {Published.UVIT_H_2, steps});
    }

    @ParameterizedTest
    @MethodSource("processes")
    void theProcessIsTheOneThatTheModelWasPublishedWith(
            Published published, DiffusionProcess process) throws IOException {
        Path official = published.small().torch(folder.resolve(published.fileName()));
        Path made = folder.resolve("made");

        done("import", official.toString(), "-o", made.toString());

        assertThat(CheckpointFolder.open(made).config().process()).isEqualTo(process);
        assertThat(test.err()).contains("assumed: " + process.description());
    }

    @Test
    void aProcessThatIsGivenIsTaken() throws IOException {
        Path official = Published.UVIT_S_2.small().torch(folder.resolve("s.pth"));
        Path made = folder.resolve("made");

        done("import", official.toString(), "-o", made.toString(), "--prediction", "data");

        assertThat(CheckpointFolder.open(made).config().process().description()).contains("data");
    }

    @Test
    void aFileThatMayBeDiTsOrSiTsSaysSo() throws IOException {
        Path official = Published.SIT_XL_2_256.small().torch(folder.resolve("SiT-XL-2-256.pt"));

        done("import", official.toString(), "-o", folder.resolve("made").toString());

        assertThat(test.err()).contains("a DiT has the same tensors: --process ddpm");
    }

    @Test
    void aThousandClassesAreImageNetsUnlessTheyAreNamed() throws IOException {
        Path official = Published.DIT_XL_2_256.small().torch(folder.resolve("dit.pt"));
        Path made = folder.resolve("made");

        done("import", official.toString(), "-o", made.toString(), "--process", "ddpm");

        CheckpointFolder checkpoint = CheckpointFolder.open(made);
        assertThat(checkpoint.config().labels()).isEqualTo(ImageNet.CLASSES);
        assertThat(checkpoint.config().model().conditioning()).isEqualTo(new ByClass(1000, true));
        assertThat(test.err()).contains("assumed: those of ImageNet, from tench to ", "(--labels)");
    }

    @Test
    void aPictureOfAGoldenRetrieverIsMadeFromTwoPublishedFiles() throws IOException {
        Path model = Published.DIT_XL_2_256.small().torch(folder.resolve("DiT-XL-2-256x256.pt"));
        Path autoencoder =
                OfficialFiles.autoencoder(32)
                        .safetensors(folder.resolve("vae-ft-mse-840000-ema-pruned.safetensors"));
        String codec = folder.resolve("codecs/sd-vae").toString();
        String made = folder.resolve("models/xl").toString();
        Path picture = folder.resolve("dog.png");

        done("import", autoencoder.toString(), "-o", codec);
        done("import", model.toString(), "-o", made, "--process", "ddpm", "--codec", codec);
        done(
                "generate",
                "-m",
                made,
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

        assertThat(PngFile.readText(picture).values().toString()).contains("golden retriever");
        assertThat(ImageIO.read(picture.toFile()).getWidth()).isEqualTo(256);
        Path same = folder.resolve("207.png");
        done(
                "generate",
                "-m",
                made,
                "-c",
                "207",
                "--cfg-scale",
                "4",
                "--sampler",
                "dpm++",
                "--steps",
                "2",
                "-s",
                "1",
                "-o",
                same.toString(),
                "--no-metadata");
        assertThat(pixels(same)).as("class 207").isEqualTo(pixels(picture));
    }

    private static int[] pixels(Path file) throws IOException {
        BufferedImage picture = ImageIO.read(file.toFile());
        int width = picture.getWidth();
        return picture.getRGB(0, 0, width, picture.getHeight(), null, 0, width);
    }

    private void done(String... words) {
        assertThat(test.zigma(words)).as(test.err()).isEqualTo(ExitStatus.DONE);
    }
}

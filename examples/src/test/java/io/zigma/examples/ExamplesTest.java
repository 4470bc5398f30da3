package io.zigma.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Application;
import ai.djl.modality.Output;
import ai.djl.modality.cv.Image;
import ai.djl.repository.zoo.ModelZoo;
import ai.djl.repository.zoo.ZooModel;

import io.zigma.media.PngFile;
import io.zigma.pipeline.GeneratedImage;
import io.zigma.pipeline.GenerationRequest;
import io.zigma.pipeline.GenerationResult;
import io.zigma.zoo.GenerationCancelledException;
import io.zigma.zoo.RequestRefusedException;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

import javax.imageio.ImageIO;

/** The examples do what they say, and make the files that the command line makes. */
class ExamplesTest {

    private static final Path FASHION =
            Path.of(System.getProperty("zigma.models"), "fashion").normalize();

    private static final GenerationRequest SNEAKERS =
            GenerationRequest.of("sneaker").withCount(2).withSeed(7).withSteps(4);

    @TempDir static Path folder;
    private static List<byte[]> byCommandLine;

    @BeforeAll
    static void generateWithTheCommandLine() throws Exception {
        run(
                "io.zigma.cli.Main generate -c sneaker -n 2 -s 7 --steps 4 -o cli_%d.png -m",
                FASHION.toString());
        byCommandLine =
                List.of(
                        Files.readAllBytes(folder.resolve("cli_0.png")),
                        Files.readAllBytes(folder.resolve("cli_1.png")));
    }

    @Test
    void theModelIsListed() {
        assertThat(ModelZoo.listModels().get(Application.CV.IMAGE_GENERATION))
                .anyMatch(model -> model.toString().equals("djl://io.zigma/fashion"));
    }

    @Test
    void byArtifactId() throws Exception {
        same(Ways.byArtifactId("fashion"));
    }

    @Test
    void byFilter() throws Exception {
        same(Ways.byFilter("fashion-mnist", "28x28"));
    }

    @Test
    void byString() throws Exception {
        Image sandal = Ways.byString(FASHION, "sandal");
        assertThat(sandal.getWidth()).isEqualTo(28);
        assertThatThrownBy(() -> Ways.byString(FASHION, "a blue crab"))
                .hasMessageContaining("has no class 'a blue crab'");
    }

    @Test
    void aPromptOfAModelOfClassesIsRefused() {
        assertThatThrownBy(() -> Prompts.draw(FASHION, "a sandal", "", folder))
                .hasMessageContaining("is not conditioned on text");
    }

    @Test
    void byFolder() throws Exception {
        same(Ways.byPath(FASHION));
    }

    @Test
    void byZipFile() throws Exception {
        same(Ways.byPath(zip(folder.resolve("fashion.zip"), "")));
    }

    @Test
    void byJarFile() throws Exception {
        same(Ways.byPath(zip(folder.resolve("app.jar"), "fashion/")));
    }

    @Test
    void byFileUrl() throws Exception {
        same(Ways.byUrl(FASHION.toUri().toURL().toString()));
    }

    @Test
    void byResource() throws Exception {
        Path jar = zip(folder.resolve("resources.jar"), "nets/fashion/");
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, before)) {
            thread.setContextClassLoader(loader);
            same(Ways.byUrl("jar:///nets/fashion"));
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Test
    void withoutTheZoo() throws Exception {
        same(Ways.directly(FASHION, SNEAKERS));
    }

    @Test
    void byClassNumbers() throws Exception {
        Image[] images = Ways.byClassNumbers(FASHION, 7, 4, 7, 7);
        for (int i = 0; i < images.length; i++) {
            assertThat(levels((BufferedImage) images[i].getWrappedImage()))
                    .isEqualTo(levels(ImageIO.read(folder.resolve("cli_" + i + ".png").toFile())));
        }
    }

    @Test
    void served() throws Exception {
        Output output = Ways.served(FASHION, "{\"class\": \"sneaker\", \"seed\": 7, \"steps\": 4}");

        assertThat(output.getCode()).isEqualTo(200);
        assertThat(output.getData().getAsBytes()).isEqualTo(byCommandLine.get(0));
    }

    @Test
    void aBadRequestIsAnsweredWith400() throws Exception {
        Output output = Ways.served(FASHION, "{\"class\": \"sneker\"}");

        assertThat(output.getCode()).isEqualTo(400);
        assertThat(new String(output.getData().getAsBytes(), StandardCharsets.UTF_8))
                .contains("has no class 'sneker'; it has t-shirt");
    }

    @Test
    void refusalsAndCancellationReachTheCaller() throws Exception {
        try (ZooModel<GenerationRequest, GenerationResult> model = Ways.byArtifactId("fashion")) {
            assertThatThrownBy(() -> Ways.ask(model, SNEAKERS.withSize(64, 64)))
                    .isInstanceOf(RequestRefusedException.class)
                    .hasMessage("fashion makes pictures of 28×28, not 64×64");
            GenerationRequest cancelled =
                    SNEAKERS.withListener(
                            (done, total) -> {
                                throw new CancellationException("after step " + done);
                            });
            assertThatThrownBy(() -> Ways.ask(model, cancelled))
                    .isInstanceOf(GenerationCancelledException.class)
                    .hasMessage("after step 1");
        }
    }

    @Test
    void theReadmesSneakersAreThoseOfTheCommandLine() throws Exception {
        run("io.zigma.examples.Sneakers");
        run("io.zigma.cli.Main generate -c sneaker -n 4 -s 7 -o all_%d.png -m", FASHION.toString());
        for (int i = 0; i < 4; i++) {
            assertThat(folder.resolve("sneaker-" + (7 + i) + ".png"))
                    .hasSameBinaryContentAs(folder.resolve("all_" + i + ".png"));
        }
    }

    @Test
    void fineTuningLeavesAModelThatGenerates() throws Exception {
        Path pictures = folder.resolve("pictures");
        for (String name : List.of("bag", "hat")) {
            Files.createDirectories(pictures.resolve(name));
            for (int i = 0; i < 4; i++) {
                BufferedImage picture = new BufferedImage(28, 28, BufferedImage.TYPE_BYTE_GRAY);
                Graphics2D graphics = picture.createGraphics();
                graphics.setColor(Color.LIGHT_GRAY);
                graphics.fillRect(4, name.length() * i, 20, 8);
                graphics.dispose();
                ImageIO.write(picture, "png", pictures.resolve(name + "/" + i + ".png").toFile());
            }
        }
        Path run = folder.resolve("run");
        FineTuning.tune(FASHION, pictures, run, 2);

        try (ZooModel<GenerationRequest, GenerationResult> model =
                Ways.byPath(run.resolve("checkpoints/00000002"))) {
            GenerationResult result = Ways.ask(model, GenerationRequest.of("hat").withSteps(2));
            assertThat(result.images().get(0).recipe().label()).isEqualTo("hat");
        }
    }

    @Test
    void fineTuningTakesLessThanThirtyLinesOfCode() throws IOException {
        List<String> code =
                Files.readAllLines(Path.of("src/main/java/io/zigma/examples/FineTuning.java"))
                        .stream()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty() && !line.matches("(/\\*|\\*|//).*"))
                        .toList();
        assertThat(code).contains("training.run();").hasSizeLessThan(30);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void roundsOfLoadingAndClosingKeepNoWeightsInMemory() throws Exception {
        int warmUp = 5;
        int rounds = 25;
        List<Long> resident = new ArrayList<>();
        MemoryRounds.run(rounds, (round, kibibytes) -> resident.add(kibibytes));

        assertThat(resident).hasSize(rounds).allMatch(kibibytes -> kibibytes > 0);
        long weights = Files.size(FASHION.resolve("model.safetensors")) / 1024;
        assertThat(resident.get(rounds - 1) - resident.get(warmUp - 1))
                .as("KiB more after %d rounds with weights of %d KiB", rounds - warmUp, weights)
                .isLessThan((rounds - warmUp) * weights / 2);
    }

    private static void same(ZooModel<GenerationRequest, GenerationResult> model) throws Exception {
        try (model) {
            same(Ways.ask(model, SNEAKERS));
        }
    }

    /** Compares whole files: pixels and recipes. */
    private static void same(GenerationResult result) {
        assertThat(result.images()).hasSize(byCommandLine.size());
        for (int i = 0; i < byCommandLine.size(); i++) {
            GeneratedImage image = result.images().get(i);
            assertThat(PngFile.bytes(image.picture(), image.recipe().fields()))
                    .as("picture %d", i)
                    .isEqualTo(byCommandLine.get(i));
        }
    }

    private static int[] levels(BufferedImage picture) {
        return picture.getData()
                .getSamples(0, 0, picture.getWidth(), picture.getHeight(), 0, (int[]) null);
    }

    private static Path zip(Path archive, String prefix) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(archive));
                Stream<Path> files = Files.list(FASHION)) {
            for (Path file : files.toList()) {
                zip.putNextEntry(new ZipEntry(prefix + file.getFileName()));
                Files.copy(file, zip);
            }
        }
        return archive;
    }

    /** Runs a program on this project's class path in the temporary folder. */
    private static void run(String words, String... more) throws Exception {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--add-modules",
                                "jdk.incubator.vector",
                                "-Dai.djl.offline=true",
                                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                                "-cp",
                                System.getProperty("java.class.path")));
        command.addAll(List.of(words.split(" ")));
        command.addAll(List.of(more));
        Path said = Files.createTempFile(folder, "said", ".txt");
        Process process =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(said.toFile())
                        .start();
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("ends in time").isTrue();
        assertThat(process.exitValue()).as(Files.readString(said)).isZero();
    }
}

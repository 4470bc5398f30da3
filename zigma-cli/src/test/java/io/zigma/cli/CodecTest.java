package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.checkpoint.CodecFolder;
import io.zigma.cli.terminal.ExitStatus;
import io.zigma.codec.AutoencoderConfig;
import io.zigma.codec.CodecReference;
import io.zigma.codec.TinyAutoencoders;
import io.zigma.convert.AutoencoderFiles;
import io.zigma.io.SafetensorsFile;
import io.zigma.media.PngFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Codecs on the command line: imported, named by models, found, and refused. */
class CodecTest {

    private static final AutoencoderConfig SHAPE = TinyAutoencoders.HALVING;

    @TempDir private Path folder;
    private ConsoleOfTest test = ConsoleOfTest.plain();
    private Path codec = Path.of("");
    private Path latents = Path.of("");

    @BeforeEach
    void importACodecAndAModelOfItsLatents() throws IOException {
        codec = importCodec(3, folder.resolve("codecs/sd-vae"));
        latents = named(codec, folder.resolve("models/latents"));
    }

    private Path importCodec(long seed, Path made) throws IOException {
        Path file =
                AutoencoderFiles.safetensors(
                        AutoencoderFiles.compVis(SHAPE, seed),
                        folder.resolve("vae-" + seed + ".safetensors"));
        done("import", file, "-o", made, "--norm-groups", 4, "--scale-factor", 0.5);
        return made;
    }

    /** Imports a model's weights again as those of a codec's latents. */
    private Path named(Path codec, Path made) throws IOException {
        Path plain = TinyCheckpoint.ofLatents(folder.resolve("plain-" + made.getFileName()));
        done("import", plain.resolve(CheckpointFolder.WEIGHTS), "-o", made, "--codec", codec);
        return made;
    }

    @Test
    void anImportedAutoencoderIsACodec() throws IOException {
        CodecFolder made = CodecFolder.open(codec);
        assertThat(made.spec()).isEqualTo(SHAPE);
        assertThat(made.reference().name()).isEqualTo("sd-vae");
        assertThat(made.source().get("imported_from").getAsString()).isEqualTo("vae-3.safetensors");
    }

    @Test
    void aModelNamesItsCodecByHash() throws IOException {
        CodecReference reference = CodecFolder.open(codec).reference();
        assertThat(CheckpointFolder.open(latents).config().codec()).contains(reference);
    }

    @Test
    void picturesOfAModelOfLatentsAreDecoded() throws IOException {
        Path file = folder.resolve("x.png");

        done("generate", "-m", latents, "-c", "Bag", "-s", 5, "--scale", 1, "-o", file);

        BufferedImage picture = ImageIO.read(file.toFile());
        assertThat(picture.getWidth()).as("two pixels a latent").isEqualTo(16);
        assertThat(picture.getHeight()).isEqualTo(16);
        assertThat(PngFile.readText(file).values().toString())
                .contains(CodecFolder.open(codec).reference().hash());
    }

    @Test
    void theCodecMayHaveAnyPlaceAndName() throws IOException {
        Path file = folder.resolve("x.png");
        done("generate", "-m", latents, "-s", 5, "-o", file);
        byte[] expected = Files.readAllBytes(file);

        Path elsewhere = Files.createDirectories(folder.resolve("elsewhere")).resolve("other-name");
        Files.move(codec, elsewhere);
        Path again = folder.resolve("y.png");
        refused("generate", "-m", latents, "-s", 5, "-o", again);
        assertThat(test.err())
                .contains("codec sd-vae of SHA-256", "which is not here", "--codec DIR");
        assertThat(again).doesNotExist();

        done("generate", "-m", latents, "-s", 5, "-o", again, "--codec", elsewhere);
        assertThat(pixels(again)).isEqualTo(pixels(file));
        assertThat(expected).isNotEmpty();

        Path own = latents.resolve("codec");
        Files.move(elsewhere, own);
        done("generate", "-m", latents, "-s", 5, "-o", again, "--force");
        assertThat(pixels(again)).isEqualTo(pixels(file));
    }

    @Test
    void theWrongCodecIsRefusedByName() throws IOException {
        Path other = importCodec(4, folder.resolve("codecs/other"));
        Path file = folder.resolve("x.png");

        refused("generate", "-m", latents, "-o", file, "--codec", other);

        assertThat(test.err())
                .contains("makes latents of the codec sd-vae", "holds another")
                .hasLineCount(1);
        assertThat(file).doesNotExist();
    }

    @Test
    void aCodecOfOtherChannelsIsRefused() throws IOException {
        AutoencoderConfig wide =
                new AutoencoderConfig(
                        3,
                        5,
                        5,
                        8,
                        List.of(8, 16),
                        1,
                        List.of(),
                        true,
                        4,
                        1e-6,
                        false,
                        false,
                        1,
                        0);
        Path file =
                AutoencoderFiles.safetensors(
                        AutoencoderFiles.diffusers(wide, 1), folder.resolve("wide.safetensors"));
        Path made = folder.resolve("codecs/wide");
        refused("import", file, "-o", made, "--norm-groups", 4);
        assertThat(test.err()).contains("latents of 5 channels", "--scale-factor");
        done("import", file, "-o", made, "--norm-groups", 4, "--scale-factor", 1);
        Path plain = TinyCheckpoint.ofLatents(folder.resolve("plain"));

        refused("generate", "-m", plain, "-o", folder.resolve("x.png"), "--codec", made);

        assertThat(test.err()).contains("decodes latents of 5 channels, not 4").hasLineCount(1);
    }

    @Test
    void aModelThatNamesNoCodecTakesOne() throws IOException {
        Path plain = TinyCheckpoint.ofLatents(folder.resolve("plain"));
        Path file = folder.resolve("x.png");

        done("generate", "-m", plain, "-s", 5, "--scale", 1, "-o", file, "--codec", codec);

        assertThat(ImageIO.read(file.toFile()).getWidth()).isEqualTo(16);
    }

    @Test
    void evaluationsOfOneModelWithTwoCodecsAreToldApart() throws IOException {
        Path plain = TinyCheckpoint.ofLatents(folder.resolve("plain"));
        Path other = importCodec(4, folder.resolve("codecs/other"));
        Path data =
                FlatColours.write(
                        folder.resolve("data"), List.of("Ankle boot", "Bag", "Sandal"), 10, 1);
        Path classifier = folder.resolve("classifier");
        List<Object> train = new ArrayList<>(List.of("train-classifier", "--data", data));
        train.addAll(List.of("--image-size", 16, "--steps", 2, "--batch-size", 4));
        train.addAll(List.of("--out", classifier));
        done(train.toArray());
        List<Object> evaluate = new ArrayList<>(List.of("evaluate", "--data", data, "--json"));
        evaluate.addAll(List.of("--classifier", classifier, "--reference-split", "holdout"));
        evaluate.addAll(List.of("-n", 10, "--seeds", 1, "--steps", 1, "--cfg-scale", 1));
        evaluate.addAll(List.of("--cache", folder.resolve("cache"), "--codec"));

        JsonObject first = evaluated(evaluate, codec, plain);
        JsonObject second = evaluated(evaluate, other, plain);

        assertThat(second.get("frechet_distance")).isNotEqualTo(first.get("frechet_distance"));
        assertThat(first.toString()).contains(CodecFolder.open(codec).reference().hash());
        assertThat(second.toString()).contains(CodecFolder.open(other).reference().hash());
        assertThat(evaluated(evaluate, codec, plain)).isEqualTo(first);

        evaluate.addAll(List.of(other, "-m", latents));
        refusedInAnyWay(evaluate.toArray());
        assertThat(test.err()).contains("makes latents of the codec sd-vae", "holds another");
        evaluate.set(evaluate.size() - 1, TinyCheckpoint.unconditional(folder.resolve("pixels")));
        refusedInAnyWay(evaluate.toArray());
        assertThat(test.err()).contains("makes pictures without a codec");
    }

    private JsonObject evaluated(List<Object> words, Path with, Path model) {
        List<Object> all = new ArrayList<>(words);
        all.addAll(List.of(with, "-m", model));
        done(all.toArray());
        return JsonParser.parseString(test.out()).getAsJsonObject();
    }

    @Test
    void latentsAreWrittenWithoutTheCodec() throws IOException {
        Files.move(codec, folder.resolve("gone"));
        Path file = folder.resolve("x.safetensors");

        done("generate", "-m", latents, "-s", 5, "-o", file);

        try (SafetensorsFile written = SafetensorsFile.open(file)) {
            assertThat(written.shape("latents")).containsExactly(1, 4, 8, 8);
        }
        refused("generate", "-m", latents, "-o", file, "--force", "--codec", codec);
        assertThat(test.err()).contains("--codec is for pictures");
    }

    @Test
    void aModelOfPixelsNeedsNoCodec() throws IOException {
        Path pixels = TinyCheckpoint.unconditional(folder.resolve("pixels"));

        refused("generate", "-m", pixels, "-o", folder.resolve("x.png"), "--codec", codec);

        assertThat(test.err()).contains("makes pictures without a codec").hasLineCount(1);
    }

    @Test
    void anAnimationShowsTheDecodedSteps() throws IOException {
        Path gif = folder.resolve("x.gif");

        done("generate", "-m", latents, "-o", folder.resolve("x.png"), "--gif", gif, "--scale", 1);

        assertThat(ImageIO.read(gif.toFile()).getWidth()).isEqualTo(16);
        assertThat(CodecFolder.open(codec).preview()).as("fitted by the import").isPresent();
    }

    @Test
    void infoSaysWhatACodecIsAndWhatAModelNeeds() throws IOException {
        String hash = CodecFolder.open(codec).reference().hash();

        done("info", "-m", codec);
        assertThat(test.out())
                .contains("autoencoder-kl", "4 channels, 2 × 2 pixels each", hash, "0.5");
        done("info", "-m", latents);
        assertThat(test.out()).contains("latents of the codec sd-vae, hash " + hash);
        done("info", "-m", TinyCheckpoint.ofLatents(folder.resolve("plain")));
        assertThat(test.out()).contains("not named");
        done("info", "-m", codec, "--json");
        JsonObject json = JsonParser.parseString(test.out()).getAsJsonObject();
        assertThat(json.get("hash").getAsString()).isEqualTo(hash);
    }

    @Test
    void verifyingAModelLooksForItsCodec() throws IOException {
        done("verify", "-m", latents);
        assertThat(test.out()).contains("codec sd-vae is here");
        Files.move(codec, folder.resolve("gone"));
        done("verify", "-m", latents);
        assertThat(test.err()).contains("latents cannot be decoded").hasLineCount(1);
    }

    @Test
    void damagedWeightsAreRefused() throws IOException {
        // one that no other test has in memory
        Path damaged = importCodec(17, folder.resolve("codecs/damaged"));
        Path model = named(damaged, folder.resolve("models/damaged"));
        Path weights = damaged.resolve(CodecFolder.WEIGHTS);
        byte[] bytes = Files.readAllBytes(weights);
        bytes[bytes.length - 3] ^= 1;
        Files.write(weights, bytes);
        Path file = folder.resolve("x.png");

        ExitStatus status = test.zigma(words("generate", "-m", model, "-o", file));

        assertThat(status).isNotEqualTo(ExitStatus.DONE);
        assertThat(test.err()).contains(CodecFolder.WEIGHTS, "is damaged or was exchanged");
        assertThat(file).doesNotExist();
    }

    @Test
    void aCodecIsNoModelAndAModelNoCodec() throws IOException {
        assertThat(test.zigma(words("generate", "-m", codec))).isNotEqualTo(ExitStatus.DONE);
        assertThat(test.err()).contains("holds a codec", "name a model's folder");
        refused("generate", "-m", latents, "--codec", latents, "-o", folder.resolve("x.png"));
        assertThat(test.err()).contains("holds no codec");
    }

    @Test
    void optionsOfModelsAndOfAutoencodersAreNotMixed() throws IOException {
        Path file = folder.resolve("vae-3.safetensors");
        refused("import", file, "-o", folder.resolve("a"), "--classes", 10);
        assertThat(test.err()).contains("holds an autoencoder; leave out --classes");
        Path model =
                TinyCheckpoint.ofLatents(folder.resolve("plain")).resolve(CheckpointFolder.WEIGHTS);
        refused("import", model, "-o", folder.resolve("b"), "--norm-groups", 4);
        assertThat(test.err()).contains("--norm-groups is for an autoencoder");
    }

    @Test
    void whatIsAssumedOfAnAutoencoderIsSaid() throws IOException {
        Path file = folder.resolve("vae-3.safetensors");
        done("import", file, "-o", folder.resolve("a"), "--norm-groups", 4);
        assertThat(test.err()).contains("assumed: 0.18215", "--scale-factor");
    }

    @Test
    void theWrongNumberOfGroupsIsRefused() throws IOException {
        refusedInAnyWay("import", folder.resolve("vae-3.safetensors"), "-o", folder.resolve("a"));
        assertThat(test.err()).contains("8 channels are not a whole number of 32 groups");
        assertThat(folder.resolve("a")).doesNotExist();
    }

    private static List<Integer> pixels(Path file) throws IOException {
        BufferedImage image = ImageIO.read(file.toFile());
        List<Integer> pixels = new ArrayList<>();
        for (int pixel :
                image.getRGB(
                        0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth())) {
            pixels.add(pixel);
        }
        return pixels;
    }

    private void done(Object... words) {
        test = ConsoleOfTest.plain();
        assertThat(test.zigma(words(words))).as(test.err()).isEqualTo(ExitStatus.DONE);
    }

    private void refused(Object... words) {
        test = ConsoleOfTest.plain();
        assertThat(test.zigma(words(words))).as(test.err()).isEqualTo(ExitStatus.WRONG_USAGE);
    }

    private void refusedInAnyWay(Object... words) {
        test = ConsoleOfTest.plain();
        assertThat(test.zigma(words(words))).isNotEqualTo(ExitStatus.DONE);
    }

    private static String[] words(Object... words) {
        List<String> all = new ArrayList<>();
        for (Object word : words) {
            all.add(word.toString());
        }
        return all.toArray(String[]::new);
    }
}

package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.zigma.base.SampleShape;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.checkpoint.CodecFolder;
import io.zigma.cli.terminal.ExitStatus;
import io.zigma.codec.SampleCodec;
import io.zigma.codec.TinyAutoencoders;
import io.zigma.convert.AutoencoderFiles;
import io.zigma.media.ClipSource;
import io.zigma.media.MediaContent;
import io.zigma.media.MediaFormats;
import io.zigma.media.Picture;
import io.zigma.media.PictureFormat;
import io.zigma.media.PictureSource;
import io.zigma.media.PngFile;
import io.zigma.train.data.ClipOptions;
import io.zigma.train.data.DatasetOptions;
import io.zigma.train.data.Datasets;
import io.zigma.train.data.ImageDataset;
import io.zigma.train.data.LatentIndex;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model of clips of latents: encoded frame by frame, trained on, sampled, decoded, measured. */
class ClipLatentsTest {

    @TempDir static Path place;
    private static Path codec;
    private static Path clips;
    private static Path shards;
    private static Path run;

    @TempDir Path folder;

    @BeforeAll
    static void encodeAndTrain() throws IOException {
        codec = place.resolve("codecs/vae");
        Path file =
                AutoencoderFiles.safetensors(
                        AutoencoderFiles.compVis(TinyAutoencoders.HALVING, 3),
                        place.resolve("vae.safetensors"));
        done("import", file, "-o", codec, "--norm-groups", 4, "--scale-factor", 0.5);
        clips = write(place.resolve("clips"), 12);
        shards = place.resolve("shards");
        ConsoleOfTest encoded =
                done(
                        "encode",
                        "--data",
                        clips,
                        "--frames",
                        4,
                        "--stride",
                        2,
                        "--image-size",
                        16,
                        "--codec",
                        codec,
                        "-o",
                        shards,
                        "--shard-size",
                        10,
                        "--mirrored",
                        "--float32");
        assertThat(encoded.err()).contains("24 latents of 4 frames of 8×8×", "3 shards");
        run = place.resolve("run");
        ConsoleOfTest trained =
                done(
                        "train",
                        "--data",
                        shards,
                        "--out",
                        run,
                        "--steps",
                        3,
                        "--batch-size",
                        2,
                        "--hidden-size",
                        8,
                        "--depth",
                        2,
                        "--patch-size",
                        4,
                        "--scan",
                        "factorised-st",
                        "--temporal-positions",
                        "--flip",
                        "--sample-every",
                        3,
                        "--sample-steps",
                        1);
        assertThat(trained.err()).contains("24 clips of 4 frames of 8 × 8, 2 classes");
    }

    @Test
    void theIndexSaysHowClipsWereReadAndWhatTheyAre() throws IOException {
        LatentIndex index = LatentIndex.read(shards);
        assertThat(index.pixels()).isEqualTo(SampleShape.video(4, 3, 16, 16));
        assertThat(index.sample().frames()).isEqualTo(4);
        assertThat(index.clips().sampling().stride()).isEqualTo(2);
        assertThat(Files.readString(shards.resolve(LatentIndex.FILE))).contains("\"version\": 2");
        CheckpointFolder checkpoint = CheckpointFolder.open(run.resolve("checkpoints/00000003"));
        assertThat(checkpoint.config().codec()).contains(index.codec());
        assertThat(checkpoint.config().model().sample()).isEqualTo(index.sample());
        assertThat(checkpoint.config().data().get("clips").getAsString()).contains("stride=2");
    }

    @Test
    void aLatentOfAClipIsThatOfEachOfItsFramesAlsoMirrored() throws IOException {
        ImageDataset latents = Datasets.open(shards, DatasetOptions.defaults());
        ImageDataset pixels =
                Datasets.open(
                        clips,
                        DatasetOptions.defaults()
                                .withFormat(new PictureFormat(3, 16, 16))
                                .withClips(
                                        ClipOptions.parse(latents.clips().get().toString()).get()));
        assertThat(latents.size()).isEqualTo(pixels.size());
        int size = latents.sample().size();
        try (SampleCodec loaded = CodecFolder.open(codec).load(Device.cpu());
                NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            for (boolean flipped : new boolean[] {false, true}) {
                float[] latent = new float[size];
                float[] clip = new float[pixels.sample().size()];
                latents.read(5, flipped, latent, 0);
                pixels.read(5, flipped, clip, 0);
                for (int frame = 0; frame < 4; frame++) {
                    float[] one =
                            Arrays.copyOfRange(
                                    clip, frame * clip.length / 4, (frame + 1) * clip.length / 4);
                    NDArray alone = loaded.encode(manager.create(one, new Shape(1, 3, 16, 16)));
                    float[] expected = alone.toFloatArray();
                    for (int i = 0; i < expected.length; i++) {
                        assertThat(latent[frame * expected.length + i])
                                .isCloseTo(expected[i], within(1e-5f));
                    }
                }
            }
        }
    }

    @Test
    void theRunShowsClipsByTheProjectionAsASheetAndMoving() throws IOException {
        Path sheet = run.resolve("samples/00000003.png");
        Path moving = run.resolve("samples/00000003.gif");
        assertThat(PngFile.readText(sheet)).containsKey("seed");
        assertThat(frames(moving)).hasSize(4);
    }

    @Test
    void generationDecodesFrameByFrameAndVideosGoOn() throws IOException {
        Path plain = folder.resolve("plain_%d.apng");
        generate("-o", plain);
        List<int[]> frames = frames(folder.resolve("plain_0.apng"));
        assertThat(frames).hasSize(4).allMatch(frame -> frame.length == 16 * 16);

        generate("-o", folder.resolve("longer_%d.apng"), "--extend", 3);
        List<int[]> longer = frames(folder.resolve("longer_0.apng"));
        assertThat(longer).hasSize(7);
        for (int i = 0; i < 4; i++) {
            assertThat(longer.get(i)).as("frame %s", i).isEqualTo(frames.get(i));
        }

        Path own = clips.resolve("left/0.apng"); // eight frames, of which every second is taken
        generate("-o", folder.resolve("on_%d.apng"), "--extend", 3, "--init-clip", own);
        List<int[]> on = frames(folder.resolve("on_0.apng"));
        List<int[]> given = frames(own);
        assertThat(on).hasSize(4 + 3);
        for (int i = 0; i < 4; i++) {
            assertThat(on.get(i)).as("frame %s", i).isEqualTo(given.get(2 * i));
        }
    }

    @Test
    void theModelIsMeasuredOnClips() throws IOException {
        Path classifier = folder.resolve("classifier");
        done(
                "train-classifier",
                "--data",
                clips,
                "--frames",
                4,
                "--stride",
                2,
                "--image-size",
                16,
                "--steps",
                2,
                "--batch-size",
                4,
                "--out",
                classifier);
        List<Object> evaluate =
                List.of(
                        "evaluate",
                        "-m",
                        run,
                        "--data",
                        clips,
                        "--reference-split",
                        "holdout",
                        "-n",
                        10,
                        "--seeds",
                        1,
                        "--steps",
                        1,
                        "--json",
                        "--classifier",
                        classifier,
                        "--cache",
                        folder.resolve("cache"));
        ConsoleOfTest alone = ConsoleOfTest.plain();
        assertThat(alone.zigma(texts(evaluate.toArray()))).isEqualTo(ExitStatus.FAILED);
        assertThat(alone.err()).contains("codec vae of SHA-256", "--codec DIR");

        List<Object> named = new ArrayList<>(evaluate);
        named.addAll(List.of("--codec", codec));
        ConsoleOfTest measured = done(named.toArray());
        // one level above the checkpoint is where its codec is found by its hash
        Path beside = Files.createDirectories(run.resolve("codecs/vae"));
        for (String name : List.of(CodecFolder.CONFIG, CodecFolder.WEIGHTS)) {
            Files.copy(codec.resolve(name), beside.resolve(name));
        }
        assertThat(done(evaluate.toArray()).out()).isEqualTo(measured.out());

        JsonObject json = JsonParser.parseString(measured.out()).getAsJsonObject();
        assertThat(json.has("flicker")).isTrue();
        assertThat(json.get("samples").getAsInt()).isEqualTo(10);
        assertThat(measured.err()).contains("24 clips of 4 frames of 16 × 16");
    }

    @Test
    void theRunGoesOnAndOtherRunsBeginFromIt() throws IOException {
        Path copy = folder.resolve("tuned");
        done(
                "train",
                "--data",
                shards,
                "--out",
                copy,
                "--from",
                run,
                "--steps",
                2,
                "--batch-size",
                2,
                "--sample-every",
                0);
        done("train", "--data", shards, "--out", copy, "--resume", "--steps", 3);
        assertThat(copy.resolve("checkpoints/00000003")).isDirectory();
    }

    @Test
    void anInterruptedEncodingEndsWithTheSameBytesAndOtherFramesAreRefused() throws IOException {
        Path again = folder.resolve("again");
        Object[] words = {
            "encode",
            "--data",
            clips,
            "--frames",
            4,
            "--stride",
            2,
            "--image-size",
            16,
            "--codec",
            codec,
            "-o",
            again,
            "--shard-size",
            10,
            "--mirrored",
            "--float32"
        };
        done(words);
        Files.delete(again.resolve("000001.tar"));
        done(words);
        for (String name : List.of("000000.tar", "000001.tar", "000002.tar", "shards.json")) {
            assertThat(again.resolve(name)).hasSameBinaryContentAs(shards.resolve(name));
        }
        words[4] = 2;
        ConsoleOfTest console = ConsoleOfTest.plain();
        assertThat(console.zigma(texts(words))).isEqualTo(ExitStatus.FAILED);
        assertThat(console.err()).contains("holds latents of other pictures or settings");
    }

    @Test
    void optionsOfClipsAreRefusedForLatents() {
        ConsoleOfTest console = ConsoleOfTest.plain();
        assertThat(
                        console.zigma(
                                texts(
                                        "train",
                                        "--data",
                                        shards,
                                        "--out",
                                        folder.resolve("no"),
                                        "--frames",
                                        4)))
                .isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(console.err()).contains("--frames is for clips, and", "holds latents");
    }

    private void generate(Object... more) {
        List<Object> words =
                new ArrayList<>(
                        List.of("generate", "-m", run, "-c", "left", "-s", 3, "--steps", 2));
        words.addAll(List.of("--codec", codec));
        words.addAll(List.of(more));
        done(words.toArray());
    }

    private static ConsoleOfTest done(Object... words) {
        ConsoleOfTest console = ConsoleOfTest.plain();
        assertThat(console.zigma(texts(words))).as(console.err()).isEqualTo(ExitStatus.DONE);
        return console;
    }

    private static String[] texts(Object... words) {
        return Arrays.stream(words).map(Object::toString).toArray(String[]::new);
    }

    private static List<int[]> frames(Path file) throws IOException {
        List<int[]> frames = new ArrayList<>();
        ClipSource.file(PictureSource.of(file))
                .read(
                        frame -> {
                            Picture picture = frame.picture(3);
                            int width = picture.width();
                            int[] pixels = new int[width * picture.height()];
                            float[] row = new float[3 * width];
                            for (int y = 0; y < picture.height(); y++) {
                                picture.row(y, row);
                                for (int x = 0; x < width; x++) {
                                    pixels[y * width + x] =
                                            Math.round(row[x]) << 16
                                                    | Math.round(row[width + x]) << 8
                                                    | Math.round(row[2 * width + x]);
                                }
                            }
                            frames.add(pixels);
                            return true;
                        });
        return frames;
    }

    /** Writes clips of eight frames, bars that go to the left or to the right. */
    private static Path write(Path folder, int each) throws IOException {
        Duration tenth = Duration.ofMillis(100);
        for (String name : List.of("left", "right")) {
            Files.createDirectories(folder.resolve(name));
            for (int i = 0; i < each; i++) {
                List<BufferedImage> frames = new ArrayList<>();
                for (int t = 0; t < 8; t++) {
                    BufferedImage frame = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
                    int bar = (name.equals("left") ? 32 + i - t : i + t) % 16;
                    for (int y = 0; y < 16; y++) {
                        frame.setRGB(bar, y, 0x4000ff + 0x0a00 * i);
                    }
                    frames.add(frame);
                }
                MediaFormats.APNG.write(
                        folder.resolve(name).resolve(i + ".apng"),
                        new MediaContent(frames, tenth, tenth, Map.of()));
            }
        }
        return folder;
    }
}

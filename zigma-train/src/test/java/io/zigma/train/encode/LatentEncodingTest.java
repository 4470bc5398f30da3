package io.zigma.train.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.codec.AutoencoderCodec;
import io.zigma.codec.AutoencoderConfig;
import io.zigma.codec.CodecReference;
import io.zigma.codec.TinyAutoencoders;
import io.zigma.op.Precision;
import io.zigma.train.CaptionedStripes;
import io.zigma.train.WordHashEncoder;
import io.zigma.train.data.DatasetException;
import io.zigma.train.data.DatasetOptions;
import io.zigma.train.data.Datasets;
import io.zigma.train.data.ImageDataset;
import io.zigma.train.data.LatentIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Latents in shards: what was encoded, whole, resumable, and refused where they are damaged. */
class LatentEncodingTest {

    private static final AutoencoderConfig GREY =
            new AutoencoderConfig(
                    1, 4, 4, 8, List.of(8, 16), 1, List.of(), true, 4, 1e-6, true, true, 0.5, 0);

    private static final CodecReference REFERENCE =
            new CodecReference("autoencoder-kl", "tiny", "ab".repeat(32));

    @TempDir Path place;
    private final ImageDataset data = new CaptionedStripes();
    private final AutoencoderCodec codec = TinyAutoencoders.codec(GREY, 3);
    private final WordHashEncoder texts = new WordHashEncoder();
    private Path folder = Path.of("");

    @BeforeEach
    void name() {
        folder = place.resolve("shards");
    }

    @AfterEach
    void close() {
        codec.close();
    }

    private LatentEncoding encoding(Path into, boolean half) {
        return encoding(codec, into, half, Precision.FLOAT32);
    }

    private LatentEncoding encoding(
            AutoencoderCodec codec, Path into, boolean half, Precision precision) {
        return new LatentEncoding(
                into,
                data,
                new SampleEncoder(
                        REFERENCE,
                        codec,
                        new EncodingSettings(7, true, half, 6, precision),
                        texts,
                        Device.cpu()));
    }

    private LatentIndex encode(Path into) throws IOException {
        return encoding(into, true).run(Optional.empty(), (done, total) -> {}).orElseThrow();
    }

    private static ImageDataset open(Path folder) throws IOException {
        return Datasets.open(folder, DatasetOptions.defaults());
    }

    private float[] expected(int picture, boolean flipped) {
        float[] pixels = new float[data.height() * data.width()];
        data.read(picture, flipped, pixels, 0);
        try (NDManager manager = NDManager.newBaseManager(Device.cpu());
                NDArray batch =
                        manager.create(pixels, new Shape(1, 1, data.height(), data.width()))) {
            return codec.encode(batch).toFloatArray();
        }
    }

    @Test
    void whatIsReadIsWhatTheCodecMakes() throws IOException {
        LatentIndex index = encode(folder);

        ImageDataset latents = open(folder);
        assertThat(latents.size()).isEqualTo(data.size());
        assertThat(latents.labels()).isEqualTo(data.labels());
        assertThat(latents.codec()).contains(REFERENCE);
        assertThat(latents.channels()).isEqualTo(4);
        assertThat(latents.height()).isEqualTo(data.height() / 2);
        assertThat(latents.canFlip()).isTrue();
        assertThat(latents.contentHash()).isEqualTo(index.contentHash());
        for (int i = 0; i < data.size(); i++) {
            assertThat(latents.label(i)).isEqualTo(data.label(i));
            assertThat(latents.captions(i)).isEqualTo(data.captions(i));
            for (boolean flipped : new boolean[] {false, true}) {
                float[] wanted = expected(i, flipped);
                float[] read = new float[wanted.length];
                latents.read(i, flipped, read, 0);
                for (int k = 0; k < read.length; k++) {
                    assertThat(read[k])
                            .isCloseTo(
                                    wanted[k],
                                    org.assertj.core.api.Assertions.within(
                                            Math.abs(wanted[k]) / 1024 + 1e-6f));
                }
            }
        }
    }

    @Test
    void inBfloat16LatentsAreAlmostTheSameAndNotMixedWithOthers() throws IOException {
        Assumptions.assumeTrue(
                Precision.BFLOAT16.isAvailable(Device.cpu()),
                "this processor does not multiply in bfloat16");
        List<float[]> rounded;
        List<float[]> plain;
        try (AutoencoderCodec wide = TinyAutoencoders.codec(TinyAutoencoders.wide(1), 3)) {
            rounded = latents(encoding(wide, folder, false, Precision.BFLOAT16));
            assertThatThrownBy(() -> latents(encoding(wide, folder, false, Precision.FLOAT32)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("other pictures or settings");
            Files.move(folder, place.resolve("rounded"));
            plain = latents(encoding(wide, folder, false, Precision.FLOAT32));
        }
        double difference = 0;
        double size = 0;
        for (int i = 0; i < plain.size(); i++) {
            for (int k = 0; k < plain.get(i).length; k++) {
                difference += Math.pow(rounded.get(i)[k] - plain.get(i)[k], 2);
                size += Math.pow(plain.get(i)[k], 2);
            }
        }
        assertThat(Math.sqrt(difference / size)).isBetween(1e-5, 0.02);
    }

    /** Encodes into the folder, and reads what is there then. */
    private List<float[]> latents(LatentEncoding encoding) throws IOException {
        assertThat(encoding.run(Optional.empty(), (done, total) -> {})).isPresent();
        ImageDataset read = open(folder);
        List<float[]> latents = new ArrayList<>();
        for (int i = 0; i < read.size(); i++) {
            float[] latent = new float[(int) read.sample().size()];
            read.read(i, false, latent, 0);
            latents.add(latent);
        }
        return latents;
    }

    @Test
    void tokensOfCaptionsAreStoredAndReadByText() throws IOException {
        encode(folder);
        var stored = open(folder).storedTexts().orElseThrow();
        assertThat(stored.encoder()).isEqualTo(texts.reference());
        assertThat(stored.tokens()).isEqualTo(6);
        String caption = data.captions(0).get(0);
        float[] tokens = stored.read(caption).orElseThrow();
        assertThat(tokens.length % WordHashEncoder.SIZE).isZero();
        assertThat(tokens.length / WordHashEncoder.SIZE)
                .isEqualTo(Math.min(6, texts.tokenize(caption).tokens()));
        assertThat(stored.read("a caption of no picture")).isEmpty();
    }

    @Test
    void anInterruptedEncodingIsCompletedToTheSameBytes() throws IOException {
        encode(folder);
        Path broken = place.resolve("broken");
        LatentEncoding stopped = encoding(broken, true);
        assertThat(
                        stopped.run(
                                Optional.empty(),
                                (done, total) -> {
                                    if (done > 8) {
                                        stopped.stop();
                                    }
                                }))
                .isEmpty();
        assertThat(LatentIndex.isIn(broken)).isFalse();
        assertThatThrownBy(() -> open(broken))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("broken: holds a part of the latents")
                .hasMessageContaining("zigma encode");
        assertThat(broken.resolve("000001.tar")).exists();
        assertThat(broken.resolve("000002.tar")).doesNotExist();
        byte[] first = Files.readAllBytes(broken.resolve("000000.tar"));
        assertThat(first).isEqualTo(Files.readAllBytes(folder.resolve("000000.tar")));

        encode(broken);

        try (Stream<Path> files = Files.list(folder)) {
            for (Path file :
                    files.filter(path -> !path.getFileName().toString().startsWith("."))
                            .filter(Files::isRegularFile)
                            .toList()) {
                assertThat(broken.resolve(file.getFileName().toString()))
                        .hasSameBinaryContentAs(file);
            }
        }
    }

    @Test
    void aShardThatWasDamagedIsRefusedByNameAndMadeAgain() throws IOException {
        encode(folder);
        Path shard = folder.resolve("000001.tar");
        byte[] sound = Files.readAllBytes(shard);
        byte[] damaged = sound.clone();
        damaged[650] ^= 1; // a latent's number
        Files.write(shard, damaged);
        assertThatThrownBy(() -> open(folder))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("000001.tar: is damaged");
        Files.delete(shard);
        assertThatThrownBy(() -> open(folder))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("000001.tar: is missing");

        encode(folder);

        assertThat(shard).hasBinaryContent(sound);
        assertThat(open(folder).size()).isEqualTo(data.size());
    }

    @Test
    void otherPicturesOrSettingsAreNotMixedIn() throws IOException {
        encode(folder);
        assertThatThrownBy(() -> encoding(folder, false).run(Optional.empty(), (done, total) -> {}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("other pictures or settings");
        Path other = Files.createDirectories(place.resolve("other"));
        Files.writeString(other.resolve("thesis.txt"), "mine");
        assertThatThrownBy(() -> encode(other)).hasMessageContaining("holds something else");
        assertThat(other.resolve("thesis.txt")).hasContent("mine");
    }

    @Test
    void latentsAreNotEncodedAgain() throws IOException {
        encode(folder);
        ImageDataset latents = open(folder);
        assertThatThrownBy(
                        () ->
                                new LatentEncoding(
                                        place.resolve("twice"),
                                        latents,
                                        new SampleEncoder(
                                                REFERENCE,
                                                codec,
                                                EncodingSettings.DEFAULT,
                                                null,
                                                Device.cpu())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("holds latents already");
    }

    @Test
    void shardsAreAsSha256sumChecksThem() throws IOException {
        encode(folder);
        List<String> lines = Files.readAllLines(folder.resolve(LatentEncoding.SUMS));
        assertThat(lines).hasSize((data.size() + 6) / 7);
        for (int i = 0; i < lines.size(); i++) {
            String name = String.format(Locale.ROOT, "%06d.tar", i);
            assertThat(lines.get(i))
                    .isEqualTo(io.zigma.io.ContentHash.ofFile(folder.resolve(name)) + "  " + name);
        }
    }
}

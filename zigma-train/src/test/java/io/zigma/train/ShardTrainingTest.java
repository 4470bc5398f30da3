package io.zigma.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import io.zigma.backbone.zigma.Positions;
import io.zigma.backbone.zigma.TinyModels;
import io.zigma.backbone.zigma.ZigMaConfig;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.codec.AutoencoderCodec;
import io.zigma.codec.AutoencoderConfig;
import io.zigma.codec.CodecReference;
import io.zigma.codec.TinyAutoencoders;
import io.zigma.condition.ByClass;
import io.zigma.media.PictureFormat;
import io.zigma.nn.MambaConfig;
import io.zigma.nn.NormKind;
import io.zigma.op.Precision;
import io.zigma.scan.Zigzag;
import io.zigma.train.config.Cadence;
import io.zigma.train.config.TrainingConfig;
import io.zigma.train.data.DatasetOptions;
import io.zigma.train.data.Datasets;
import io.zigma.train.data.ImageDataset;
import io.zigma.train.data.TinyTar;
import io.zigma.train.encode.EncodingSettings;
import io.zigma.train.encode.LatentEncoding;
import io.zigma.train.encode.SampleEncoder;
import io.zigma.train.listen.StepReport;
import io.zigma.train.listen.TrainingListener;
import io.zigma.train.run.RunException;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training on shards, of pictures and of latents: resumed in the midst of one, the same bytes. */
class ShardTrainingTest {

    private static final AutoencoderConfig GREY =
            new AutoencoderConfig(
                    1, 4, 4, 8, List.of(8, 16), 1, List.of(), true, 4, 1e-6, true, true, 0.5, 0);

    @TempDir Path place;

    /** Four shards of five pictures, 4 × 6 grey, three classes. */
    private ImageDataset pictures() throws IOException {
        Path shards = Files.createDirectories(place.resolve("pictures"));
        for (int shard = 0; shard < 4; shard++) {
            TinyTar tar = new TinyTar();
            for (int i = 0; i < 5; i++) {
                String key = String.format(Locale.ROOT, "%04d", 5 * shard + i);
                tar.with(key + ".cls", Integer.toString((5 * shard + i) % 3));
                tar.with(key + ".png", png(5 * shard + i));
            }
            tar.write(shards.resolve(shard + ".tar"));
        }
        return Datasets.open(
                shards, DatasetOptions.defaults().withFormat(new PictureFormat(1, 4, 6)));
    }

    private static byte[] png(int number) throws IOException {
        BufferedImage image = new BufferedImage(6, 4, BufferedImage.TYPE_INT_RGB);
        for (int x = 0; x < 6; x++) {
            int level = (40 * number + 50 * x) % 256;
            image.setRGB(x, number % 4, new Color(level, level, level).getRGB());
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(image, "png", out);
        return out.toByteArray();
    }

    private static CodecReference reference(char digit) {
        return new CodecReference("autoencoder-kl", "tiny-" + digit, ("" + digit).repeat(64));
    }

    private ImageDataset latents(char digit, boolean mirrored) throws IOException {
        Path folder = place.resolve("latents-" + digit + mirrored);
        try (AutoencoderCodec codec = TinyAutoencoders.codec(GREY, digit)) {
            new LatentEncoding(
                            folder,
                            pictures(),
                            new SampleEncoder(
                                    reference(digit),
                                    codec,
                                    new EncodingSettings(5, mirrored, true, 0, Precision.FLOAT32),
                                    null,
                                    Device.cpu()))
                    .run(Optional.empty(), (done, total) -> {});
        }
        return Datasets.open(folder, DatasetOptions.defaults());
    }

    private static TrainingConfig ofPictures() {
        return TinyRuns.config(TinyModels.CONDITIONAL).withShuffleBuffer(4);
    }

    private static TrainingConfig ofLatents() {
        return TinyRuns.config(
                        new ZigMaConfig(
                                2,
                                3,
                                4,
                                1,
                                8,
                                2,
                                new Zigzag(8),
                                MambaConfig.PUBLISHED,
                                Positions.LEARNED,
                                NormKind.RMS,
                                1e-5,
                                0,
                                new ByClass(3, true)))
                .withShuffleBuffer(4)
                .withCadence(new Cadence(5, 10, 6, 4, 1));
    }

    private Path finished(String name, TrainingConfig config, ImageDataset data)
            throws IOException {
        Path run = place.resolve(name);
        try (Training training =
                Training.start(
                        TrainingRequest.of(run, config, data)
                                .withProvenance(TinyRuns.PROVENANCE))) {
            training.run();
        }
        return run;
    }

    private void endsWithTheSameBytes(TrainingConfig config, ImageDataset data, ImageDataset again)
            throws IOException {
        Path straight = finished("straight", config, data);
        Path broken = place.resolve("broken");
        try (Training training =
                Training.start(
                        TrainingRequest.of(broken, config, data)
                                .withProvenance(TinyRuns.PROVENANCE))) {
            training.addListener(
                    new TrainingListener() {
                        @Override
                        public void afterStep(StepReport report) throws IOException {
                            if (report.step() == 8) { // 48 pictures: in the third epoch
                                throw new IOException("interrupted on purpose");
                            }
                        }
                    });
            assertThatThrownBy(training::run).hasMessage("interrupted on purpose");
        }
        // the newest checkpoint is after 30 pictures, the middle of a shard and of a block
        try (Training training =
                Training.resume(
                        TrainingRequest.of(broken, Training.configuration(broken), again)
                                .withProvenance(TinyRuns.PROVENANCE))) {
            assertThat(training.step()).isEqualTo(5);
            training.run();
        }
        for (String file : List.of("model.safetensors", "training.safetensors")) {
            assertThat(broken.resolve("checkpoints/00000012").resolve(file))
                    .hasSameBinaryContentAs(straight.resolve("checkpoints/00000012").resolve(file));
        }
    }

    @Test
    void aRunOnShardsOfPicturesResumesInTheMidstOfOne() throws IOException {
        endsWithTheSameBytes(ofPictures(), pictures(), pictures());
    }

    @Test
    void aRunOnShardsOfLatentsResumesInTheMidstOfOne() throws IOException {
        endsWithTheSameBytes(ofLatents(), latents('a', true), latents('a', true));
    }

    @Test
    void theBufferChangesTheOrderAndCannotChangeWhenARunIsResumed() throws IOException {
        Path shards = finished("shards", ofPictures(), pictures());
        Path all = finished("all", ofPictures().withShuffleBuffer(0), pictures());
        String weights = "checkpoints/00000012/model.safetensors";
        assertThat(Files.mismatch(shards.resolve(weights), all.resolve(weights))).isNotEqualTo(-1);
        assertThat(Training.configuration(shards)).isEqualTo(ofPictures());
        assertThatThrownBy(
                        () ->
                                Training.resume(
                                        TrainingRequest.of(
                                                        shards,
                                                        ofPictures()
                                                                .withShuffleBuffer(7)
                                                                .withSteps(20),
                                                        pictures())
                                                .withProvenance(TinyRuns.PROVENANCE)))
                .isInstanceOf(RunException.class)
                .hasMessageContaining("shuffle-buffer");
    }

    @Test
    void aCheckpointNamesTheCodecAndSamplesAreShownWithoutIt() throws IOException {
        ImageDataset data = latents('a', true);
        Path run = finished("run", ofLatents(), data);
        CheckpointFolder checkpoint = CheckpointFolder.open(run.resolve("checkpoints/00000012"));
        assertThat(checkpoint.config().codec()).contains(reference('a'));
        BufferedImage samples = ImageIO.read(run.resolve("samples/00000012.png").toFile());
        assertThat(samples.getWidth()).isGreaterThan(2 * 3 * 40);
    }

    @Test
    void anotherCodecsLatentsAreRefusedByName() throws IOException {
        Path run = finished("run", ofLatents(), latents('a', true));
        ImageDataset other = latents('b', true);
        assertThatThrownBy(
                        () ->
                                Training.resume(
                                        TrainingRequest.of(run, Training.configuration(run), other)
                                                .withProvenance(TinyRuns.PROVENANCE)))
                .isInstanceOf(RunException.class)
                .hasMessageContaining("latents of the codec tiny-a")
                .hasMessageContaining("latents of the codec tiny-b");
        CheckpointFolder checkpoint = CheckpointFolder.open(run.resolve("checkpoints/00000012"));
        TrainingConfig tuning = TrainingConfig.of(checkpoint, other).withSteps(2);
        assertThatThrownBy(
                        () ->
                                Training.start(
                                        TrainingRequest.of(place.resolve("tuned"), tuning, other)
                                                .withProvenance(TinyRuns.PROVENANCE),
                                        checkpoint))
                .isInstanceOf(RunException.class)
                .hasMessageContaining("tiny-a")
                .hasMessageContaining("tiny-b");
        assertThat(place.resolve("tuned")).doesNotExist();
    }

    @Test
    void mirroringLatentsNeedsThoseOfMirroredPictures() throws IOException {
        ImageDataset plain = latents('a', false);
        assertThatThrownBy(() -> finished("run", ofLatents(), plain))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--mirrored");
        finished("unmirrored", ofLatents().withFlip(false), plain);
    }
}

package io.zigma.eval.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import io.zigma.base.SampleShape;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.checkpoint.TinyCheckpoints;
import io.zigma.diffusion.GuidanceStrength;
import io.zigma.eval.ClassPlan;
import io.zigma.eval.Pictures;
import io.zigma.eval.Samples;
import io.zigma.media.PictureFormat;
import io.zigma.pipeline.GenerationListener;
import io.zigma.pipeline.GenerationRequest;
import io.zigma.pipeline.ImageGenerator;
import io.zigma.sampler.Sampler;
import io.zigma.sampler.Samplers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SamplingTest {

    private static final GuidanceStrength SOME = new GuidanceStrength(1.5);

    private static final SampleShape FORMAT = SampleShape.image(1, 4, 6);
    private static final Sampling.Listener NO_LISTENER = (done, total) -> {};

    @TempDir Path folder;
    private CheckpointFolder checkpoint;
    private ImageGenerator generator;

    @BeforeEach
    void loadAModel() throws IOException {
        checkpoint = TinyCheckpoints.write(Files.createDirectory(folder.resolve("model")), 4);
        generator = ImageGenerator.load(checkpoint, Device.cpu());
    }

    @AfterEach
    void freeTheModel() {
        generator.close();
    }

    @Test
    void aRunThatWasStoppedEndsWithTheSamplesOfOneThatWasNot() throws IOException {
        Samples whole = sampling("whole", 7).take(generator, settings(1), FORMAT, 150, NO_LISTENER);
        Sampling stopped = sampling("stopped", 16);
        assertThatThrownBy(
                        () ->
                                stopped.take(
                                        generator,
                                        settings(1),
                                        FORMAT,
                                        150,
                                        (done, total) -> {
                                            if (done >= 100) {
                                                throw new CancellationException("enough");
                                            }
                                        }))
                .isInstanceOf(CancellationException.class);
        assertThat(stopped.stored(settings(1), FORMAT, 150))
                .as("stored samples")
                .isEqualTo(SampleStore.SHARD);
        Samples resumed = stopped.take(generator, settings(1), FORMAT, 150, NO_LISTENER);
        assertThat(resumed.pictures().levels()).isEqualTo(whole.pictures().levels());
        assertThat(resumed.labels()).isEqualTo(whole.labels());
        assertThat(resumed.evaluations()).isEqualTo(whole.evaluations());
    }

    @Test
    void moreSamplesBeginWithThoseThatAreThere() throws IOException {
        Sampling sampling = sampling("more", 16);
        Samples few = sampling.take(generator, settings(1), FORMAT, 20, NO_LISTENER);
        int[] made = new int[1];
        Samples many =
                sampling.take(
                        generator,
                        settings(1),
                        FORMAT,
                        70,
                        (done, total) -> made[0] = made[0] == 0 ? done : made[0]);
        assertThat(made[0]).as("where the progress begins").isEqualTo(20);
        assertThat(many.pictures().slice(0, 20).levels()).isEqualTo(few.pictures().levels());
        assertThat(
                        sampling.take(generator, settings(1), FORMAT, 20, NO_LISTENER)
                                .pictures()
                                .levels())
                .isEqualTo(few.pictures().levels());
    }

    @Test
    void aSampleCanBeMadeAgainFromItsOwnSeed() throws IOException {
        SampleSettings settings = settings(3);
        Samples samples = sampling("seeds", 16).take(generator, settings, FORMAT, 12, NO_LISTENER);
        assertThat(settings.imageSeed(11)).isEqualTo(3 * (1L << 32) + 11);
        Pictures alone =
                Pictures.of(
                        new PictureFormat(1, 4, 6),
                        List.of(
                                generator
                                        .generate(
                                                GenerationRequest.of(
                                                        samples.labels()[11],
                                                        1,
                                                        settings.imageSeed(11),
                                                        settings.sampler(),
                                                        settings.guidance().scale()),
                                                GenerationListener.NONE)
                                        .get(0)
                                        .picture()));
        assertThat(alone.levels()).isEqualTo(samples.pictures().slice(11, 12).levels());
    }

    @Test
    void evaluationsAreCountedForEachPictureAndGuidanceCountsOnce() throws IOException {
        Samples samples =
                sampling("count", 16).take(generator, settings(1), FORMAT, 10, NO_LISTENER);
        assertThat(samples.evaluations()).as("three steps of Heun's method").isEqualTo(6);
        assertThat(samples.passes()).as("each with and without the class").isEqualTo(12);
    }

    @Test
    void passesAreCountedWhereGuidanceWorks() throws IOException {
        SampleSettings settings =
                settings(Samplers.of("heun", 2), new GuidanceStrength(1.5, 0.4, 0.6));
        Samples samples = sampling("passes", 16).take(generator, settings, FORMAT, 10, NO_LISTENER);
        assertThat(samples.evaluations()).as("at 0, 0.5, 0.5 and 1").isEqualTo(4);
        assertThat(samples.passes()).as("two of them with and without the class").isEqualTo(6);
        Samples again = sampling("passes", 16).take(generator, settings, FORMAT, 7, NO_LISTENER);
        assertThat(again.passes()).as("of stored samples").isEqualTo(6);
    }

    @Test
    void otherSettingsAreStoredInOtherFolders() throws IOException {
        List<SampleSettings> all =
                List.of(
                        settings(1),
                        settings(2),
                        settings(1).withCodec("ab".repeat(32)),
                        settings(Samplers.of("heun", 2), SOME),
                        settings(Samplers.of("euler", 3), SOME),
                        settings(Samplers.of("heun", 3), new GuidanceStrength(1.5, 0.5, 1)),
                        settings(Samplers.of("heun", 3), GuidanceStrength.NONE));
        for (SampleSettings settings : all) {
            sampling("many", 16).take(generator, settings, FORMAT, 10, NO_LISTENER);
        }
        try (Stream<Path> folders = Files.list(folder.resolve("many"))) {
            assertThat(folders).hasSize(all.size());
        }
    }

    @Test
    void samplesUnderTheWrongNameAreRefusedByName() throws IOException {
        Sampling sampling = sampling("moved", 16);
        sampling.take(generator, settings(1), FORMAT, 10, NO_LISTENER);
        sampling.take(generator, settings(2), FORMAT, 10, NO_LISTENER);
        Path file = Path.of("000000.safetensors");
        Path wrong = folder.resolve("moved").resolve(settings(2).key()).resolve(file);
        Files.delete(wrong);
        Files.copy(folder.resolve("moved").resolve(settings(1).key()).resolve(file), wrong);
        assertThatThrownBy(() -> sampling.take(generator, settings(2), FORMAT, 10, NO_LISTENER))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(wrong.toString())
                .hasMessageContaining("delete it");
    }

    private Sampling sampling(String name, int batch) {
        return new Sampling(folder.resolve(name), batch);
    }

    private SampleSettings settings(long seed) {
        return SampleSettings.of(
                checkpoint, Samplers.of("heun", 3), SOME, ClassPlan.equal(3), seed);
    }

    private SampleSettings settings(Sampler sampler, GuidanceStrength guidance) {
        return SampleSettings.of(checkpoint, sampler, guidance, ClassPlan.equal(3), 1);
    }
}

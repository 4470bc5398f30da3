package io.zigma.train.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zigma.media.PictureFormat;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchesTest {

    @TempDir Path folder;

    @Property(tries = 100)
    void everyEpochShowsEveryPictureOnce(
            @ForAll @IntRange(min = 1, max = 50) int size,
            @ForAll long seed,
            @ForAll @LongRange(min = 0, max = 1L << 40) long epoch) {
        SampleOrder order = new SampleOrder(size, seed);
        assertThat(IntStream.range(0, size).map(i -> order.index(epoch * size + i)).toArray())
                .containsExactlyInAnyOrder(IntStream.range(0, size).toArray());
    }

    @Test
    void epochsAndSeedsHaveOrdersOfTheirOwn() {
        Set<List<Integer>> orders = new HashSet<>();
        for (long seed = 0; seed < 5; seed++) {
            SampleOrder order = new SampleOrder(20, seed);
            for (int epoch = 0; epoch < 5; epoch++) {
                List<Integer> indices = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    indices.add(order.index(epoch * 20L + i));
                }
                orders.add(indices);
            }
        }
        assertThat(orders).hasSize(25);
    }

    @Test
    void everyPictureComesToEveryPositionAboutAsOften() {
        int[][] seen = new int[5][5];
        SampleOrder order = new SampleOrder(5, 9);
        for (int position = 0; position < 5 * 10_000; position++) {
            seen[position % 5][order.index(position)]++;
        }
        for (int[] place : seen) {
            // 2000 expected, standard deviation 40
            assertThat(Arrays.stream(place)).allMatch(count -> count > 1800 && count < 2200);
        }
    }

    @Test
    void aboutHalfOfThePicturesAreFlipped() {
        SampleOrder order = new SampleOrder(5, 9);
        long flipped = IntStream.range(0, 10_000).filter(order::flipped).count();
        // standard deviation 50
        assertThat(flipped).isBetween(4750L, 5250L);
    }

    @Test
    void everyCaptionOfAPictureComesAboutAsOften() {
        SampleOrder order = new SampleOrder(5, 9);
        for (int count : new int[] {1, 2, 3, 8}) {
            int[] seen = new int[count];
            for (int position = 0; position < 8000; position++) {
                seen[order.choice(position, count)]++;
            }
            // of 8, 1000 expected, standard deviation 30
            assertThat(Arrays.stream(seen))
                    .allMatch(times -> Math.abs(times - 8000.0 / count) < 200);
        }
    }

    @Test
    void captionsAreChosenApartFromMirroring() {
        SampleOrder order = new SampleOrder(5, 9);
        long same =
                IntStream.range(0, 10_000)
                        .filter(i -> order.flipped(i) == (order.choice(i, 2) == 1))
                        .count();
        assertThat(same).isBetween(4750L, 5250L);
    }

    @Test
    void aBatchHasACaptionForEveryPictureAndResumesWithTheSame() throws IOException {
        for (int i = 0; i < 5; i++) {
            TinyPictures.write(folder.resolve(i + ".png"), new Color(50 * i, 0, 0));
        }
        ImageDataset plain = Datasets.open(folder, TinyPictures.COLOUR);
        for (int i = 0; i < 5; i++) {
            Files.writeString(
                    folder.resolve(i + ".txt"),
                    String.format(Locale.ROOT, "first of %d\nsecond of %d\n", i, i));
        }
        ImageDataset data = Datasets.open(folder, TinyPictures.COLOUR);
        BatchPlan plan = new BatchPlan(3, 11, true);
        Set<String> seen = new HashSet<>();
        try (Batches batches = Batches.from(data, plan, 0);
                Batches resumed = Batches.from(data, plan, 12);
                Batches without = Batches.from(plain, plan, 0)) {
            List<String> later = List.of();
            for (int i = 0; i < 20; i++) {
                Batch batch = batches.next();
                Batch bare = without.next();
                assertThat(batch.captions()).hasSize(3);
                assertThat(bare.captions()).isEmpty();
                assertThat(batch.images()).isEqualTo(bare.images());
                seen.addAll(batch.captions());
                later = i == 4 ? batch.captions() : later;
            }
            assertThat(resumed.next().captions()).isEqualTo(later);
        }
        assertThat(seen).hasSize(10);
    }

    @Test
    void aStreamThatResumesGivesTheSameBatches() throws IOException {
        ImageDataset data = fivePictures();
        BatchPlan plan = new BatchPlan(3, 11, true);
        try (Batches whole = Batches.from(data, plan, 0);
                Batches resumed = Batches.from(data, plan, 12)) {
            Batch batch = whole.next();
            while (batch.position() < 12) {
                assertThat(batch.nextPosition()).isEqualTo(batch.position() + 3);
                batch = whole.next();
            }
            for (int i = 0; i < 10; i++) {
                Batch same = resumed.next();
                assertThat(same.position()).isEqualTo(batch.position());
                assertThat(same.images()).isEqualTo(batch.images());
                assertThat(same.labels()).isEqualTo(batch.labels());
                batch = whole.next();
            }
        }
    }

    @Test
    void aBatchHoldsItsPicturesOneAfterTheOther() throws IOException {
        ImageDataset data = fivePictures();
        try (Batches batches = Batches.from(data, new BatchPlan(5, 1, false), 0)) {
            Batch batch = batches.next();
            assertThat(batch.size()).isEqualTo(5);
            for (int i = 0; i < 5; i++) {
                // the picture's class is its number
                float[] picture = new float[6];
                data.read(batch.labels()[i], false, picture, 0);
                assertThat(Arrays.copyOfRange(batch.images(), 6 * i, 6 * i + 6)).isEqualTo(picture);
            }
        }
    }

    @Test
    void someBatchesAreFlippedAndTheOthersAreNot() throws IOException {
        ImageDataset data = fivePictures();
        int flipped = 0;
        try (Batches batches = Batches.from(data, new BatchPlan(1, 1, true), 0)) {
            for (int i = 0; i < 40; i++) {
                Batch batch = batches.next();
                float[] straight = new float[6];
                float[] mirrored = new float[6];
                data.read(batch.labels()[0], false, straight, 0);
                data.read(batch.labels()[0], true, mirrored, 0);
                assertThat(batch.images()).isIn(straight, mirrored);
                flipped += Arrays.equals(batch.images(), mirrored) ? 1 : 0;
            }
        }
        assertThat(flipped).isBetween(5, 35);
    }

    @Test
    void aClosedStreamHasNoThreadAndNoBatches() throws IOException {
        Batches batches = Batches.from(fivePictures(), new BatchPlan(2, 1, true), 0);
        batches.close();
        batches.close();
        assertThatThrownBy(batches::next)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().equals("zigma-batches"));
    }

    @Test
    void aPictureThatGoesAwayIsReportedToTheReceiver() throws IOException {
        Path file = folder.resolve("a.png");
        ImageIO.write(new BufferedImage(4, 4, BufferedImage.TYPE_INT_RGB), "png", file.toFile());
        ImageDataset data =
                Datasets.open(
                        folder,
                        DatasetOptions.defaults()
                                .withFormat(new PictureFormat(3, 4, 4))
                                .withCacheBytes(0));
        Files.delete(file);
        try (Batches batches = Batches.from(data, new BatchPlan(1, 1, false), 0)) {
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(batches::next)
                        .isInstanceOf(UncheckedIOException.class)
                        .hasMessageContaining("a.png");
            }
        }
    }

    @Test
    void aBatchTooLargeForAnArrayIsRefused() throws IOException {
        ImageDataset data = fivePictures();
        assertThatThrownBy(() -> Batches.from(data, new BatchPlan(1 << 30, 1, false), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("use smaller batches");
    }

    private ImageDataset fivePictures() throws IOException {
        return Datasets.open(
                IdxFiles.folder(folder, "", (byte) 0, (byte) 1, (byte) 2, (byte) 3, (byte) 4),
                DatasetOptions.defaults());
    }
}

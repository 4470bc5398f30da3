package io.zigma.train.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.media.PictureFormat;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PictureCacheTest {

    /** By then, files that were written just now are old enough to be trusted. */
    private static final Clock LATER = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(1));

    @TempDir Path place;
    private Path folder;
    private Path kept;

    @BeforeEach
    void makeFolders() throws IOException {
        folder = place.resolve("data");
        kept = place.resolve("kept");
        for (int i = 0; i < 3; i++) {
            TinyPictures.write(folder.resolve("a/" + i + ".png"), new Color(10 * i, 0, 0));
        }
    }

    @Test
    void theSecondOpeningDecodesNothingAndIsTheSame() throws IOException {
        ImageDataset first = open(LATER, 1 << 20);
        // only the cache knows these pixels
        byte[] before = Files.readAllBytes(onlyFile());
        PictureStore store = cache(LATER, 1 << 20).open(folder, TinyPictures.COLOUR.format());
        PictureTree.Branch tree = FolderTree.read(folder, false, false, new Findings());
        assertThat(tree.all()).allMatch(leaf -> store.find(leaf) != null);
        store.close();
        assertSame(open(LATER, 1 << 20), first);
        assertThat(Files.readAllBytes(onlyFile())).isEqualTo(before);
    }

    @Test
    void aFileThatChangedIsReadAgain() throws IOException {
        open(LATER, 1 << 20);
        Path changed = folder.resolve("a/1.png");
        FileTime time = Files.getLastModifiedTime(changed);
        byte[] other = TinyPictures.png(new Color(77, 0, 0));
        assertThat(Files.size(changed)).as("the same size").isEqualTo(other.length);
        Files.write(changed, other);
        // as a program does that preserves times
        Files.setLastModifiedTime(changed, time);
        if (FileStamp.of(changed).changed() == FileStamp.of(changed).modified()) {
            // a system that stores no other time: the new one must do
            Files.setLastModifiedTime(changed, FileTime.fromMillis(time.toMillis() + 5000));
        }
        ImageDataset data = open(LATER, 1 << 20);
        assertThat(TinyPictures.first(data, 1)).containsExactly(77, 0, 0);
        assertThat(TinyPictures.first(data, 2)).containsExactly(20, 0, 0);
        assertSame(open(LATER, 1 << 20), data);
    }

    @Test
    void aFileThatChangedWithTheClocksTickIsNotStored() throws IOException {
        open(Clock.systemUTC(), 1 << 20);
        assertThat(files()).isEmpty();
    }

    @Test
    void anotherFormatIsStoredSeparately() throws IOException {
        open(LATER, 1 << 20);
        DatasetOptions other =
                TinyPictures.COLOUR
                        .withFormat(new PictureFormat(1, 2, 2))
                        .withCache(cache(LATER, 1 << 20));
        assertThat(Datasets.open(folder, other).channels()).isEqualTo(1);
        assertThat(files()).hasSize(2);
    }

    @Test
    void aDamagedCacheIsNoCache() throws IOException {
        ImageDataset first = open(LATER, 1 << 20);
        Path file = onlyFile();
        byte[] whole = Files.readAllBytes(file);
        for (int at = 0; at < whole.length; at += 7) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 1;
            Files.write(file, damaged);
            assertSame(open(LATER, 1 << 20), first);
            Files.write(file, Arrays.copyOf(whole, at));
            assertSame(open(LATER, 1 << 20), first);
        }
    }

    @Test
    void whatWasNotUsedForLongestGoesWhenThereIsTooMuch() throws IOException {
        List<Path> sets = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Path set = place.resolve("set" + i);
            TinyPictures.write(set.resolve("0.png"), Color.RED);
            sets.add(set);
        }
        Clock clock = LATER;
        for (Path set : sets) {
            clock = Clock.offset(clock, Duration.ofMinutes(1));
            Datasets.open(set, TinyPictures.COLOUR.withCache(cache(clock, 100_000)));
            Files.setLastModifiedTime(newest(), FileTime.from(clock.instant()));
        }
        assertThat(files()).hasSize(3);
        long one = Files.size(files().get(0));
        clock = Clock.offset(clock, Duration.ofMinutes(1));
        // the first is used again, so that the second is the one to go
        Datasets.open(sets.get(0), TinyPictures.COLOUR.withCache(cache(clock, 100_000)));
        Path fourth = place.resolve("set3");
        TinyPictures.write(fourth.resolve("0.png"), Color.RED);
        Datasets.open(fourth, TinyPictures.COLOUR.withCache(cache(clock, 2 * one + 60)));
        assertThat(files()).hasSize(3);
        for (int i : new int[] {0, 2}) {
            PictureStore store =
                    cache(clock, 100_000).open(sets.get(i), TinyPictures.COLOUR.format());
            PictureTree.Leaf leaf =
                    FolderTree.read(sets.get(i), false, false, new Findings()).all().get(0);
            assertThat(store.find(leaf)).as("set %d", i).isNotNull();
            store.close();
        }
    }

    @Test
    void aCacheThatCannotBeWrittenIsReportedAndHarmless() throws IOException {
        Files.writeString(kept, "a file where the folder belongs");
        ImageDataset data = open(LATER, 1 << 20);
        assertThat(data.size()).isEqualTo(3);
        assertThat(data.warnings()).singleElement().asString().contains("not stored");
    }

    @Test
    void progressIsReportedForEveryPictureInOrder() throws IOException {
        List<String> progress = new ArrayList<>();
        DatasetOptions options =
                TinyPictures.COLOUR
                        .withListener((done, total) -> progress.add(done + "/" + total))
                        .withCache(cache(LATER, 1 << 20));
        Datasets.open(folder, options);
        Datasets.open(folder, options);
        assertThat(progress).containsExactly("1/3", "2/3", "3/3", "1/3", "2/3", "3/3");
    }

    @Test
    void theFolderIsTheUsersOrTheSystems() {
        assertThat(PictureCache.ofUser(Map.of("ZIGMA_CACHE_DIR", place.toString()))).isPresent();
        assertThat(PictureCache.ofUser(Map.of("XDG_CACHE_HOME", place.toString()))).isPresent();
        String home = System.getProperty("user.home");
        try {
            System.setProperty("user.home", "?");
            assertThat(PictureCache.ofUser(Map.of())).isEmpty();
        } finally {
            System.setProperty("user.home", home);
        }
    }

    private static void assertSame(ImageDataset data, ImageDataset other) {
        assertThat(data.contentHash()).isEqualTo(other.contentHash());
        assertThat(data.labels()).isEqualTo(other.labels());
        for (int i = 0; i < other.size(); i++) {
            assertThat(TinyPictures.values(data, i)).isEqualTo(TinyPictures.values(other, i));
        }
    }

    private PictureCache cache(Clock clock, long maxBytes) {
        return new PictureCache(kept, maxBytes, clock);
    }

    private ImageDataset open(Clock clock, long maxBytes) throws IOException {
        return Datasets.open(folder, TinyPictures.COLOUR.withCache(cache(clock, maxBytes)));
    }

    private List<Path> files() throws IOException {
        if (!Files.isDirectory(kept)) {
            return List.of();
        }
        try (Stream<Path> found = Files.list(kept)) {
            return found.toList();
        }
    }

    private Path onlyFile() throws IOException {
        assertThat(files()).hasSize(1);
        return files().get(0);
    }

    private Path newest() throws IOException {
        Path newest = files().get(0);
        for (Path file : files()) {
            if (Files.getLastModifiedTime(file).compareTo(Files.getLastModifiedTime(newest)) > 0) {
                newest = file;
            }
        }
        return newest;
    }
}

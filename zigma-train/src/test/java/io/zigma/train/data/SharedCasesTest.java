package io.zigma.train.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zigma.media.PictureFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Small inputs of others that went wrong; skipped where they are not at hand. */
class SharedCasesTest {

    private static final DatasetOptions COLOUR =
            DatasetOptions.defaults().withFormat(new PictureFormat(3, 64, 64));
    private static final DatasetOptions SMALL =
            DatasetOptions.defaults().withFormat(new PictureFormat(3, 8, 8));

    /** What has one meaning and a decoder; all other kinds are named and left out. */
    private static final List<String> DECODED =
            List.of("deflate", "jpegtiff", "miniswhite", "rgb16", "uint16", "webp", "ycbcr");

    @TempDir static Path place;
    private static Path cases;

    @BeforeAll
    static void find() {
        cases = Path.of(System.getProperty("golden.dir", "")).resolveSibling("cases");
        assumeTrue(Files.isDirectory(cases), "there is no folder " + cases);
    }

    @Test
    void turnedPhotographsAreThoseThatWereNot() throws IOException {
        for (List<String> pair :
                List.of(List.of("photos", "plain"), List.of("ev_turned", "ev_plain"))) {
            ImageDataset turned = Datasets.open(cases.resolve("exif").resolve(pair.get(0)), SMALL);
            ImageDataset plain = Datasets.open(cases.resolve("exif").resolve(pair.get(1)), SMALL);
            assertThat(turned.size()).isEqualTo(plain.size());
            for (int i = 0; i < plain.size(); i++) {
                assertThat(TinyPictures.values(turned, i))
                        .as("%s, picture %d", pair, i)
                        .isEqualTo(TinyPictures.values(plain, i));
            }
        }
    }

    /**
     * At full size the two are the same but for the rows where the colours meet: a JPEG has its
     * colours in half resolution, and its decoder rounds those between by their place in the file,
     * where the turned ones lie in columns. Every viewer shows that.
     */
    @Test
    void turnedPhotographsAtFullSizeDifferByTheRoundingOfTheirColoursOnly() throws IOException {
        ImageDataset turned = Datasets.open(cases.resolve("exif/photos"), COLOUR);
        ImageDataset plain = Datasets.open(cases.resolve("exif/plain"), COLOUR);
        for (int i = 0; i < plain.size(); i++) {
            float[] one = TinyPictures.values(turned, i);
            float[] other = TinyPictures.values(plain, i);
            for (int at = 0; at < one.length; at++) {
                int row = at / 64 % 64;
                int apart = Math.round(Math.abs(one[at] - other[at]) * 127.5f);
                assertThat(apart)
                        .as("picture %s, row %s", i, row)
                        .isLessThanOrEqualTo(row == 31 || row == 32 ? 2 : 0);
            }
        }
        DatasetOptions asStored =
                DatasetOptions.defaults().withFormat(new PictureFormat(3, 32, 32));
        ImageDataset before = Datasets.open(cases.resolve("exif/ev_turned"), asStored);
        ImageDataset after = Datasets.open(cases.resolve("exif/ev_plain"), asStored);
        assertThat(before.size()).isEqualTo(24);
        for (int i = 0; i < before.size(); i++) {
            assertThat(TinyPictures.values(before, i)).isEqualTo(TinyPictures.values(after, i));
        }
    }

    @Test
    void everyTiffIsDecodedRightOrNamed() throws IOException {
        try (Stream<Path> kinds = Files.list(cases.resolve("tiff/kinds"))) {
            for (Path kind : kinds.sorted().toList()) {
                ImageDataset data = Datasets.open(kind, COLOUR);
                try (Stream<Path> files = Files.list(kind.resolve("x"))) {
                    assertThat(data.size() + data.skipped().size())
                            .as("%s", kind)
                            .isEqualTo((int) files.count());
                }
                boolean decoded = DECODED.contains(kind.getFileName().toString());
                assertThat(data.skipped()).as("%s", kind).hasSize(decoded ? 0 : 1);
                for (int i = 0; i < data.size(); i++) {
                    assertSquare(data, i, kind);
                }
            }
        }
        for (String set : List.of("tiff/pics", "tiff/wrong", "webp/pics")) {
            ImageDataset data = Datasets.open(cases.resolve(set), COLOUR);
            boolean webp = set.startsWith("webp");
            assertThat(data.skipped()).as(set).hasSize(webp ? 0 : 1);
            assertThat(data.size()).as(set).isEqualTo(webp ? 4 : 1);
            for (int i = 0; i < data.size(); i++) {
                assertSquare(data, i, cases.resolve(set));
            }
        }
    }

    /** A square in the upper left, in grey or colour, and the rest. */
    private static void assertSquare(ImageDataset data, int index, Path where) {
        int[] first = TinyPictures.first(data, index);
        boolean grey = first[0] == first[1];
        assertThat(first)
                .as("%s, picture %s", where, index)
                .containsExactly(grey ? new int[] {130, 130, 130} : new int[] {200, 100, 50});
        int[] last = TinyPictures.last(data, index);
        int[] rest = grey ? new int[] {60, 60, 60} : new int[] {20, 60, 180};
        for (int c = 0; c < 3; c++) {
            // the YCbCr files are rounded as they are stored
            assertThat(last[c])
                    .as("%s, picture %s", where, index)
                    .isBetween(rest[c] - 2, rest[c] + 2);
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void foldersAreFoundBehindLinksAndInAnyForm() throws IOException {
        unpack(cases.resolve("folders.tar"), place);
        assertThat(open("link_root").size()).isEqualTo(4);
        assertThat(open("link_all").size()).isEqualTo(8);
        assertThat(open("link_one").size()).isEqualTo(8);
        assertThat(open("link_deep").size()).isEqualTo(6);
        assertThat(open("link_files").size()).isEqualTo(4);
        assertThat(open("link_files").skipped()).singleElement().asString().contains("dangling");
        assertThat(open("link_loop").size()).isEqualTo(1);
        assertThat(open("names").labels())
                .containsExactly("black & white", "caf\u00e9 cr\u00e8me", "\u03a9, two", "\u732b");
        assertThat(Datasets.open(place.resolve("flat"), SMALL.withEverything(true)).size())
                .isEqualTo(5);
        assertThat(open("numeric").labels()).containsExactly("0", "1", "10", "11", "2");
        assertThat(open("ffhq").labels()).containsExactly("00000", "01000");
        assertThat(Datasets.open(place.resolve("ffhq"), SMALL.withEverything(true)).size())
                .isEqualTo(8);
        assertThat(open("mac").labels()).containsExactly("cats", "dogs");
        assertThat(open("split").warnings()).anyMatch(line -> line.contains("/val to measure"));
    }

    @Test
    void containersTrainOrAreRefusedWithAReason() throws IOException {
        Path containers = cases.resolve("containers");
        assertThat(Datasets.open(containers.resolve("data.zip"), SMALL).size()).isEqualTo(4);
        assertThat(Datasets.open(containers.resolve("shards"), SMALL).size()).isEqualTo(4);
        assertThat(Datasets.open(containers.resolve("shards/000000.tar"), SMALL).size())
                .isEqualTo(4);
        ImageDataset half = Datasets.open(containers.resolve("half"), SMALL);
        assertThat(half.size()).isEqualTo(6);
        assertThat(half.skipped()).hasSize(3);
        assertThatThrownBy(() -> Datasets.open(containers.resolve("npy"), SMALL))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("2 files")
                .hasMessageContaining("1 .npy, 1 .npz");
    }

    private static ImageDataset open(String name) throws IOException {
        return Datasets.open(place.resolve(name), SMALL);
    }

    private static void unpack(Path tar, Path target) throws IOException {
        try (InputStream in = Files.newInputStream(tar);
                TarArchiveInputStream entries = new TarArchiveInputStream(in, "UTF-8")) {
            for (TarArchiveEntry entry = entries.getNextEntry();
                    entry != null;
                    entry = entries.getNextEntry()) {
                Path path = target.resolve(entry.getName()).normalize();
                assertThat(path.startsWith(target)).isTrue();
                if (entry.isDirectory()) {
                    Files.createDirectories(path);
                } else if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
                } else {
                    Files.copy(entries, path);
                }
            }
        }
    }
}

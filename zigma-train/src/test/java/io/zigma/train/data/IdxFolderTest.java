package io.zigma.train.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.zigma.media.PictureFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdxFolderTest {

    private static final DatasetOptions DEFAULTS = DatasetOptions.defaults();

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"", ".gz"})
    void pixelsAndClassesAreReadPackedOrNot(String ending) throws IOException {
        ImageDataset data =
                Datasets.open(IdxFiles.folder(folder, ending, (byte) 7, (byte) 0), DEFAULTS);
        assertThat(data.size()).isEqualTo(2);
        assertThat(List.of(data.channels(), data.height(), data.width())).containsExactly(1, 2, 3);
        assertThat(data.label(0)).isEqualTo(7);
        assertThat(data.labels()).hasSize(10).startsWith("0").endsWith("9");
        float[] target = new float[8];
        data.read(1, false, target, 2);
        assertThat(target).startsWith(0, 0);
        for (int i = 0; i < 6; i++) {
            assertThat(target[2 + i]).isEqualTo((30 + 5 * i) / 127.5f - 1);
        }
    }

    @Test
    void aFlippedPictureIsMirroredLeftToRight() throws IOException {
        ImageDataset data = Datasets.open(IdxFiles.folder(folder, "", (byte) 1), DEFAULTS);
        float[] straight = new float[6];
        float[] flipped = new float[6];
        data.read(0, false, straight, 0);
        data.read(0, true, flipped, 0);
        assertThat(flipped)
                .containsExactly(
                        straight[2],
                        straight[1],
                        straight[0],
                        straight[5],
                        straight[4],
                        straight[3]);
    }

    @Test
    void anotherSizeAndColourAreMadeOnTheWay() throws IOException {
        byte[] grey = new byte[16];
        Arrays.fill(grey, (byte) 200);
        IdxFiles.write(
                folder.resolve("t10k-images.idx3-ubyte"),
                IdxFiles.IMAGES,
                new int[] {1, 4, 4},
                grey);
        IdxFiles.write(
                folder.resolve("t10k-labels.idx1-ubyte"),
                IdxFiles.LABELS,
                new int[] {1},
                new byte[] {3});
        ImageDataset data =
                Datasets.open(
                        folder,
                        DEFAULTS.withSplit(Split.TEST).withFormat(new PictureFormat(3, 5, 7)));
        float[] target = new float[3 * 5 * 7];
        data.read(0, true, target, 0);
        for (float value : target) {
            assertThat(value).isCloseTo(200 / 127.5f - 1, within(1e-6f));
        }
    }

    @Test
    void theHashIsThatOfTheContentNotOfThePacking() throws IOException {
        Path plain = Files.createDirectory(folder.resolve("plain"));
        Path packed = Files.createDirectory(folder.resolve("packed"));
        Path other = Files.createDirectory(folder.resolve("other"));
        String hash = open(IdxFiles.folder(plain, "", (byte) 1)).contentHash();
        assertThat(hash)
                .hasSize(64)
                .isEqualTo(open(IdxFiles.folder(packed, ".gz", (byte) 1)).contentHash());
        assertThat(hash).isNotEqualTo(open(IdxFiles.folder(other, "", (byte) 2)).contentHash());
    }

    @Test
    void classNamesComeFromTheCallerOrTheFileBeside() throws IOException {
        IdxFiles.folder(folder, "", (byte) 1);
        Files.writeString(folder.resolve("labels.txt"), "shirt\nankle boot \n\n");
        assertThat(open(folder).labels()).containsExactly("shirt", "ankle boot");
        assertThat(Datasets.open(folder, DEFAULTS.withLabels(List.of("a", "b"))).labels())
                .containsExactly("a", "b");
    }

    @Test
    void aClassWithoutANameIsRefused() throws IOException {
        IdxFiles.folder(folder, "", (byte) 1, (byte) 2);
        assertThatThrownBy(() -> Datasets.open(folder, DEFAULTS.withLabels(List.of("a", "b"))))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("picture 1 is of class 2, but there are only 2 class names");
    }

    @Test
    void aNameGivenTwiceIsRefusedWithItsFile() throws IOException {
        IdxFiles.folder(folder, "", (byte) 1);
        Path labels = Files.writeString(folder.resolve("labels.txt"), "a\na\n");
        refused(labels, "must be different");
    }

    @Test
    void labelsOfAnotherSetAreRefused() throws IOException {
        IdxFiles.folder(folder, "", (byte) 1, (byte) 2);
        Path labels =
                IdxFiles.write(
                        folder.resolve("train-labels-idx1-ubyte"),
                        IdxFiles.LABELS,
                        new int[] {3},
                        new byte[3]);
        refused(labels, "has 3 labels, but train-images-idx3-ubyte has 2 pictures");
    }

    @Test
    void missingLabelsAreRefused() throws IOException {
        Files.delete(IdxFiles.folder(folder, "", (byte) 1).resolve("train-labels-idx1-ubyte"));
        refused(folder, "there is no train-labels-idx1-ubyte");
    }

    @Test
    void aMissingPartIsRefused() throws IOException {
        IdxFiles.folder(folder, "", (byte) 1);
        assertThatThrownBy(() -> Datasets.open(folder, DEFAULTS.withSplit(Split.TEST)))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("there is no t10k-images-idx3-ubyte");
    }

    @Test
    void anotherMagicNumberIsRefused() throws IOException {
        refused(images("", 0x0d03, new int[] {1, 2, 3}, 6), "0x00000d03 instead of 0x00000803");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".gz"})
    void aCountThatTheFileCannotHoldIsRefusedBeforeMemoryIsTaken(String ending) throws IOException {
        refused(
                images(ending, IdxFiles.IMAGES, new int[] {Integer.MAX_VALUE, 1000, 1000}, 6),
                "more than fit a file of");
    }

    @Test
    void aNegativeCountIsRefused() throws IOException {
        refused(images("", IdxFiles.IMAGES, new int[] {-1, 2, 3}, 6), "has a side of -1");
    }

    @Test
    void aPackedFileThatEndsEarlyIsRefused() throws IOException {
        refused(images(".gz", IdxFiles.IMAGES, new int[] {2, 2, 3}, 11), "ends after 11");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".gz"})
    void bytesAfterTheLastPictureAreRefused(String ending) throws IOException {
        refused(images(ending, IdxFiles.IMAGES, new int[] {1, 2, 3}, 7), "continues after");
    }

    @Test
    void whatIsNotGzipIsRefused() throws IOException {
        Path file = images(".gz", IdxFiles.IMAGES, new int[] {1, 2, 3}, 6);
        Files.writeString(file, "<html>not found</html>");
        refused(file, "not a sound gzip file");
    }

    @Test
    void aFileCutAnywhereIsRefused() throws IOException {
        Path file = images(".gz", IdxFiles.IMAGES, new int[] {1, 2, 3}, 6);
        byte[] whole = Files.readAllBytes(file);
        // the last eight bytes are a checksum and a length
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            refused(file, "");
        }
    }

    private ImageDataset open(Path data) throws IOException {
        return Datasets.open(data, DEFAULTS);
    }

    private Path images(String ending, int magic, int[] sides, int bytes) throws IOException {
        IdxFiles.write(
                folder.resolve("train-labels-idx1-ubyte"),
                IdxFiles.LABELS,
                new int[] {1},
                new byte[1]);
        return IdxFiles.write(
                folder.resolve("train-images-idx3-ubyte" + ending), magic, sides, new byte[bytes]);
    }

    private void refused(Path file, String message) {
        assertThatThrownBy(() -> open(folder))
                .isInstanceOf(DatasetException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(message)
                .hasMessageNotContaining("\n");
    }
}

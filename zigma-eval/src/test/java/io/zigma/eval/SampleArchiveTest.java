package io.zigma.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zigma.eval.npz.NpyException;
import io.zigma.eval.npz.TestArrays;
import io.zigma.media.PictureFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampleArchiveTest {

    @TempDir Path folder;

    @Test
    void picturesOfGuidedDiffusionAreReadWithTheirClasses() throws IOException {
        // two pictures of 1 × 2 pixels: red and green, blue and white
        byte[] pixels = {
            (byte) 255, 0, 0, 0, (byte) 255, 0, 0, 0, (byte) 255, (byte) 255, (byte) 255, (byte) 255
        };
        SampleArchive archive =
                archive(
                        TestArrays.npy("|u1", false, "(2, 1, 2, 3)", pixels),
                        TestArrays.npy("<i8", false, "(2,)", longs(7, 0)));
        assertThat(archive.pictures().format()).isEqualTo(new PictureFormat(3, 1, 2));
        assertThat(archive.pictures().picture(0).getRGB(0, 0)).isEqualTo(0xffff0000);
        assertThat(archive.pictures().picture(0).getRGB(1, 0)).isEqualTo(0xff00ff00);
        assertThat(archive.pictures().picture(1).getRGB(0, 0)).isEqualTo(0xff0000ff);
        assertThat(archive.labels()).containsExactly(7, 0);
    }

    @Test
    void theSamePicturesInFortranOrderAreTheSame() throws IOException {
        byte[] rows = {1, 2, 3, 4, 5, 6};
        byte[] columns = {1, 4, 2, 5, 3, 6};
        byte[] ofRows =
                archive(TestArrays.npy("|u1", false, "(2, 1, 3, 1)", rows)).pictures().levels();
        byte[] ofColumns =
                archive(TestArrays.npy("|u1", true, "(2, 1, 3, 1)", columns)).pictures().levels();
        assertThat(ofColumns).isEqualTo(ofRows).isEqualTo(rows);
    }

    @Test
    void picturesWithoutAChannelSideAreGrey() throws IOException {
        SampleArchive archive = archive(TestArrays.npy("|u1", false, "(3, 4, 5)", new byte[60]));
        assertThat(archive.pictures().format()).isEqualTo(new PictureFormat(1, 4, 5));
        assertThat(archive.labels()).containsOnly(Samples.NO_CLASS);
    }

    @Test
    void whatIsNoPictureIsRefusedWithWhatIsWrong() throws IOException {
        byte[] fine = TestArrays.npy("|u1", false, "(2, 1, 1, 1)", new byte[2]);
        requireRefused(
                "float32, not uint8", TestArrays.npy("<f4", false, "(1, 1, 1, 3)", new byte[12]));
        requireRefused(
                "shape [1, 3, 4, 4]", TestArrays.npy("|u1", false, "(1, 3, 4, 4)", new byte[48]));
        requireRefused("cut off", TestArrays.npy("|u1", false, "(9, 1, 1, 1)", new byte[8]));
        requireRefused(
                "3 class numbers for 2 pictures",
                fine,
                TestArrays.npy("<i8", false, "(3,)", new byte[24]));
        requireRefused(
                "-1.0 for picture 1, which is no class number",
                fine,
                TestArrays.npy("<i8", false, "(2,)", longs(0, -1)));
        Path file = TestArrays.npz(folder.resolve("a.npz"), Map.of("mu", fine));
        assertThatThrownBy(() -> SampleArchive.read(file))
                .isInstanceOf(NpyException.class)
                .hasMessageContaining("holds no array 'arr_0', only: mu");
    }

    @Test
    void allPicturesAreTakenWithTheirOwnClassesInAnOrderThatIsNotThatOfTheFile()
            throws IOException {
        byte[] levels = new byte[40];
        long[] classes = new long[40];
        Arrays.setAll(classes, i -> i / 10);
        for (int i = 0; i < levels.length; i++) {
            levels[i] = (byte) (i / 10);
        }
        Samples samples =
                Samples.existing(
                        archive(
                                TestArrays.npy("|u1", false, "(40, 1, 1, 1)", levels),
                                TestArrays.npy("<i8", false, "(40,)", longs(classes))));
        for (int i = 0; i < 40; i++) {
            assertThat((int) samples.pictures().levels()[i]).isEqualTo(samples.labels()[i]);
        }
        assertThat(Arrays.copyOf(samples.labels(), 10))
                .as("a part of a score")
                .contains(0, 1, 2, 3);
    }

    private void requireRefused(String reason, byte[]... arrays) {
        assertThatThrownBy(() -> archive(arrays))
                .isInstanceOf(NpyException.class)
                .hasMessageContaining("a.npz")
                .hasMessageContaining(reason);
    }

    private SampleArchive archive(byte[]... arrays) throws IOException {
        Map<String, byte[]> named = new LinkedHashMap<>();
        for (int i = 0; i < arrays.length; i++) {
            named.put("arr_" + i, arrays[i]);
        }
        return SampleArchive.read(TestArrays.npz(folder.resolve("a.npz"), named));
    }

    private static byte[] longs(long... values) {
        ByteBuffer buffer =
                ByteBuffer.allocate(Long.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (long value : values) {
            buffer.putLong(value);
        }
        return buffer.array();
    }
}

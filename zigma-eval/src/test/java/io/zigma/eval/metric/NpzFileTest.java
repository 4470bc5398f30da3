package io.zigma.eval.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zigma.eval.npz.NpyArray;
import io.zigma.eval.npz.NpyException;
import io.zigma.eval.npz.NpzFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NpzFileTest {

    /** What NumPy's savez_compressed makes of a float32 mu and a float64 sigma. */
    private static final String OF_NUMPY =
            "UEsDBC0AAAAIAAAAIQAmjR56//////////8GABQAbXUubnB5AQAQAIgAAAAAAAAATAAAAAAAAACb7BfqGxDJ"
                    + "yFDGUK2eklqcXKRupaBuk2airqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RpGOpo6CrUKFAAu"
                    + "BgYGewaGBfsBUEsDBC0AAAAIAAAAIQBulfVE//////////8JABQAc2lnbWEubnB5AQAQAKAAAAAAAAAA"
                    + "UQAAAAAAAACb7BfqGxDJyFDGUK2eklqcXKRupaBuk2ahrqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ck"
                    + "FqQC+RpGOgpGmjoKtQpkAy4GCHCAUBfsUekH9gBQSwECLQMtAAAACAAAACEAJo0eekwAAACIAAAABgAA"
                    + "AAAAAAAAAAAAgAEAAAAAbXUubnB5UEsBAi0DLQAAAAgAAAAhAG6V9URRAAAAoAAAAAkAAAAAAAAAAAAA"
                    + "AIABhAAAAHNpZ21hLm5weVBLBQYAAAAAAgACAGsAAAAQAQAAAAA=";

    @TempDir Path folder;

    @Test
    void statisticsOfNumpyAreRead() throws IOException {
        Path file = folder.resolve("numpy.npz");
        Files.write(file, Base64.getDecoder().decode(OF_NUMPY));

        FeatureStatistics statistics = FeatureStatistics.read(file);

        assertThat(statistics.mean()).containsExactly(0.5, -1.25);
        assertThat(statistics.covariance()).containsExactly(2, 0.25, 0.25, 0.5);
    }

    @Test
    void whatIsWrittenIsReadBitByBitAndNothingElseIsLeft() throws IOException {
        Path file = folder.resolve("ours.npz");
        // more elements than go through a buffer at once
        FeatureStatistics statistics = FeatureStatistics.of(RandomFeatures.normal(50, 100, 3));
        statistics.write(file);
        statistics.write(file);

        FeatureStatisticsTest.assertSame(FeatureStatistics.read(file), statistics);
        assertThat(folder).isDirectoryNotContaining("glob:**.partial");
    }

    @Test
    void equalStatisticsMakeEqualFiles() throws IOException {
        FeatureStatistics statistics = FeatureStatistics.of(RandomFeatures.normal(9, 3, 3));
        statistics.write(folder.resolve("a.npz"));
        statistics.write(folder.resolve("b.npz"));
        assertThat(folder.resolve("a.npz")).hasSameBinaryContentAs(folder.resolve("b.npz"));
    }

    @Test
    void theElementsBeginAtAMultipleOf64Bytes() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        NpyArray array = new NpyArray(new int[] {3}, new double[] {1, 2, 3});
        array.write(out);
        assertThat((out.size() - 24) % 64).isZero();
        assertThat(array.bytes()).isEqualTo(out.size());
    }

    @Test
    void everyVersionOfTheHeaderIsRead() throws IOException {
        for (int version = 1; version <= 3; version++) {
            byte[] array = npy(version, "{'descr': '<f4', 'fortran_order': False, 'shape': ()}", 4);
            NpyArray read = NpyArray.read(new ByteArrayInputStream(array), array.length, "x");
            assertThat(read.shape()).as("version %d", version).isEmpty();
            assertThat(read.values()).as("version %d", version).containsExactly(0);
        }
    }

    @Test
    void arraysOfOtherKindsAreRefusedInALine() {
        assertRefused("type '<c8'", "{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }", 8);
        assertRefused("type '<U2'", "{'descr': '<U2', 'fortran_order': False, 'shape': (1,), }", 8);
        assertRefused(
                "Python objects", "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", 8);
        assertRefused("'shape'", "{'descr': '<f8', 'fortran_order': False, 'shape': (1 2,), }", 8);
        assertRefused("'shape'", "{'descr': '<f8', 'fortran_order': False}", 8);
        assertRefused("'descr'", "{'fortran_order': False, 'shape': (1,), }", 8);
    }

    @Test
    void arraysThatDoNotHoldWhatTheySayAreRefusedInALine() {
        String two = "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }";
        assertRefused("cut off", two, 15);
        assertRefused("continues after", two, 17);
        assertRefused(
                "more than there are bytes for",
                "{'descr': '<f8', 'fortran_order': False, 'shape': (99999, 99999), }",
                16);
    }

    @Test
    void whatIsNoArrayIsRefusedInALine() {
        assertThatThrownBy(
                        () ->
                                NpyArray.read(
                                        new ByteArrayInputStream(new byte[80]), 80, "f.npz: mu"))
                .isInstanceOf(NpyException.class)
                .hasMessage("f.npz: mu: does not begin as a .npy array");
    }

    @Test
    void aMissingArrayIsNamedBesideThoseThatAreThere() throws IOException {
        Path file = folder.resolve("half.npz");
        NpzFile.write(file, Map.of("mu", new NpyArray(new int[] {1}, new double[1])));
        assertThatThrownBy(() -> FeatureStatistics.read(file))
                .isInstanceOf(NpyException.class)
                .hasMessageContaining("half.npz: holds no array 'sigma', only: mu");
    }

    @Test
    void shapesThatDoNotFitAreRefused() throws IOException {
        Path file = folder.resolve("odd.npz");
        NpzFile.write(
                file,
                Map.of(
                        "mu", new NpyArray(new int[] {2}, new double[2]),
                        "sigma", new NpyArray(new int[] {2, 3}, new double[6])));
        assertThatThrownBy(() -> FeatureStatistics.read(file))
                .isInstanceOf(NpyException.class)
                .hasMessageContaining("sigma has the shape [2, 3] instead of [2, 2]");
    }

    @Test
    void whatIsNoArchiveIsRefusedInALine() throws IOException {
        Path text = Files.writeString(folder.resolve("text.npz"), "not a zip");
        assertThatThrownBy(() -> FeatureStatistics.read(text))
                .isInstanceOf(NpyException.class)
                .hasMessageContaining("not a sound .npz archive");
        assertThatThrownBy(() -> FeatureStatistics.read(folder.resolve("none.npz")))
                .isInstanceOf(NpyException.class)
                .hasMessageContaining("there is no such file");
    }

    @Test
    void aDamagedArchiveIsRefused() throws IOException {
        Path file = folder.resolve("damaged.npz");
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry("mu.npy"));
            zip.write(npy(1, "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }", 16));
            zip.closeEntry();
        }
        byte[] bytes = Files.readAllBytes(file);
        // in the middle of what is packed
        Arrays.fill(bytes, 40, 60, (byte) 0xff);
        Files.write(file, bytes);
        assertThatThrownBy(() -> FeatureStatistics.read(file)).isInstanceOf(NpyException.class);
    }

    private static void assertRefused(String reason, String header, int bytes) {
        byte[] array = npy(1, header, bytes);
        assertThatThrownBy(
                        () ->
                                NpyArray.read(
                                        new ByteArrayInputStream(array), array.length, "f.npz: mu"))
                .isInstanceOf(NpyException.class)
                .hasMessageStartingWith("f.npz: mu: ")
                .hasMessageContaining(reason)
                .hasMessageNotContaining("\n");
    }

    private static byte[] npy(int version, String header, int bytes) {
        ByteBuffer buffer =
                ByteBuffer.allocate(12 + header.length() + bytes).order(ByteOrder.LITTLE_ENDIAN);
        buffer.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0});
        if (version == 1) {
            buffer.putShort((short) header.length());
        } else {
            buffer.putInt(header.length());
        }
        buffer.put(header.getBytes(StandardCharsets.US_ASCII));
        return Arrays.copyOf(buffer.array(), buffer.position() + bytes);
    }
}

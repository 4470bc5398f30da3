package io.zigma.eval.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zigma.eval.npz.NpyException;
import io.zigma.eval.npz.NpzFile;
import io.zigma.eval.npz.TestArrays;
import io.zigma.io.HalfPrecision;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Files of means and covariances as other programs write them. */
class StatisticsOfOtherToolsTest {

    private static final double[] MEAN = {0.5, -1.25};
    private static final double[] COVARIANCE = {2, 0.25, 0.25, 0.5};
    private static final Path CASES =
            Path.of(System.getProperty("golden.dir", "")).resolveSibling("cases").resolve("npz");

    @TempDir Path folder;

    @Test
    void bigEndianNumbersAreRead() throws IOException {
        requireRead(
                TestArrays.npy(">f8", false, "(2,)", doubles(ByteOrder.BIG_ENDIAN, MEAN)),
                TestArrays.npy(">f8", false, "(2, 2)", doubles(ByteOrder.BIG_ENDIAN, COVARIANCE)));
    }

    @Test
    void aMeanThatIsARowIsRead() throws IOException {
        requireRead(
                TestArrays.npy("<f8", false, "(1, 2)", little(MEAN)),
                TestArrays.npy("<f8", true, "(2, 2)", little(COVARIANCE)));
    }

    @Test
    void arraysInFortranOrderAreTransposed() throws IOException {
        Path file =
                TestArrays.npz(
                        folder.resolve("f.npz"),
                        Map.of(
                                "mu",
                                TestArrays.npy("<f8", true, "(2, 3)", little(1, 4, 2, 5, 3, 6))));
        assertThat(NpzFile.read(file, "mu").values()).containsExactly(1, 2, 3, 4, 5, 6);
    }

    @Test
    void float16IsReadAndSaysHowCoarseItIs() throws IOException {
        FeatureStatistics statistics =
                read(
                        TestArrays.npy("<f2", false, "(2,)", halves(MEAN)),
                        // off by a rounding from what variances allow
                        TestArrays.npy("<f2", false, "(2, 2)", halves(1, 1.0007, 1.0007, 1)));
        assertThat(statistics.mean()).containsExactly(MEAN);
        assertThat(statistics.rounding()).isEqualTo(0x1p-11);
    }

    @Test
    void whatIsNoStatisticsIsRefusedWithWhatIsWrong() throws IOException {
        byte[] sigma = TestArrays.npy("<f8", false, "(2, 2)", little(COVARIANCE));
        requireRefused(
                "holds Python objects", TestArrays.npy("|O", false, "(2,)", new byte[40]), sigma);
        requireRefused(
                "has NaN at 0", TestArrays.npy("<f8", false, "(2,)", little(Double.NaN, 1)), sigma);
        requireRefused("whole numbers", TestArrays.npy("<i8", false, "(2,)", new byte[16]), sigma);
        requireRefused(
                "mu has the shape [2, 2]",
                TestArrays.npy("<f8", false, "(2, 2)", little(COVARIANCE)),
                sigma);
        requireRefused("type '<c16'", TestArrays.npy("<c16", false, "(1,)", new byte[16]), sigma);
    }

    static boolean casesAreThere() {
        return Files.isDirectory(CASES);
    }

    static Stream<String> readable() {
        return Stream.of(
                "bigendian",
                "compressed",
                "extra_object",
                "float32",
                "fortran",
                "guided",
                "half",
                "row_mu");
    }

    @ParameterizedTest
    @MethodSource("readable")
    @EnabledIf("casesAreThere")
    void filesThatSayTheSameAreNoDistanceApart(String name) throws IOException {
        FeatureStatistics same = FeatureStatistics.read(CASES.resolve("pytorch_fid.npz"));
        FeatureStatistics statistics = FeatureStatistics.read(CASES.resolve(name + ".npz"));
        assertThat(FrechetDistance.between(same, statistics))
                .isLessThan(name.equals("half") ? 1e-2 : 1e-4);
    }

    @ParameterizedTest
    @CsvSource({"nan, NaN at", "objects, Python objects", "capital, mu", "guided_samples_only, mu"})
    @EnabledIf("casesAreThere")
    void filesThatAreNoStatisticsAreRefusedWithWhatIsWrong(String name, String reason) {
        assertThatThrownBy(() -> FeatureStatistics.read(CASES.resolve(name + ".npz")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(name + ".npz")
                .hasMessageContaining(reason)
                .hasMessageNotContaining("\n");
    }

    private void requireRead(byte[] mean, byte[] covariance) throws IOException {
        FeatureStatistics statistics = read(mean, covariance);
        assertThat(statistics.mean()).containsExactly(MEAN);
        assertThat(statistics.covariance()).containsExactly(COVARIANCE);
        assertThat(statistics.rounding()).isZero();
    }

    private void requireRefused(String reason, byte[] mean, byte[] covariance) {
        assertThatThrownBy(() -> read(mean, covariance))
                .isInstanceOf(NpyException.class)
                .hasMessageContaining("s.npz")
                .hasMessageContaining(reason);
    }

    private FeatureStatistics read(byte[] mean, byte[] covariance) throws IOException {
        return FeatureStatistics.read(
                TestArrays.npz(folder.resolve("s.npz"), Map.of("mu", mean, "sigma", covariance)));
    }

    private static byte[] doubles(ByteOrder order, double... values) {
        return TestArrays.doubles(order, values);
    }

    private static byte[] little(double... values) {
        return TestArrays.doubles(ByteOrder.LITTLE_ENDIAN, values);
    }

    private static byte[] halves(double... values) {
        ByteBuffer buffer =
                ByteBuffer.allocate(Short.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (double value : values) {
            buffer.putShort(HalfPrecision.toHalf((float) value));
        }
        return buffer.array();
    }
}

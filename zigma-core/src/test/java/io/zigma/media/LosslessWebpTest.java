package io.zigma.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Random;
import java.util.function.IntBinaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Pictures that are encoded here are what another program's decoder finds in them. */
class LosslessWebpTest {

    private static final int[][] SIZES = {
        {1, 1}, {1, 7}, {7, 1}, {2, 2}, {15, 17}, {16, 16}, {17, 33}, {64, 48}, {129, 65}
    };

    static Stream<Arguments> kinds() {
        Random random = new Random(1);
        int[] seeds = random.ints(8, 1, 1 << 24).toArray();
        return Stream.of(
                kind("black", (x, y) -> 0),
                kind("one colour", (x, y) -> 0x12fe80),
                kind("two colours", (x, y) -> (x * 7 + y * 3) % 5 < 2 ? 0xff0000 : 0x0000ff),
                kind("three colours", (x, y) -> seeds[(x + y) % 3]),
                kind("five colours", (x, y) -> seeds[(x * 3 + y * 5) % 5]),
                kind("grey ramp", (x, y) -> (x * 5 + y * 3 & 0xff) * 0x010101),
                kind("smooth", (x, y) -> (x * 3 & 0xff) << 16 | (y * 2 & 0xff) << 8 | x + y & 0xff),
                kind("stripes", (x, y) -> y % 4 == 0 ? 0xffffff : seeds[x % 8]),
                kind("noise", (x, y) -> new Random(x * 8191L + y).nextInt(1 << 24)),
                kind(
                        "noise of 200 colours",
                        (x, y) -> new Random(x * 8191L + y).nextInt(200) * 77_777),
                kind(
                        "rare differences",
                        (x, y) -> new Random(x * 8191L + y).nextInt(99) == 0 ? x * y : 0x808080));
    }

    private static Arguments kind(String name, IntBinaryOperator pixel) {
        return Arguments.of(name, pixel);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("kinds")
    void everyPixelComesBack(String name, IntBinaryOperator pixel) throws IOException {
        for (int[] size : SIZES) {
            requireExact(pixels(size[0], size[1], pixel), size[0]);
        }
    }

    @Test
    void aLargePictureOfNoiseComesBack() throws IOException {
        Random random = new Random(7);
        requireExact(random.ints(400 * 300, 0, 1 << 24).toArray(), 400);
    }

    @Test
    void copiesOfMoreThanTheLongestLengthAreDivided() throws IOException {
        int[] pixels = pixels(4096, 5, (x, y) -> 0x405060);
        requireExact(pixels, 4096);
        assertThat(LosslessWebp.encode(pixels, 4096)).hasSizeLessThan(60);
    }

    @Test
    void theWidestAndHighestPicturesComeBack() throws IOException {
        int[] line = pixels(LosslessWebp.LARGEST_SIDE, 1, (x, y) -> x * 97 & 0xffffff);
        requireExact(line, LosslessWebp.LARGEST_SIDE);
        requireExact(line, 1);
    }

    @Test
    void whatIsAlikeTakesFewBytes() {
        int[] smooth = pixels(64, 64, (x, y) -> x * 2 << 16 | y * 2 << 8 | x + y);
        assertThat(LosslessWebp.encode(smooth, 64)).hasSizeLessThan(64 * 64 * 3 / 8);
        int[] flags = pixels(64, 64, (x, y) -> x < 32 ? 0xff0000 : 0x00ff00);
        assertThat(LosslessWebp.encode(flags, 64)).hasSizeLessThan(64);
    }

    @ParameterizedTest
    @CsvSource({"2", "3", "19", "40", "256", "280"})
    void aCodeOfVerySkewedCountsHasNoSymbolOfMoreThanFifteenBits(int symbols) {
        // each as frequent as the two before: the deepest tree that there is
        int[] counts = new int[symbols];
        for (int i = 0; i < symbols; i++) {
            counts[i] = i < 2 ? 1 : i < 40 ? counts[i - 1] + counts[i - 2] : counts[i - 40] + 1;
        }
        int[] lengths = PrefixCode.of(counts).lengths();
        assertThat(IntStream.of(lengths).max().getAsInt()).isBetween(1, 15);
        // every sequence of bits is a symbol's
        assertThat(IntStream.of(lengths).mapToDouble(length -> Math.pow(2, -length)).sum())
                .isEqualTo(1.0);
    }

    @Test
    void onlySymbolsThatOccurHaveACode() {
        assertThat(PrefixCode.of(new int[] {0, 3, 0, 1, 1, 0}).lengths())
                .containsExactly(0, 1, 0, 2, 2, 0);
        assertThat(PrefixCode.of(new int[] {0, 3, 0}).lengths()).containsExactly(0, 1, 0);
        assertThat(PrefixCode.of(new int[3]).lengths()).containsExactly(0, 0, 0);
    }

    private static int[] pixels(int width, int height, IntBinaryOperator pixel) {
        int[] pixels = new int[width * height];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = pixel.applyAsInt(i % width, i / width) & 0xffffff;
        }
        return pixels;
    }

    private static void requireExact(int[] pixels, int width) throws IOException {
        byte[] file = new RiffChunks().add("VP8L", LosslessWebp.encode(pixels, width)).file();
        ClipFrames.Read read = ClipFrames.read(file);
        assertThat(read.width()).isEqualTo(width);
        assertThat(read.height()).isEqualTo(pixels.length / width);
        assertThat(read.frames().get(0)).as("%s pixels wide", width).isEqualTo(pixels);
    }
}

package io.zigma.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Strips and tiles, bands together and apart, packed and plain, in both orders of bytes. */
class TiffLayoutTest {

    private static final int WIDTH = 37;
    private static final int HEIGHT = 21;

    static Stream<TiffLayout> layouts() {
        return TiffLayout.all().stream().filter(layout -> !isRefused(layout));
    }

    static Stream<TiffLayout> refusedLayouts() {
        return TiffLayout.all().stream().filter(TiffLayoutTest::isRefused);
    }

    /** The platform's decoder undoes differences of single bytes only. */
    private static boolean isRefused(TiffLayout layout) {
        return layout.bits() == 16 && layout.differences();
    }

    @ParameterizedTest
    @MethodSource("refusedLayouts")
    void whatCannotBeUndoneIsRefusedByName(TiffLayout layout) {
        byte[] file = layout.write(WIDTH, new int[1][WIDTH * HEIGHT], 1);
        assertThatThrownBy(() -> PictureDecoder.decode(PictureSource.of(file), 1))
                .isInstanceOf(MediaException.class)
                .hasMessage(
                        "a TIFF of 16 bits a sample with predictor 2, which cannot be decoded;"
                                + " convert it to 8-bit RGB or grey");
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void everySampleIsReadFromItsPlace(TiffLayout layout) throws IOException {
        assertRead(layout, 1, 1);
        assertRead(layout, 3, 2);
    }

    private static void assertRead(TiffLayout layout, int bands, int photometric)
            throws IOException {
        int[][] samples = new int[bands][WIDTH * HEIGHT];
        Random random = new Random(7);
        int most = (1 << layout.bits()) - 1;
        for (int[] band : samples) {
            for (int i = 0; i < band.length; i++) {
                band[i] = random.nextInt(most + 1);
            }
        }
        Picture picture =
                PictureDecoder.decode(
                        PictureSource.of(layout.write(WIDTH, samples, photometric)), bands);
        assertThat(picture.width()).isEqualTo(WIDTH);
        assertThat(picture.height()).isEqualTo(HEIGHT);
        float[] row = new float[bands * WIDTH];
        for (int y = 0; y < HEIGHT; y++) {
            picture.row(y, row);
            for (int band = 0; band < bands; band++) {
                for (int x = 0; x < WIDTH; x++) {
                    assertThat(Math.round(row[band * WIDTH + x] / 255.0 * most))
                            .as("band %s at %s, %s", band, x, y)
                            .isEqualTo(samples[band][y * WIDTH + x]);
                }
            }
        }
    }
}

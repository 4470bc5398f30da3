package io.zigma.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** WebP as photographs have it (RFC 9649, section 2.5); flat colours that libwebp encoded. */
class LossyWebpTest {

    /**
     * 66 × 49 pixels at quality 90: brown, blue, white above black, green, yellow, in fields of 22
     * × 16; below them a ramp of grey from 0 to 255.
     */
    private static final byte[] FIELDS =
            bytes(
                    "UklGRjIBAABXRUJQVlA4ICYBAABQDQCdASpCADEAPi0QhkKhoQ3+7swMAWJYgCUAPwA2orkv4V/s",
                    "B/meRo7n/rliAX0D8K97/z4D+gfwDfAP6B1gH6AcH/p5y6/6rXAaNSt/g18gdmj84+/+RX70zJrB",
                    "OgAK1XuvDdHx0xCym11g71vJoPMgAP7aJvxlI/8uqW/Ukikg+t6v8mexWf/xQ2wN2gWYNDVyGRys",
                    "Z55flXRDWz6yxPff/EI//+QbH//IHv/yChfUGBWb5yFpfvn32FL0LigYf1Qv/mIId7H9n2+/6PeB",
                    "/3Yf+ABe5hCcoHbUb3ZVAged46N/JXyCr91H/8o2f/ygP/lCpYLoimn+y8GmlGhfkzcxL7rr+deC",
                    "JoQjxwackys4vMU+avV6j+MsCKB264f/ChltoAA=");

    /**
     * 32 × 32 pixels of brown: the left half opaque, the right one a fifth above and clear below.
     */
    private static final byte[] TRANSPARENT =
            bytes(
                    "UklGRoAAAABXRUJQVlA4WAoAAAAQAAAAHwAAHwAAQUxQSBwAAAABFyAQSILaX22NiAgHIQHhpJO+",
                    "6hH9D9WqN8AXVlA4ID4AAACQAwCdASogACAAPjEYikOiIaEUBAAgAwSygDsAfgB+AABWKhAAAP7E",
                    "7///WVXyVH7kv//3ZO2VyP93AAAAAA==");

    /** Two frames of 16 × 16 pixels, brown and then blue. */
    private static final byte[] ANIMATED =
            bytes(
                    "UklGRsgAAABXRUJQVlA4WAoAAAACAAAADwAADwAAQU5JTQYAAAD/////AABBTk1GSgAAAAAAAAAA",
                    "AA8AAA8AAGQAAAJWUDggMgAAANABAJ0BKhAAEAAAwBIloAJ0ugH4AAOwAP7aJv/u837T17T1/Uz/",
                    "+MqfID/jKn/FzAAAQU5NRkoAAAAAAAAAAAAPAAAPAABkAAAAVlA4IDIAAADUAQCdASoQABAAAAAS",
                    "JaACdLoB+AADsAD+/Gqf/9Lg/S4P0uD/0uD/6nH5OPycf1lAAA==");

    @ParameterizedTest
    @CsvSource({
        "11, 8, 200, 100, 50",
        "33, 8, 20, 60, 180",
        "55, 8, 255, 255, 255",
        "11, 24, 16, 16, 16",
        "33, 24, 32, 192, 64",
        "55, 24, 230, 210, 30",
        "3, 42, 12, 12, 12",
        "33, 42, 129, 129, 129",
        "62, 42, 243, 243, 243"
    })
    void everyColourIsWhatWasEncoded(int x, int y, int red, int green, int blue)
            throws IOException {
        assertPixel(FIELDS, x, y, red, green, blue);
    }

    @Test
    void everyPixelIsTheOneThatLibwebpDecodes() throws IOException {
        // checksums of what libwebp 1.2.4 makes of these files
        assertThat(checksum(FIELDS)).containsExactly(2944968011L);
        assertThat(checksum(ANIMATED)).containsExactly(387285804L);
    }

    /** The checksum of all frames' bytes, one behind the other. */
    private static long[] checksum(byte[] file) throws IOException {
        CRC32 sum = new CRC32();
        for (int[] frame : ClipFrames.read(file).frames()) {
            for (int pixel : frame) {
                sum.update(pixel >> 16);
                sum.update(pixel >> 8);
                sum.update(pixel);
            }
        }
        return new long[] {sum.getValue()};
    }

    @Test
    void changedBytesAreReadOrRefusedAndNothingElse() {
        Random random = new Random(3);
        for (byte[] whole : List.of(FIELDS, TRANSPARENT, ANIMATED)) {
            for (int i = 0; i < 500; i++) {
                byte[] changed = whole.clone();
                for (int k = 0; k <= i % 3; k++) {
                    changed[random.nextInt(whole.length)] = (byte) random.nextInt(256);
                }
                try {
                    assertThat(ClipFrames.read(changed).frames()).isNotEmpty();
                } catch (IOException e) {
                    assertThat(e).isInstanceOf(MediaException.class).hasMessageNotContaining("\n");
                }
            }
        }
    }

    @Test
    void sizesThatAreNoWholeBlocksAreKept() throws IOException {
        Picture picture = decode(FIELDS);
        assertThat(picture.width()).isEqualTo(66);
        assertThat(picture.height()).isEqualTo(49);
        assertPixel(FIELDS, 0, 0, 200, 100, 50);
        assertPixel(FIELDS, 65, 48, 255, 255, 255);
    }

    @Test
    void transparencyLiesOverWhite() throws IOException {
        assertPixel(TRANSPARENT, 4, 4, 200, 100, 50);
        assertPixel(TRANSPARENT, 4, 28, 200, 100, 50);
        assertPixel(TRANSPARENT, 28, 4, 244, 224, 214);
        assertPixel(TRANSPARENT, 28, 28, 255, 255, 255);
    }

    @Test
    void anAnimationGivesItsFirstFrame() throws IOException {
        assertPixel(ANIMATED, 8, 8, 200, 100, 50);
        assertThat(
                        PictureDecoder.frame(
                                        PictureSource.of(ANIMATED), new PictureFormat(3, 16, 16))
                                .pictures())
                .isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 66, 11, 8", "2, 66, 54, 8", "3, 66, 54, 40", "4, 66, 11, 40",
        "5, 49, 8, 11", "6, 49, 40, 11", "7, 49, 40, 54", "8, 49, 8, 54"
    })
    void itIsTurnedAsItsExifSays(int orientation, int width, int x, int y) throws IOException {
        byte[] turned =
                PictureFiles.webp(
                        FIELDS,
                        new int[] {66, 49},
                        8,
                        Map.of(),
                        Map.of("EXIF", PictureFiles.exif(orientation, ByteOrder.LITTLE_ENDIAN)));
        assertThat(decode(turned).width()).isEqualTo(width);
        assertPixel(turned, x, y, 200, 100, 50);
    }

    @Test
    void itsProfileIsObeyed() throws IOException {
        byte[] file =
                PictureFiles.webp(
                        FIELDS,
                        new int[] {66, 49},
                        0x20,
                        Map.of("ICCP", PictureFiles.rotatedProfile()),
                        Map.of());
        assertPixel(file, 11, 8, 50, 200, 100);
    }

    @Test
    void cutOffAnywhereItIsRefusedByNameOrAsItWas() throws IOException {
        for (byte[] file : List.of(FIELDS, TRANSPARENT, ANIMATED)) {
            for (int length = 12; length < file.length - 2; length++) {
                byte[] cut = Arrays.copyOf(file, length);
                assertThatThrownBy(() -> decode(cut))
                        .as("%s of %s bytes", length, file.length)
                        .isInstanceOf(MediaException.class);
            }
        }
    }

    private static void assertPixel(byte[] file, int x, int y, int... rgb) throws IOException {
        Picture picture = decode(file);
        float[] row = new float[3 * picture.width()];
        picture.row(y, row);
        for (int c = 0; c < 3; c++) {
            assertThat(row[c * picture.width() + x])
                    .as("channel %s at %s, %s", c, x, y)
                    .isCloseTo(rgb[c], within(5f));
        }
    }

    private static Picture decode(byte[] file) throws IOException {
        return PictureDecoder.decode(PictureSource.of(file), 3);
    }

    private static byte[] bytes(String... lines) {
        return Base64.getDecoder().decode(String.join("", lines));
    }
}

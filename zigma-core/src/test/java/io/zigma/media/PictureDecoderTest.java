package io.zigma.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PictureDecoderTest {

    private static final ByteOrder BIG = ByteOrder.BIG_ENDIAN;
    private static final ByteOrder LITTLE = ByteOrder.LITTLE_ENDIAN;

    /** Stored A B C above D E F; how each orientation is seen, row by row. */
    private static final List<String> SEEN =
            List.of(
                    "ABC/DEF",
                    "CBA/FED",
                    "FED/CBA",
                    "DEF/ABC",
                    "AD/BE/CF",
                    "DA/EB/FC",
                    "FC/EB/DA",
                    "CF/BE/AD");

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void aPngHasTheOrientationOfItsExif(int orientation) throws IOException {
        for (ByteOrder order : List.of(BIG, LITTLE)) {
            byte[] png =
                    PictureFiles.png(
                            new int[] {3, 2, 8, 0},
                            letters(),
                            Map.of("eXIf", PictureFiles.exif(orientation, order)));
            assertThat(seen(png, 1)).isEqualTo(SEEN.get(orientation - 1));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void aPngIsTurnedAsOlderProgramsWroteIt(int orientation) throws IOException {
        byte[] exif = PictureFiles.exif(orientation, BIG);
        String raw =
                String.format(
                        Locale.ROOT,
                        "\nexif\n%8d\n%s\n",
                        exif.length,
                        HexFormat.of().formatHex(exif, 0, 26));
        byte[] text = PictureFiles.deflated(raw.getBytes(StandardCharsets.ISO_8859_1));
        byte[] keyword = "Raw profile type exif\0\0".getBytes(StandardCharsets.ISO_8859_1);
        byte[] content = Arrays.copyOf(keyword, keyword.length + text.length);
        System.arraycopy(text, 0, content, keyword.length, text.length);
        byte[] png = PictureFiles.png(new int[] {3, 2, 8, 0}, letters(), Map.of("zTXt", content));
        assertThat(seen(png, 1)).isEqualTo(SEEN.get(orientation - 1));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void aPngHasTheOrientationOfItsXmp(int orientation) throws IOException {
        String packet =
                "XML:com.adobe.xmp\0\0\0\0\0<x tiff:Orientation=\"%s\"/>".formatted(orientation);
        byte[] png =
                PictureFiles.png(
                        new int[] {3, 2, 8, 0},
                        letters(),
                        Map.of("iTXt", packet.getBytes(StandardCharsets.UTF_8)));
        assertThat(seen(png, 1)).isEqualTo(SEEN.get(orientation - 1));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void aTiffHasTheOrientationOfItsTag(int orientation) throws IOException {
        for (ByteOrder order : List.of(BIG, LITTLE)) {
            byte[] tiff =
                    PictureFiles.tiff(
                            3,
                            2,
                            joined(letters()),
                            order,
                            Map.of(
                                    258, new int[] {8},
                                    262, new int[] {1},
                                    0x112, new int[] {orientation}),
                            Map.of());
            assertThat(seen(tiff, 1)).isEqualTo(SEEN.get(orientation - 1));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void aJpegHasTheOrientationOfItsExif(int orientation) throws IOException {
        byte[] jpeg = grey(16);
        for (ByteOrder order : List.of(BIG, LITTLE)) {
            byte[] exif =
                    PictureFiles.segment(0xe1, "Exif\0\0", PictureFiles.exif(orientation, order));
            assertThat(seen(PictureFiles.jpeg(jpeg, exif), 16))
                    .isEqualTo(SEEN.get(orientation - 1));
        }
        byte[] xmp =
                PictureFiles.segment(
                        0xe1,
                        "http://ns.adobe.com/xap/1.0/\0",
                        "<tiff:Orientation>%s</tiff:Orientation>"
                                .formatted(orientation)
                                .getBytes(StandardCharsets.UTF_8));
        assertThat(seen(PictureFiles.jpeg(jpeg, xmp), 16)).isEqualTo(SEEN.get(orientation - 1));
    }

    @ParameterizedTest
    @CsvSource({"1,0,0", "2,1,0", "3,1,1", "4,0,1", "5,0,0", "6,1,0", "7,1,1", "8,0,1"})
    void aWebpHasTheOrientationOfItsExif(int orientation, int right, int bottom)
            throws IOException {
        byte[] exif = PictureFiles.exif(orientation, LITTLE);
        byte[] webp = PictureFiles.webp(8, Map.of(), Map.of("EXIF", exif));
        assertThat(pixel(webp, 63 * right, 63 * bottom)).containsExactly(200, 100, 50);
        assertThat(pixel(webp, 63 * (1 - right), 63 * (1 - bottom))).containsExactly(20, 60, 180);
    }

    /** Colours of half resolution are rounded by place; that is done before a picture is turned. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5, 6, 7, 8})
    void aTurnedPhotographHasThePixelsOfTheOneThatLies(int orientation) throws IOException {
        BufferedImage image = new BufferedImage(41, 27, BufferedImage.TYPE_INT_RGB);
        Random random = new Random(5);
        for (int i = 0; i < 41 * 27; i++) {
            image.setRGB(i % 41, i / 41, random.nextInt(1 << 24));
        }
        byte[] lying = written(image, "jpeg");
        byte[] exif = PictureFiles.segment(0xe1, "Exif\0\0", PictureFiles.exif(orientation, BIG));
        byte[] turned = PictureFiles.jpeg(lying, exif);
        float[][] stored = rows(lying);
        float[][] seen = rows(turned);
        int width = orientation >= 5 ? 27 : 41;
        assertThat(seen[0]).hasSize(3 * width);
        for (int y = 0; y < seen.length; y++) {
            for (int x = 0; x < width; x++) {
                int column = orientation >= 5 ? y : x;
                int row = orientation >= 5 ? x : y;
                boolean fromRight = List.of(2, 3, 7, 8).contains(orientation);
                boolean fromBottom = List.of(3, 4, 6, 7).contains(orientation);
                for (int c = 0; c < 3; c++) {
                    float there =
                            stored[fromBottom ? 26 - row : row][
                                    c * 41 + (fromRight ? 40 - column : column)];
                    assertThat(seen[y][c * width + x]).isEqualTo(there);
                }
            }
        }
    }

    @Test
    void aPlainWebpIsDecoded() throws IOException {
        assertThat(pixel(PictureFiles.webp(), 0, 0)).containsExactly(200, 100, 50);
        assertThat(pixel(PictureFiles.webp(), 63, 63)).containsExactly(20, 60, 180);
    }

    @Test
    void anAnimatedWebpGivesItsFirstFrameOnItsCanvas() throws IOException {
        byte[] webp = PictureFiles.animatedWebp();
        assertThat(pixel(webp, 0, 0)).containsExactly(255, 255, 255);
        assertThat(pixel(webp, 20, 10)).containsExactly(200, 100, 50);
        assertThat(pixel(webp, 83, 73)).containsExactly(20, 60, 180);
        assertThat(pixel(webp, 99, 79)).containsExactly(255, 255, 255);
        assertThat(frame(webp, 3, 80, 100).pictures()).isEqualTo(2);
    }

    @Test
    void aProfileIsAppliedInEveryFormat() throws IOException {
        byte[] profile = PictureFiles.rotatedProfile();
        byte[] rows = {(byte) 200, 100, 50};
        byte[] png =
                PictureFiles.png(
                        new int[] {1, 1, 8, 2},
                        new byte[][] {rows},
                        Map.of("iCCP", PictureFiles.iccp(profile)));
        byte[] tiff =
                PictureFiles.tiff(
                        1,
                        1,
                        rows,
                        LITTLE,
                        Map.of(258, new int[] {8, 8, 8}, 262, new int[] {2}, 277, new int[] {3}),
                        Map.of(34675, profile));
        byte[] head = {1, 1};
        byte[] part = Arrays.copyOf(head, 2 + profile.length);
        System.arraycopy(profile, 0, part, 2, profile.length);
        byte[] jpeg =
                PictureFiles.jpeg(
                        flat(new Color(200, 100, 50)),
                        PictureFiles.segment(0xe2, "ICC_PROFILE\0", part));
        byte[] webp = PictureFiles.webp(0x20, Map.of("ICCP", profile), Map.of());
        for (byte[] file : List.of(png, tiff, jpeg, webp)) {
            int[] pixel = pixel(file, 0, 0);
            for (int c = 0; c < 3; c++) {
                assertThat(pixel[c])
                        .as("%s of %s", c, PictureKind.of(Arrays.copyOf(file, 16)))
                        .isCloseTo(new int[] {50, 200, 100}[c], within(3));
            }
        }
    }

    @Test
    void anotherProfileOfSrgbChangesNothing() throws IOException {
        byte[] row = new byte[3 * 256];
        for (int i = 0; i < row.length; i++) {
            row[i] = (byte) (i * 89);
        }
        byte[] plain = PictureFiles.png(new int[] {256, 1, 8, 2}, new byte[][] {row}, Map.of());
        byte[] tagged =
                PictureFiles.png(
                        new int[] {256, 1, 8, 2},
                        new byte[][] {row},
                        Map.of("iCCP", PictureFiles.iccp(PictureFiles.srgbProfile())));
        assertThat(frame(tagged, 3, 1, 256).pixels()).isEqualTo(frame(plain, 3, 1, 256).pixels());
    }

    @Test
    void aGreyProfileIsApplied() throws IOException {
        byte[] linear =
                PictureFiles.png(
                        new int[] {1, 1, 8, 0},
                        new byte[][] {{55}},
                        Map.of("iCCP", PictureFiles.iccp(PictureFiles.greyProfile(1))));
        // a light of 55/255 has the sRGB value 128.1
        assertThat(pixel(linear, 0, 0)[0]).isCloseTo(128, within(2));
    }

    @Test
    void aDamagedProfileIsRefusedByName() {
        byte[] png =
                PictureFiles.png(
                        new int[] {1, 1, 8, 2},
                        new byte[][] {{1, 2, 3}},
                        Map.of("iCCP", PictureFiles.iccp(new byte[200])));
        refused(png, "colour profile");
    }

    @ParameterizedTest
    @CsvSource({"45455, 100", "100000, 168", "55556, 119"})
    void theGammaOfAPngIsApplied(int gamma, int expected) throws IOException {
        byte[] png =
                PictureFiles.png(
                        new int[] {1, 1, 8, 2},
                        new byte[][] {{100, 100, 100}},
                        Map.of("gAMA", ByteBuffer.allocate(4).putInt(gamma).array()));
        assertThat(pixel(png, 0, 0)[0]).isCloseTo(expected, within(1));
    }

    @Test
    void thePrimariesOfAPngAreApplied() throws IOException {
        // Adobe RGB's primaries with sRGB's curve: pure green is out of range, white stays
        int[] points = {31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000};
        ByteBuffer chunk = ByteBuffer.allocate(32);
        Arrays.stream(points).forEach(chunk::putInt);
        byte[] png =
                PictureFiles.png(
                        new int[] {2, 1, 8, 2},
                        new byte[][] {{(byte) 200, 100, 50, -1, -1, -1}},
                        Map.of("cHRM", chunk.array()));
        int[] pixel = pixel(png, 0, 0);
        assertThat(pixel[0]).isCloseTo(228, within(2));
        assertThat(pixel[1]).isCloseTo(100, within(2));
        assertThat(pixel(png, 1, 0)).containsExactly(255, 255, 255);
    }

    @Test
    void adobeRgbOfACameraIsApplied() throws IOException {
        byte[] exif = PictureFiles.segment(0xe1, "Exif\0\0", PictureFiles.exifOfAdobeRgb());
        byte[] jpeg = PictureFiles.jpeg(flat(new Color(200, 100, 50)), exif);
        int[] pixel = pixel(jpeg, 0, 0);
        assertThat(pixel[0]).isCloseTo(228, within(4));
        assertThat(pixel[1]).isCloseTo(100, within(4));
        assertThat(pixel[2]).isCloseTo(41, within(4));
    }

    @Test
    void unsupportedCodePointsAreRefusedByName() throws IOException {
        byte[] rows = {10, 20, 30};
        byte[] pq =
                PictureFiles.png(
                        new int[] {1, 1, 8, 2},
                        new byte[][] {rows},
                        Map.of("cICP", new byte[] {9, 16, 0, 1}));
        refused(pq, "cICP");
        byte[] srgb =
                PictureFiles.png(
                        new int[] {1, 1, 8, 2},
                        new byte[][] {rows},
                        Map.of("cICP", new byte[] {1, 13, 0, 1}));
        assertThat(pixel(srgb, 0, 0)).containsExactly(10, 20, 30);
    }

    @Test
    void everyKindOfPngGivesItsColour() throws IOException {
        byte[] plte = {0, 0, 0, (byte) 200, 100, 50};
        assertThat(pixel(png(8, 2, (byte) 200, (byte) 100, (byte) 50)))
                .containsExactly(200, 100, 50);
        assertThat(pixel(png(16, 2, -56, -56, 100, 100, 50, 50))).containsExactly(200, 100, 50);
        assertThat(pixel(png(8, 0, 130))).containsExactly(130, 130, 130);
        assertThat(pixel(png(16, 0, 130, 130))).containsExactly(130, 130, 130);
        assertThat(pixel(png(1, 0, 0x80))).containsExactly(255, 255, 255);
        assertThat(pixel(png(2, 0, 0x80))).containsExactly(170, 170, 170);
        assertThat(pixel(png(4, 0, 0x70))).containsExactly(119, 119, 119);
        // half clear, over white
        assertThat(pixel(png(8, 4, 100, 51))).containsExactly(224, 224, 224);
        assertThat(pixel(png(16, 4, 100, 100, 51, 51))).containsExactly(224, 224, 224);
        assertThat(pixel(png(8, 6, 100, 50, 0, 51))).containsExactly(224, 214, 204);
        for (int bits : new int[] {1, 2, 4, 8}) {
            byte[] row = {(byte) (1 << 8 - bits)};
            byte[] palette =
                    PictureFiles.png(
                            new int[] {1, 1, bits, 3}, new byte[][] {row}, Map.of("PLTE", plte));
            assertThat(pixel(palette)).as("%d bits", bits).containsExactly(200, 100, 50);
        }
    }

    @Test
    void transparentColoursOfAPngLieOverWhite() throws IOException {
        Map<String, byte[]> chunks = new LinkedHashMap<>();
        chunks.put("PLTE", new byte[] {0, 0, 0, 100, 50, 0});
        chunks.put("tRNS", new byte[] {(byte) 255, 51});
        byte[] palette = PictureFiles.png(new int[] {1, 1, 8, 3}, new byte[][] {{1}}, chunks);
        assertThat(pixel(palette)).containsExactly(224, 214, 204);
        byte[] grey =
                PictureFiles.png(
                        new int[] {2, 1, 8, 0},
                        new byte[][] {{7, 8}},
                        Map.of("tRNS", new byte[] {0, 7}));
        assertThat(pixel(grey, 0, 0)).containsExactly(255, 255, 255);
        assertThat(pixel(grey, 1, 0)).containsExactly(8, 8, 8);
        byte[] rgb =
                PictureFiles.png(
                        new int[] {2, 1, 8, 2},
                        new byte[][] {{7, 8, 9, 8, 8, 9}},
                        Map.of("tRNS", new byte[] {0, 7, 0, 8, 0, 9}));
        assertThat(pixel(rgb, 0, 0)).containsExactly(255, 255, 255);
        assertThat(pixel(rgb, 1, 0)).containsExactly(8, 8, 9);
    }

    @Test
    void anInterlacedPngIsDecoded() throws IOException {
        BufferedImage image = new BufferedImage(19, 13, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 19 * 13; i++) {
            image.setRGB(i % 19, i / 19, i * 0x010305);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
        try (ImageOutputStream stream = ImageIO.createImageOutputStream(out)) {
            writer.setOutput(stream);
            var param = writer.getDefaultWriteParam();
            param.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
            writer.write(null, new IIOImage(image, null, null), param);
        } finally {
            writer.dispose();
        }
        assertThat(out.toByteArray()[28]).as("interlaced").isEqualTo((byte) 1);
        for (int i = 0; i < 19 * 13; i++) {
            int rgb = i * 0x010305 & 0xffffff;
            assertThat(pixel(out.toByteArray(), i % 19, i / 19))
                    .containsExactly(rgb >> 16, rgb >> 8 & 0xff, rgb & 0xff);
        }
    }

    @Test
    void aPngWithADamagedChunkIsRefused() {
        byte[] png = png(8, 2, 1, 2, 3);
        for (int at = 8; at < png.length; at++) {
            byte[] damaged = png.clone();
            damaged[at] ^= 4;
            assertThatThrownBy(() -> pixel(damaged))
                    .as("byte %d", at)
                    .isInstanceOf(MediaException.class);
        }
    }

    @Test
    void whatIsCutOffAnywhereIsRefused() throws IOException {
        byte[] exif = PictureFiles.segment(0xe1, "Exif\0\0", PictureFiles.exif(6, BIG));
        Map<String, byte[]> files =
                Map.of(
                        "png", png(8, 2, 1, 2, 3),
                        "jpeg", PictureFiles.jpeg(grey(16), exif),
                        "webp", PictureFiles.webp(),
                        "animated webp", PictureFiles.animatedWebp(),
                        "gif", gif());
        files.forEach(
                (name, file) -> {
                    // nor a JPEG's last bytes nor a GIF's second frame are needed for its pixels
                    int enough =
                            switch (name) {
                                case "jpeg" -> 40;
                                case "gif" -> file.length - 33;
                                default -> 1;
                            };
                    for (int length = 0; length <= file.length - enough; length += 3) {
                        byte[] cut = Arrays.copyOf(file, length);
                        assertThatThrownBy(() -> pixel(cut))
                                .as("%s after %d of %d bytes", name, length, file.length)
                                .isInstanceOf(MediaException.class);
                    }
                });
    }

    @Test
    void aGifGivesItsFirstFrameOnItsScreen() throws IOException {
        byte[] gif = gif();
        assertThat(pixel(gif, 5, 6)).containsExactly(200, 100, 50);
        assertThat(pixel(gif, 0, 0)).containsExactly(255, 255, 255);
        FramedPicture framed = frame(gif, 3, 10, 10);
        assertThat(framed.pictures()).isEqualTo(2);
    }

    @Test
    void aJpegWithoutAnyMarkIsTakenForYcbcr() throws IOException {
        byte[] plain = flat(new Color(200, 100, 50));
        int[] pixel = pixel(PictureFiles.jpeg(plain), 0, 0);
        assertThat(pixel[0]).isCloseTo(200, within(3));
        assertThat(pixel[1]).isCloseTo(100, within(3));
        assertThat(pixel[2]).isCloseTo(50, within(3));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 2})
    void aCmykJpegIsReadThroughItsProfileAndRefusedWithout(int transform) throws IOException {
        // inks of 55, 155, 205 and no black
        int[] stored =
                transform == -1
                        ? new int[] {55, 155, 205, 0}
                        : transform == 0
                                ? new int[] {200, 100, 50, 255}
                                : new int[] {124, 86, 182, 255};
        byte[] jpeg = fourBands(stored);
        byte[] adobe = {0, 100, 0, 0, 0, 0, (byte) transform};
        byte[] mark = PictureFiles.segment(0xee, "Adobe", adobe);
        byte[] profile = PictureFiles.cmykProfile();
        byte[] part = new byte[2 + profile.length];
        part[0] = 1;
        part[1] = 1;
        System.arraycopy(profile, 0, part, 2, profile.length);
        byte[] icc = PictureFiles.segment(0xe2, "ICC_PROFILE\0", part);
        byte[] with =
                transform == -1 ? PictureFiles.jpeg(jpeg, icc) : PictureFiles.jpeg(jpeg, mark, icc);
        byte[] inks = {55, (byte) 155, (byte) 205, 0};
        byte[] same =
                PictureFiles.tiff(
                        1,
                        1,
                        inks,
                        LITTLE,
                        Map.of(
                                258, new int[] {8, 8, 8, 8},
                                262, new int[] {5},
                                277, new int[] {4}),
                        Map.of(34675, profile));
        int[] expected = pixel(same, 0, 0);
        int[] found = pixel(with, 0, 0);
        for (int c = 0; c < 3; c++) {
            assertThat(found[c]).isCloseTo(expected[c], within(3));
        }
        assertThat(found[0]).isGreaterThan(found[1]);
        assertThat(found[1]).isGreaterThan(found[2]);
        refused(transform == -1 ? jpeg : PictureFiles.jpeg(jpeg, mark), "CMYK");
    }

    @Test
    void integerTiffsGiveTheirValues() throws IOException {
        for (ByteOrder order : List.of(BIG, LITTLE)) {
            assertThat(pixel(tiff(order, new byte[] {(byte) 130}, 1, 8)))
                    .containsExactly(130, 130, 130);
            assertThat(pixel(tiff(order, new byte[] {125}, 0, 8))).containsExactly(130, 130, 130);
            assertThat(pixel(tiff(order, new byte[] {(byte) 130, (byte) 130}, 1, 16)))
                    .containsExactly(130, 130, 130);
            assertThat(pixel(tiff(order, new byte[] {125, 125}, 0, 16)))
                    .containsExactly(130, 130, 130);
            assertThat(pixel(tiff(order, new byte[] {(byte) 0x80}, 1, 1)))
                    .containsExactly(255, 255, 255);
            assertThat(pixel(tiff(order, new byte[] {(byte) 0x80}, 0, 1))).containsExactly(0, 0, 0);
            assertThat(pixel(tiff(order, new byte[] {0x70}, 1, 4))).containsExactly(119, 119, 119);
            byte[] rgb = {(byte) 200, 100, 50};
            assertThat(pixel(tiff(order, rgb, 2, 8, 8, 8))).containsExactly(200, 100, 50);
            byte[] deep = {(byte) 200, (byte) 200, 100, 100, 50, 50};
            assertThat(pixel(tiff(order, deep, 2, 16, 16, 16))).containsExactly(200, 100, 50);
            byte[] ycbcr = {124, 86, (byte) 182};
            assertThat(
                            pixel(
                                    PictureFiles.tiff(
                                            1,
                                            1,
                                            ycbcr,
                                            order,
                                            Map.of(
                                                    258, new int[] {8, 8, 8},
                                                    262, new int[] {6},
                                                    277, new int[] {3},
                                                    530, new int[] {1, 1}),
                                            Map.of())))
                    .containsExactly(200, 100, 50);
        }
    }

    @ParameterizedTest
    @CsvSource({"2, 224 214 204", "1, 255 254 204", "0, 100 50 0"})
    void onlyWhatATiffCallsAlphaIsTransparency(int kind, String expected) throws IOException {
        byte[] tiff =
                PictureFiles.tiff(
                        1,
                        1,
                        new byte[] {100, 50, 0, 51},
                        LITTLE,
                        Map.of(
                                258, new int[] {8, 8, 8, 8},
                                262, new int[] {2},
                                277, new int[] {4},
                                338, new int[] {kind}),
                        Map.of());
        String found = Arrays.toString(pixel(tiff)).replaceAll("[\\[\\],]", "");
        assertThat(found).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 32, 3, floating-point",
        "1, 16, 3, floating-point",
        "1, 64, 3, floating-point",
        "1, 8, 2, signed",
        "1, 16, 2, signed",
        "1, 32, 2, signed",
        "1, 32, 1, 32 bits",
        "1, 12, 1, 12 bits",
        "8, 8, 1, L*a*b*",
        "5, 8, 1, CMYK",
        "32803, 16, 1, raw",
        "4, 1, 1, bits"
    })
    void aTiffOfAnUncertainMeaningIsRefusedByName(
            int photometric, int bits, int format, String why) {
        int samples = photometric == 8 ? 3 : photometric == 5 ? 4 : 1;
        int[] all = new int[samples];
        Arrays.fill(all, bits);
        int[] formats = new int[samples];
        Arrays.fill(formats, format);
        refused(
                PictureFiles.tiff(
                        1,
                        1,
                        new byte[16],
                        LITTLE,
                        Map.of(
                                258,
                                all,
                                262,
                                new int[] {photometric},
                                277,
                                new int[] {samples},
                                339,
                                formats),
                        Map.of()),
                why);
    }

    @Test
    void kindsThatAreOnlyKnownAreNamed() {
        refused("P6\n1 1\n255\nabc".getBytes(StandardCharsets.ISO_8859_1), "PNM");
        refused("\0\0\0\u0018ftypheic\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1), "HEIC");
        refused("8BPS\0\u0001".getBytes(StandardCharsets.ISO_8859_1), "Photoshop");
        refused(new byte[0], "the file is empty");
        refused("hello".getBytes(StandardCharsets.ISO_8859_1), "not a picture");
    }

    /** Six greys that are far apart: A 0, B 40, …, F 200. */
    private static byte[][] letters() {
        return new byte[][] {{0, 40, 80}, {120, (byte) 160, (byte) 200}};
    }

    private static String seen(byte[] file, int block) throws IOException {
        Picture picture = picture(file);
        StringBuilder seen = new StringBuilder();
        for (int y = 0; y < picture.height(); y += block) {
            float[] row = new float[3 * picture.width()];
            picture.row(y + block / 2, row);
            seen.append(y == 0 ? "" : "/");
            for (int x = 0; x < picture.width(); x += block) {
                seen.append((char) ('A' + Math.round(row[x + block / 2] / 40)));
            }
        }
        return seen.toString();
    }

    private static byte[] joined(byte[][] rows) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] row : rows) {
            all.writeBytes(row);
        }
        return all.toByteArray();
    }

    private static byte[] grey(int block) throws IOException {
        BufferedImage image = new BufferedImage(3 * block, 2 * block, BufferedImage.TYPE_BYTE_GRAY);
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                image.getRaster().setSample(x, y, 0, letters()[y / block][x / block] & 0xff);
            }
        }
        return written(image, "jpeg");
    }

    private static byte[] flat(Color colour) throws IOException {
        BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(colour);
        graphics.fill(new Rectangle(16, 16));
        graphics.dispose();
        return written(image, "jpeg");
    }

    private static byte[] written(BufferedImage image, String format) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(ImageIO.write(image, format, out)).isTrue();
        return out.toByteArray();
    }

    private static byte[] fourBands(int[] pixel) throws IOException {
        WritableRaster raster =
                Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 16, 16, 4, null);
        for (int i = 0; i < 256; i++) {
            raster.setPixel(i % 16, i / 16, pixel);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        try (ImageOutputStream stream = ImageIO.createImageOutputStream(out)) {
            writer.setOutput(stream);
            writer.write(null, new IIOImage(raster, null, null), null);
        } finally {
            writer.dispose();
        }
        return out.toByteArray();
    }

    /** A screen of 10×10 with a first frame of one pixel at (5, 6), and a second. */
    private static byte[] gif() {
        // image descriptor with a palette of two colours, then LZW: clear, colour 0, end
        String frame = "2c" + "0500060001000100" + "80" + "c86432000000" + "02" + "024401" + "00";
        return HexFormat.of().parseHex("474946383961" + "0a000a00000000" + frame + frame + "3b");
    }

    private static byte[] png(int bits, int type, int... row) {
        byte[] bytes = new byte[row.length];
        for (int i = 0; i < row.length; i++) {
            bytes[i] = (byte) row[i];
        }
        return PictureFiles.png(new int[] {1, 1, bits, type}, new byte[][] {bytes}, Map.of());
    }

    private static byte[] tiff(ByteOrder order, byte[] pixels, int photometric, int... bits) {
        return PictureFiles.tiff(
                1,
                1,
                pixels,
                order,
                Map.of(
                        258, bits,
                        262, new int[] {photometric},
                        277, new int[] {bits.length}),
                Map.of());
    }

    private static Picture picture(byte[] file) throws IOException {
        return PictureDecoder.decode(PictureSource.of(file), 3);
    }

    private static FramedPicture frame(byte[] file, int channels, int height, int width)
            throws IOException {
        return PictureDecoder.frame(
                PictureSource.of(file), new PictureFormat(channels, height, width));
    }

    private static float[][] rows(byte[] file) throws IOException {
        Picture picture = picture(file);
        float[][] rows = new float[picture.height()][3 * picture.width()];
        for (int y = 0; y < rows.length; y++) {
            picture.row(y, rows[y]);
        }
        return rows;
    }

    private static int[] pixel(byte[] file) throws IOException {
        return pixel(file, 0, 0);
    }

    private static int[] pixel(byte[] file, int x, int y) throws IOException {
        Picture picture = picture(file);
        float[] row = new float[3 * picture.width()];
        picture.row(y, row);
        return new int[] {
            Math.round(row[x]),
            Math.round(row[picture.width() + x]),
            Math.round(row[2 * picture.width() + x])
        };
    }

    private static void refused(byte[] file, String why) {
        assertThatThrownBy(() -> pixel(file, 0, 0))
                .isInstanceOf(MediaException.class)
                .hasMessageContaining(why)
                .hasMessageNotContaining("\n");
    }
}

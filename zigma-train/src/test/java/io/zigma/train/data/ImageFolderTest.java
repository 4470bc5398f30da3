package io.zigma.train.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.zigma.media.PictureFormat;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFolderTest {

    private static final DatasetOptions COLOUR =
            DatasetOptions.defaults().withFormat(new PictureFormat(3, 4, 4));
    private static final DatasetOptions GREY =
            DatasetOptions.defaults().withFormat(new PictureFormat(1, 4, 4));
    private static final Color ORANGE = new Color(240, 128, 16);

    @TempDir Path folder;

    @Test
    void eachSubFolderIsAClassInTheOrderOfNames() throws IOException {
        save(plain(5, 5, Color.BLACK), "png", "dog/b.png");
        save(plain(5, 5, Color.WHITE), "png", "dog/a.PNG");
        save(plain(5, 5, Color.RED), "png", "cat/more/x.png");
        ImageDataset data = open(COLOUR);
        assertThat(data.labels()).containsExactly("cat", "dog");
        assertThat(data.size()).isEqualTo(3);
        assertThat(List.of(data.label(0), data.label(1), data.label(2))).containsExactly(0, 1, 1);
        assertThat(first(data, 1)).containsExactly(1, 1, 1);
        assertThat(first(data, 2)).containsExactly(-1, -1, -1);
    }

    @Test
    void aFolderWithoutSubFoldersHasNoClasses() throws IOException {
        save(plain(5, 5, Color.BLACK), "png", "b.png");
        save(plain(5, 5, Color.WHITE), "png", "a.png");
        ImageDataset data = open(COLOUR);
        assertThat(data.labels()).isEmpty();
        assertThat(data.label(0)).isEqualTo(-1);
        assertThat(first(data, 0)).containsExactly(1, 1, 1);
    }

    @Test
    void hiddenFilesAndOtherFilesAreIgnored() throws IOException {
        save(plain(5, 5, Color.BLACK), "png", "a.png");
        save(plain(5, 5, Color.BLACK), "png", ".hidden.png");
        save(plain(5, 5, Color.BLACK), "png", ".cache/b.png");
        Files.writeString(folder.resolve("notes.txt"), "hello");
        ImageDataset data = open(COLOUR);
        assertThat(data.size()).isEqualTo(1);
        assertThat(data.labels()).isEmpty();
        assertThat(data.skipped()).isEmpty();
    }

    @Test
    void everyDepthAndKindOfPngGivesTheSameColours() throws IOException {
        save(plain(5, 5, ORANGE), "png", "1-rgb.png");
        BufferedImage transparent = new BufferedImage(5, 5, BufferedImage.TYPE_INT_ARGB);
        fill(transparent, ORANGE);
        save(transparent, "png", "2-argb.png");
        IndexColorModel palette =
                new IndexColorModel(
                        2,
                        2,
                        new byte[] {0, (byte) ORANGE.getRed()},
                        new byte[] {0, (byte) ORANGE.getGreen()},
                        new byte[] {0, (byte) ORANGE.getBlue()});
        BufferedImage indexed = new BufferedImage(5, 5, BufferedImage.TYPE_BYTE_BINARY, palette);
        fill(indexed, ORANGE);
        save(indexed, "png", "3-palette.png");
        save(deep(ORANGE), "png", "4-sixteen-bits.png");
        ImageDataset data = open(COLOUR);
        assertThat(data.size()).isEqualTo(4);
        for (int i = 0; i < data.size(); i++) {
            assertThat(first(data, i))
                    .as("picture %d", i)
                    .containsExactly(240 / 127.5f - 1, 128 / 127.5f - 1, 16 / 127.5f - 1);
        }
    }

    @Test
    void greyIsTakenAsItIsStored() throws IOException {
        BufferedImage eight = new BufferedImage(5, 5, BufferedImage.TYPE_BYTE_GRAY);
        BufferedImage sixteen = new BufferedImage(5, 5, BufferedImage.TYPE_USHORT_GRAY);
        for (int i = 0; i < 25; i++) {
            eight.getRaster().setSample(i % 5, i / 5, 0, 100);
            sixteen.getRaster().setSample(i % 5, i / 5, 0, 100 * 257);
        }
        save(eight, "png", "1.png");
        save(sixteen, "png", "2.png");
        save(eight, "jpg", "3.jpg");
        for (DatasetOptions options : List.of(GREY, COLOUR)) {
            ImageDataset data = open(options);
            for (int i = 0; i < 3; i++) {
                for (float value : first(data, i)) {
                    assertThat(value)
                            .as("picture %d, %d channels", i, data.channels())
                            .isEqualTo(100 / 127.5f - 1);
                }
            }
        }
    }

    @Test
    void transparencyIsLaidOverWhite() throws IOException {
        BufferedImage glass = new BufferedImage(5, 5, BufferedImage.TYPE_INT_ARGB);
        for (int i = 0; i < 25; i++) {
            glass.setRGB(i % 5, i / 5, 0x00ff0000);
        }
        save(glass, "png", "clear.png");
        for (int i = 0; i < 25; i++) {
            glass.setRGB(i % 5, i / 5, 0x33000000);
        }
        save(glass, "png", "tinted.png");
        ImageDataset data = open(COLOUR);
        assertThat(first(data, 0)).containsExactly(1, 1, 1);
        assertThat(first(data, 1)[0]).isEqualTo(204 / 127.5f - 1);
    }

    @Test
    void coloursBecomeGreyByTheirLuma() throws IOException {
        save(plain(5, 5, ORANGE), "png", "a.png");
        assertThat(first(open(GREY), 0))
                .containsExactly(
                        Math.round(0.299f * 240 + 0.587f * 128 + 0.114f * 16) / 127.5f - 1);
    }

    @Test
    void aWidePictureIsCutAroundItsCentre() throws IOException {
        BufferedImage wide = plain(40, 8, Color.BLACK);
        Graphics2D graphics = wide.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(12, 0, 16, 8);
        graphics.dispose();
        save(wide, "png", "wide.png");
        float[] picture = new float[16];
        open(GREY).read(0, false, picture, 0);
        for (float value : picture) {
            // the cut goes through 16 to 24, white with room to spare
            assertThat(value).isEqualTo(1);
        }
    }

    @Test
    void everySourcePixelCountsWhenAPictureShrinks() throws IOException {
        BufferedImage stripes = plain(64, 64, Color.BLACK);
        for (int i = 0; i < 64 * 64; i++) {
            if (i % 2 == 0) {
                stripes.setRGB(i % 64, i / 64, 0xffffff);
            }
        }
        save(stripes, "png", "stripes.png");
        float[] picture = new float[16];
        open(GREY).read(0, false, picture, 0);
        for (float value : picture) {
            assertThat(value).isCloseTo(0, within(0.02f));
        }
    }

    @Test
    void aPictureOfTheRightSizeIsNotTouched() throws IOException {
        BufferedImage noise = plain(4, 4, Color.BLACK);
        for (int i = 0; i < 16; i++) {
            noise.setRGB(i % 4, i / 4, 0x010101 * (i * 37 % 256));
        }
        save(noise, "png", "noise.png");
        float[] picture = new float[16];
        open(GREY).read(0, true, picture, 0);
        for (int i = 0; i < 16; i++) {
            int mirrored = i / 4 * 4 + 3 - i % 4;
            assertThat(picture[mirrored]).isEqualTo((i * 37 % 256) / 127.5f - 1);
        }
    }

    @Test
    void damagedFilesAreNamedAndSkipped() throws IOException {
        save(plain(50, 50, ORANGE), "png", "ok/good.png");
        Path png = save(noise(50), "png", "ok/cut.png");
        Files.write(png, Arrays.copyOf(Files.readAllBytes(png), 1500));
        Path jpeg = save(noise(50), "jpg", "ok/cut.jpg");
        Files.write(jpeg, Arrays.copyOf(Files.readAllBytes(jpeg), 1500));
        Files.writeString(folder.resolve("ok/text.jpg"), "this is no picture");
        Files.createFile(folder.resolve("ok/void.png"));
        Files.write(folder.resolve("ok/new.webp"), new byte[] {'R', 'I', 'F', 'F'});
        ImageDataset data = open(COLOUR);
        assertThat(data.size()).isEqualTo(1);
        assertThat(data.skipped())
                .extracting(skipped -> Path.of(skipped.file()).getFileName().toString())
                .containsExactly("cut.jpg", "cut.png", "new.webp", "text.jpg", "void.png");
        assertThat(data.skipped())
                .allSatisfy(
                        skipped ->
                                assertThat(skipped.toString())
                                        .startsWith(skipped.file() + ": ")
                                        .doesNotContain("\n"));
        assertThat(data.skipped().get(4).reason()).isEqualTo("the file is empty");
    }

    @Test
    void anyFlippedBitGivesAPictureOrASkippedFile() throws IOException {
        save(plain(9, 9, ORANGE), "png", "good.png");
        byte[] whole = Files.readAllBytes(save(noise(9), "png", "z.png"));
        byte[] jpeg = Files.readAllBytes(save(noise(9), "jpg", "z.jpg"));
        Files.delete(folder.resolve("z.png"));
        Files.delete(folder.resolve("z.jpg"));
        Random random = new Random(3);
        for (int i = 0; i < 150; i++) {
            Files.write(
                    folder.resolve(String.format(Locale.ROOT, "p%03d.png", i)),
                    flipped(whole, random));
            Files.write(
                    folder.resolve(String.format(Locale.ROOT, "j%03d.jpg", i)),
                    flipped(jpeg, random));
        }
        ImageDataset data = open(COLOUR);
        assertThat(data.size() + data.skipped().size()).isEqualTo(301);
        assertThat(data.skipped()).isNotEmpty();
    }

    @Test
    void aCmykJpegIsNamedAndSkipped() throws IOException {
        save(plain(5, 5, ORANGE), "png", "good.png");
        WritableRaster raster =
                Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 16, 16, 4, null);
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        Path file = folder.resolve("print.jpg");
        try (ImageOutputStream out = ImageIO.createImageOutputStream(file.toFile())) {
            writer.setOutput(out);
            writer.write(null, new IIOImage(raster, null, null), null);
        } finally {
            writer.dispose();
        }
        assertThat(open(COLOUR).skipped())
                .singleElement()
                .satisfies(
                        skipped -> {
                            assertThat(skipped.file()).isEqualTo(file.toString());
                            assertThat(skipped.reason()).contains("CMYK");
                        });
    }

    @Test
    void aClassWithoutPicturesIsWarnedOfAndLeftOut() throws IOException {
        save(plain(5, 5, ORANGE), "png", "full/a.png");
        Files.createDirectory(folder.resolve("blank"));
        ImageDataset data = open(COLOUR);
        assertThat(data.labels()).containsExactly("full");
        assertThat(data.label(0)).isZero();
        assertThat(data.warnings())
                .singleElement()
                .asString()
                .contains("class folder 'blank' has no picture");
    }

    @Test
    void picturesBesideClassFoldersAreWarnedOf() throws IOException {
        save(plain(5, 5, ORANGE), "png", "full/a.png");
        save(plain(5, 5, ORANGE), "png", "stray.png");
        ImageDataset data = open(COLOUR);
        assertThat(data.size()).isEqualTo(1);
        assertThat(data.warnings()).singleElement().asString().contains("1 picture is beside");
    }

    @Test
    void anEmptyFolderIsRefused() {
        refused(COLOUR, "no pictures found");
    }

    @Test
    void aMissingFolderIsRefused() {
        assertThatThrownBy(() -> Datasets.open(folder.resolve("none"), COLOUR))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("there is no such folder");
    }

    @Test
    void aFolderOfNothingReadableIsRefusedWithTheFirstReason() throws IOException {
        Files.writeString(folder.resolve("a.png"), "no picture");
        refused(COLOUR, "its one picture cannot be read: ");
    }

    @Test
    void aSizeMustBeGiven() throws IOException {
        save(plain(5, 5, ORANGE), "png", "a.png");
        refused(DatasetOptions.defaults(), "say which one");
    }

    @Test
    void picturesThatDoNotFitTheMemoryAreReadAgainAndAreTheSame() throws IOException {
        for (int i = 0; i < 4; i++) {
            save(noise(9 + i), "png", i + ".png");
        }
        ImageDataset stored = open(COLOUR);
        ImageDataset half = open(COLOUR.withCacheBytes(2 * 48));
        ImageDataset none = open(COLOUR.withCacheBytes(0));
        for (int i = 0; i < 4; i++) {
            assertThat(whole(half, i)).isEqualTo(whole(stored, i));
            assertThat(whole(none, i)).isEqualTo(whole(stored, i));
        }
        assertThat(none.contentHash()).isEqualTo(stored.contentHash()).hasSize(64);
        Files.delete(folder.resolve("3.png"));
        assertThatThrownBy(() -> whole(half, 3))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("3.png: could be read before");
    }

    @Test
    void theHashFollowsTheFilesAndTheirClasses() throws IOException {
        save(plain(5, 5, ORANGE), "png", "a/x.png");
        String before = open(COLOUR).contentHash();
        assertThat(open(GREY).contentHash()).isEqualTo(before);
        Files.move(folder.resolve("a"), folder.resolve("b"));
        String renamed = open(COLOUR).contentHash();
        save(plain(5, 5, Color.RED), "png", "b/x.png");
        assertThat(List.of(before, renamed, open(COLOUR).contentHash())).doesNotHaveDuplicates();
    }

    @Test
    void aHugePictureIsReadWithPixelsLeftOut() throws IOException {
        BufferedImage huge = new BufferedImage(20_000, 20_000, BufferedImage.TYPE_BYTE_BINARY);
        Graphics2D graphics = huge.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, 10_000, 20_000);
        graphics.dispose();
        save(huge, "png", "huge.png");
        float[] picture = new float[16];
        open(GREY).read(0, false, picture, 0);
        for (int i = 0; i < 16; i++) {
            // white on the left; the cubic kernel rings a little beside the edge
            assertThat(picture[i]).isCloseTo(i % 4 < 2 ? 1 : -1, within(0.2f));
        }
    }

    private ImageDataset open(DatasetOptions options) throws IOException {
        return Datasets.open(folder, options);
    }

    private void refused(DatasetOptions options, String message) {
        assertThatThrownBy(() -> open(options))
                .isInstanceOf(DatasetException.class)
                .hasMessageStartingWith(folder + ": ")
                .hasMessageContaining(message)
                .hasMessageNotContaining("\n");
    }

    private Path save(BufferedImage image, String format, String name) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        assertThat(ImageIO.write(image, format, file.toFile())).isTrue();
        return file;
    }

    private static BufferedImage plain(int width, int height, Color colour) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        fill(image, colour);
        return image;
    }

    private static void fill(BufferedImage image, Color colour) {
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                image.setRGB(x, y, colour.getRGB());
            }
        }
    }

    private static BufferedImage noise(int side) {
        BufferedImage image = plain(side, side, Color.BLACK);
        Random random = new Random(side);
        for (int i = 0; i < side * side; i++) {
            image.setRGB(i % side, i / side, random.nextInt(1 << 24));
        }
        return image;
    }

    /** A picture of 16 bits a colour. */
    private static BufferedImage deep(Color colour) {
        WritableRaster raster =
                Raster.createInterleavedRaster(DataBuffer.TYPE_USHORT, 5, 5, 3, null);
        for (int i = 0; i < 25; i++) {
            raster.setPixel(
                    i % 5,
                    i / 5,
                    new int[] {
                        257 * colour.getRed(), 257 * colour.getGreen(), 257 * colour.getBlue()
                    });
        }
        ComponentColorModel model =
                new ComponentColorModel(
                        ColorSpace.getInstance(ColorSpace.CS_sRGB),
                        false,
                        false,
                        Transparency.OPAQUE,
                        DataBuffer.TYPE_USHORT);
        return new BufferedImage(model, raster, false, null);
    }

    private static byte[] flipped(byte[] bytes, Random random) {
        byte[] copy = bytes.clone();
        int bit = random.nextInt(8 * copy.length);
        copy[bit / 8] ^= (byte) (1 << bit % 8);
        return copy;
    }

    /** The channels of the pixel at the top left. */
    private static float[] first(ImageDataset data, int index) {
        float[] picture = whole(data, index);
        float[] pixel = new float[data.channels()];
        for (int c = 0; c < pixel.length; c++) {
            pixel[c] = picture[c * data.height() * data.width()];
        }
        return pixel;
    }

    private static float[] whole(ImageDataset data, int index) {
        float[] picture = new float[data.channels() * data.height() * data.width()];
        data.read(index, false, picture, 0);
        return picture;
    }
}

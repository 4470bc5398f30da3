package io.zigma.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClipRoundTripTest {

    /** Eight frames a second. */
    private static final Duration EIGHTH = Duration.ofMillis(125);

    @TempDir Path folder;

    @Test
    void anApngIsExactForAnyColours() throws IOException {
        List<BufferedImage> frames = noise(6, 13, 9, 1 << 24);
        frames.add(2, frames.get(1)); // one that changes nothing

        ClipFrames.Read read = written(MediaFormats.APNG, frames, 0);

        assertSame(read, frames);
        assertThat(read.micros()).containsOnly(125_000L);
    }

    @Test
    void greyFramesStayExactInEveryExactFormat() throws IOException {
        List<BufferedImage> frames = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            BufferedImage grey = new BufferedImage(16, 16, BufferedImage.TYPE_BYTE_GRAY);
            for (int at = 0; at < 256; at++) {
                grey.getRaster().setSample(at % 16, at / 16, 0, at + i & 0xff);
            }
            frames.add(grey);
        }

        assertSame(written(MediaFormats.APNG, frames, 0), frames);
        assertSame(written(MediaFormats.GIF, frames, 0), frames);
        assertSame(written(MediaFormats.WEBP, frames, 0), frames);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 16, 17, 256, 257, 1 << 24})
    void aWebpIsExactForAnyColours(int colours) throws IOException {
        List<BufferedImage> frames = noise(5, 41, 31, colours);
        frames.add(2, frames.get(1)); // one that changes nothing

        ClipFrames.Read read = written(MediaFormats.WEBP, frames, 0);

        assertSame(read, frames);
        assertThat(read.micros()).containsOnly(125_000L);
    }

    @Test
    void whatMovesAtOddPlacesOfAWebpIsExact() throws IOException {
        List<BufferedImage> frames = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            BufferedImage frame = new BufferedImage(15, 13, BufferedImage.TYPE_INT_RGB);
            frame.setRGB(i + 1, 12 - i, 0xffffff);
            frame.setRGB(i + 3, 12 - i, 0x102030);
            frames.add(frame);
        }

        assertSame(written(MediaFormats.WEBP, frames, 0), frames);
        assertSame(
                written(MediaFormats.WEBP, ClipFrames.smooth(6, 64, 47), 0),
                ClipFrames.smooth(6, 64, 47));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 17, 256})
    void aGifIsExactForUpTo256Colours(int colours) throws IOException {
        List<BufferedImage> frames = noise(5, 40, 30, colours);

        ClipFrames.Read read = written(MediaFormats.GIF, frames, 0);

        assertSame(read, frames);
    }

    @Test
    void aGifOfManyPixelsFillsItsTableOfCodesAndIsStillExact() throws IOException {
        List<BufferedImage> frames = noise(2, 211, 173, 256);

        assertSame(written(MediaFormats.GIF, frames, 0), frames);
    }

    @Test
    void aGifOfMoreColoursIsClose() throws IOException {
        List<BufferedImage> frames = ClipFrames.smooth(8, 64, 48);

        ClipFrames.Read read = written(MediaFormats.GIF, frames, 0);

        assertThat(ClipFrames.psnr(read.frames(), pixels(frames))).isGreaterThan(38);
    }

    @Test
    void whatDoesNotMoveInAGifIsStill() throws IOException {
        List<BufferedImage> frames = ClipFrames.smooth(4, 64, 48);

        ClipFrames.Read read = written(MediaFormats.GIF, frames, 0);

        List<int[]> meant = pixels(frames);
        for (int i = 1; i < 4; i++) {
            for (int at = 0; at < meant.get(i).length; at++) {
                if (meant.get(i)[at] == meant.get(i - 1)[at]) {
                    assertThat(read.frames().get(i)[at]).isEqualTo(read.frames().get(i - 1)[at]);
                }
            }
        }
    }

    @Test
    void theTimesOfAGifAddUpWithoutRounding() throws IOException {
        ClipFrames.Read read = written(MediaFormats.GIF, noise(8, 4, 4, 9), 0);

        assertThat(read.micros().stream().mapToLong(Long::longValue).sum()).isEqualTo(1_000_000L);
        assertThat(read.micros()).contains(120_000L, 130_000L);
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 31, 50, 64})
    void anMp4IsCloseAndOfTheSameSize(int width) throws IOException {
        List<BufferedImage> frames = ClipFrames.smooth(30, width, 33);

        ClipFrames.Read read = written(MediaFormats.MP4, frames, 0);

        assertThat(read.width()).isEqualTo(width);
        assertThat(read.height()).isEqualTo(33);
        assertThat(read.frames()).hasSize(30);
        assertThat(read.micros()).containsOnly(125_000L);
        assertThat(ClipFrames.psnr(read.frames(), pixels(frames))).isGreaterThan(32);
    }

    @Test
    void anMp4OfNoiseIsWrittenToo() throws IOException {
        List<BufferedImage> frames = noise(3, 32, 32, 1 << 24);

        assertThat(written(MediaFormats.MP4, frames, 0).frames()).hasSize(3);
    }

    @Test
    void theSameContentGivesTheSameBytesInEveryFormat() throws IOException {
        for (MediaWriter format :
                List.of(
                        MediaFormats.GIF,
                        MediaFormats.APNG,
                        MediaFormats.WEBP,
                        MediaFormats.MP4,
                        MediaFormats.FRAMES)) {
            MediaContent content =
                    new MediaContent(
                            ClipFrames.smooth(3, 20, 20), EIGHTH, EIGHTH, 0, Map.of("seed", "1"));

            assertThat(bytes(format, content)).as(format.name()).isEqualTo(bytes(format, content));
        }
    }

    @Test
    void theRecipeIsReadAgain() throws IOException {
        Map<String, String> text = Map.of("prompt", "ein café 猫");
        MediaContent content =
                new MediaContent(ClipFrames.smooth(2, 16, 16), EIGHTH, EIGHTH, 0, text);
        Path apng = folder.resolve("a.apng");
        Path mp4 = folder.resolve("a.mp4");
        Path webp = folder.resolve("a.webp");
        MediaFormats.APNG.write(apng, content);
        MediaFormats.WEBP.write(webp, content);
        MediaFormats.MP4.write(mp4, content);

        assertThat(PngFile.readText(apng)).containsExactly(entry("prompt", "ein café 猫"));
        assertThat(Mp4Writer.readText(mp4)).containsExactly(entry("prompt", "ein café 猫"));
        assertThat(WebpWriter.readText(webp)).containsExactly(entry("prompt", "ein café 猫"));
        MediaFormats.WEBP.write(
                webp, new MediaContent(content.frames(), EIGHTH, EIGHTH, 0, Map.of()));
        assertThat(WebpWriter.readText(webp)).isEmpty();
    }

    @Test
    void aWebpIsSmallerThanAnApngOfTheSameFrames() throws IOException {
        MediaContent content =
                new MediaContent(ClipFrames.smooth(8, 64, 64), EIGHTH, EIGHTH, 0, Map.of());

        assertThat(bytes(MediaFormats.WEBP, content))
                .hasSizeLessThan(bytes(MediaFormats.APNG, content).length);
    }

    @Test
    void aWebpThatTheFormatCannotHoldIsRefused() {
        BufferedImage wide = new BufferedImage(16385, 1, BufferedImage.TYPE_INT_RGB);
        assertThatThrownBy(
                        () ->
                                bytes(
                                        MediaFormats.WEBP,
                                        new MediaContent(
                                                List.of(wide), EIGHTH, EIGHTH, 0, Map.of())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most 16384 pixels a side, not 16385×1");
    }

    @Test
    void everyCutOfAWebpIsNoticed() throws IOException {
        byte[] whole =
                bytes(
                        MediaFormats.WEBP,
                        new MediaContent(
                                ClipFrames.smooth(3, 16, 16), EIGHTH, EIGHTH, 0, Map.of("a", "b")));

        for (int length = 12; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> ClipFrames.read(cut))
                    .as("%s of %s bytes", length, whole.length)
                    .isInstanceOf(MediaException.class);
        }
    }

    @Test
    void framesInAnArchiveAreExact() throws IOException {
        List<BufferedImage> frames = noise(3, 5, 4, 1 << 24);
        byte[] zip = bytes(MediaFormats.FRAMES, new MediaContent(frames, EIGHTH, EIGHTH, Map.of()));
        List<PictureSource> pictures = new ArrayList<>();
        List<String> names = new ArrayList<>();
        try (java.util.zip.ZipInputStream in =
                new java.util.zip.ZipInputStream(new java.io.ByteArrayInputStream(zip))) {
            for (var next = in.getNextEntry(); next != null; next = in.getNextEntry()) {
                names.add(next.getName());
                pictures.add(PictureSource.of(in.readAllBytes()));
            }
        }

        assertThat(names).containsExactly("0001.png", "0002.png", "0003.png");
        ClipFrames.Read read = ClipFrames.read(ClipSource.frames(pictures, 8));
        assertSame(read, frames);
        assertThat(read.micros()).containsOnly(125_000L);
    }

    @Test
    void cellsOfASheetAreFrames() throws IOException {
        BufferedImage sheet = new BufferedImage(4, 2, BufferedImage.TYPE_INT_RGB);
        for (int at = 0; at < 8; at++) {
            sheet.setRGB(at % 4, at / 4, at);
        }
        PictureSource file = PictureSource.of(PngFile.bytes(sheet, Map.of()));

        ClipFrames.Read read =
                ClipFrames.read(ClipSource.sheet(file, SpriteSheet.parse("2x2:3"), 10));

        assertThat(read.frames()).hasSize(3);
        assertThat(read.frames().get(0)).containsExactly(0, 1);
        assertThat(read.frames().get(1)).containsExactly(2, 3);
        assertThat(read.frames().get(2)).containsExactly(4, 5);
        assertThatThrownBy(
                        () -> ClipFrames.read(ClipSource.sheet(file, SpriteSheet.parse("2x3"), 10)))
                .isInstanceOf(MediaException.class)
                .hasMessageContaining("4×2");
    }

    @Test
    void framesOfDifferentSizesAreNoClip() {
        List<PictureSource> pictures =
                List.of(
                        PictureSource.of(PngFile.bytes(noise(1, 4, 4, 5).get(0), Map.of())),
                        PictureSource.of(PngFile.bytes(noise(1, 5, 4, 5).get(0), Map.of())));

        assertThatThrownBy(() -> ClipFrames.read(ClipSource.frames(pictures, 8)))
                .isInstanceOf(MediaException.class)
                .hasMessageContaining("frame 2 has 5×4 pixels, the first 4×4");
    }

    @Test
    void everyCutOfAnMp4IsNoticed() throws IOException {
        byte[] whole =
                bytes(
                        MediaFormats.MP4,
                        new MediaContent(
                                ClipFrames.smooth(4, 32, 32), EIGHTH, EIGHTH, 0, Map.of("a", "b")));

        for (int length = 20; length < whole.length; length += 7) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> ClipFrames.read(cut))
                    .as("%s of %s bytes", length, whole.length)
                    .isInstanceOf(MediaException.class);
        }
    }

    @Test
    void anMp4WithChangedBytesIsReadOrRefusedAndNothingElse() throws IOException {
        byte[] whole =
                bytes(
                        MediaFormats.MP4,
                        new MediaContent(
                                ClipFrames.smooth(3, 32, 32), EIGHTH, EIGHTH, 0, Map.of()));
        Random random = new Random(5);

        for (int i = 0; i < 400; i++) {
            byte[] changed = whole.clone();
            changed[random.nextInt(whole.length)] = (byte) random.nextInt(256);
            try {
                assertThat(ClipFrames.read(changed).frames()).isNotEmpty();
            } catch (MediaException e) {
                assertThat(e).hasMessageNotContaining("\n");
            }
        }
    }

    private ClipFrames.Read written(MediaWriter format, List<BufferedImage> frames, int loops)
            throws IOException {
        byte[] file = bytes(format, new MediaContent(frames, EIGHTH, EIGHTH, loops, Map.of()));
        Files.write(folder.resolve("clip" + format.endings().get(0)), file);
        return ClipFrames.read(file);
    }

    private static byte[] bytes(MediaWriter format, MediaContent content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        format.write(out, content);
        return out.toByteArray();
    }

    private static List<int[]> pixels(List<BufferedImage> frames) {
        return frames.stream().map(RgbFrames::pixels).toList();
    }

    private static void assertSame(ClipFrames.Read read, List<BufferedImage> frames) {
        assertThat(read.frames()).hasSameSizeAs(frames);
        for (int i = 0; i < frames.size(); i++) {
            assertThat(read.frames().get(i))
                    .as("frame %s", i)
                    .isEqualTo(RgbFrames.pixels(frames.get(i)));
        }
    }

    /** Random pixels of some colours, of which a part changes from frame to frame. */
    private static List<BufferedImage> noise(int count, int width, int height, int colours) {
        Random random = new Random(colours);
        int[] palette = random.ints(Math.min(colours, 256), 0, 1 << 24).toArray();
        List<BufferedImage> frames = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            BufferedImage frame = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    boolean stays = i > 0 && (x < 2 || y < 3);
                    int colour =
                            colours > 256
                                    ? random.nextInt(1 << 24)
                                    : palette[random.nextInt(palette.length)];
                    frame.setRGB(x, y, stays ? frames.get(i - 1).getRGB(x, y) : colour);
                }
            }
            frames.add(frame);
        }
        return frames;
    }
}

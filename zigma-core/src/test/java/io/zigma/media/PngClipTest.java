package io.zigma.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PngClipTest {

    private static final int OPAQUE_RED = 0xffff0000;
    private static final int OPAQUE_BLUE = 0xff0000ff;
    private static final int RED = 0xff0000;
    private static final int BLUE = 0x0000ff;
    private static final int WHITE = 0xffffff;

    private final ByteArrayOutputStream file = new ByteArrayOutputStream();
    private int sequence;

    @Test
    void aFrameStandsOverWhatWasThereOrReplacesIt() throws IOException {
        start(3);
        control(0, 0, 2, 1, 0, 0);
        data(OPAQUE_RED, OPAQUE_RED);
        control(0, 0, 2, 1, 0, 1);
        data(0, OPAQUE_BLUE);
        control(0, 0, 2, 1, 0, 0);
        data(0, OPAQUE_BLUE);

        ClipFrames.Read read = ClipFrames.read(end());

        assertThat(read.frames().get(0)).containsExactly(RED, RED);
        assertThat(read.frames().get(1)).containsExactly(RED, BLUE);
        assertThat(read.frames().get(2)).containsExactly(WHITE, BLUE);
    }

    @Test
    void halfClearColoursMix() throws IOException {
        start(2);
        control(0, 0, 2, 1, 0, 0);
        data(OPAQUE_RED, OPAQUE_RED);
        control(0, 0, 1, 1, 0, 1);
        data(0x800000ff);

        assertThat(ClipFrames.read(end()).frames().get(1)).containsExactly(0x7f0080, RED);
    }

    @Test
    void disposalIsAsTheFrameSays() throws IOException {
        start(4);
        control(0, 0, 2, 1, 0, 0);
        data(OPAQUE_RED, OPAQUE_RED);
        control(0, 0, 1, 1, 2, 0);
        data(OPAQUE_BLUE);
        control(1, 0, 1, 1, 1, 0);
        data(OPAQUE_BLUE);
        control(0, 0, 1, 1, 0, 1);
        data(0);

        ClipFrames.Read read = ClipFrames.read(end());

        assertThat(read.frames().get(1)).containsExactly(BLUE, RED);
        assertThat(read.frames().get(2)).containsExactly(RED, BLUE);
        assertThat(read.frames().get(3)).containsExactly(RED, WHITE);
    }

    @Test
    void aPictureForProgramsWithoutAnimationIsNoFrame() throws IOException {
        start(2);
        PngClip.chunk(file, "IDAT", pixels(OPAQUE_RED, OPAQUE_RED));
        control(0, 0, 2, 1, 0, 0);
        numbered(OPAQUE_BLUE, OPAQUE_BLUE);
        control(0, 0, 1, 1, 0, 0);
        numbered(OPAQUE_RED);

        ClipFrames.Read read = ClipFrames.read(end());

        assertThat(read.frames()).hasSize(2);
        assertThat(read.frames().get(0)).containsExactly(BLUE, BLUE);
        assertThat(read.frames().get(1)).containsExactly(RED, BLUE);
    }

    @Test
    void aStillPictureIsAClipOfOneFrame() throws IOException {
        BufferedImage still = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB);
        still.setRGB(0, 0, 0x123456);

        ClipFrames.Read read = ClipFrames.read(PngFile.bytes(still, Map.of()));

        assertThat(read.frames()).hasSize(1);
        assertThat(read.frames().get(0)).containsExactly(0x123456);
    }

    @Test
    void missingFramesAreDamage() throws IOException {
        start(2);
        control(0, 0, 2, 1, 0, 0);
        data(OPAQUE_RED, OPAQUE_RED);
        byte[] png = end();

        assertThatThrownBy(() -> ClipFrames.read(png))
                .isInstanceOf(MediaException.class)
                .hasMessageContaining("1 frames of 2");
    }

    @Test
    void aFrameBesideTheCanvasIsDamage() throws IOException {
        start(1);
        control(1, 0, 2, 1, 0, 0);
        data(OPAQUE_RED, OPAQUE_RED);
        byte[] png = end();

        assertThatThrownBy(() -> ClipFrames.read(png)).isInstanceOf(MediaException.class);
    }

    @Test
    void everyCutAndEveryChangedByteOfAFrameIsNoticed() throws IOException {
        start(2);
        control(0, 0, 2, 1, 0, 0);
        data(OPAQUE_RED, OPAQUE_RED);
        control(0, 0, 1, 1, 0, 1);
        int from = file.size();
        data(OPAQUE_BLUE);
        byte[] whole = end();

        for (int length = 16; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> ClipFrames.read(cut)).isInstanceOf(MediaException.class);
        }
        for (int at = from; at < whole.length - 12; at++) {
            byte[] changed = whole.clone();
            changed[at] ^= 0x10;
            assertThatThrownBy(() -> ClipFrames.read(changed))
                    .as("byte %s", at)
                    .isInstanceOf(MediaException.class);
        }
    }

    private void start(int frames) {
        file.writeBytes("\u0089PNG\r\n\u001a\n".getBytes(StandardCharsets.ISO_8859_1));
        PngClip.chunk(
                file,
                "IHDR",
                ByteBuffer.allocate(13)
                        .putInt(2)
                        .putInt(1)
                        .put(new byte[] {8, 6, 0, 0, 0})
                        .array());
        PngClip.chunk(file, "acTL", ByteBuffer.allocate(8).putInt(frames).putInt(0).array());
    }

    private void control(int left, int top, int width, int height, int disposal, int blend) {
        PngClip.chunk(
                file,
                "fcTL",
                ByteBuffer.allocate(26)
                        .putInt(sequence++)
                        .putInt(width)
                        .putInt(height)
                        .putInt(left)
                        .putInt(top)
                        .putShort((short) 1)
                        .putShort((short) 8)
                        .put((byte) disposal)
                        .put((byte) blend)
                        .array());
    }

    private void data(int... argb) {
        if (sequence == 1) {
            PngClip.chunk(file, "IDAT", pixels(argb));
        } else {
            numbered(argb);
        }
    }

    private void numbered(int... argb) {
        byte[] own = pixels(argb);
        PngClip.chunk(
                file,
                "fdAT",
                ByteBuffer.allocate(4 + own.length).putInt(sequence++).put(own).array());
    }

    /** A row of pixels, packed. */
    private static byte[] pixels(int... argb) {
        ByteBuffer row = ByteBuffer.allocate(1 + 4 * argb.length).put((byte) 0);
        for (int pixel : argb) {
            row.putInt(pixel << 8 | pixel >>> 24);
        }
        java.util.zip.Deflater deflater = new java.util.zip.Deflater();
        deflater.setInput(row.array());
        deflater.finish();
        byte[] packed = new byte[256];
        int count = deflater.deflate(packed);
        deflater.end();
        return Arrays.copyOf(packed, count);
    }

    private byte[] end() {
        PngClip.chunk(file, "IEND", new byte[0]);
        return file.toByteArray();
    }
}

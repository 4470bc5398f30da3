package io.zigma.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class WebpClipTest {

    private static final int BROWN = 0xc86432;
    private static final int BLUE = 0x143cb4;
    private static final int WHITE = 0xffffff;
    private static final int DISPOSE = 1;

    private final ByteArrayOutputStream chunks = new ByteArrayOutputStream();

    @Test
    void framesStandWhereTheFileSaysOnWhatWasThere() throws IOException {
        canvas(100, 80);
        frame(20, 10, 40, 0);
        frame(36, 14, 250, 0);

        ClipFrames.Read read = ClipFrames.read(file());

        assertThat(read.micros()).containsExactly(40_000L, 250_000L);
        assertThat(at(read, 0, 19, 10)).isEqualTo(WHITE);
        assertThat(at(read, 0, 20, 10)).isEqualTo(BROWN);
        assertThat(at(read, 0, 83, 73)).isEqualTo(BLUE);
        assertThat(at(read, 1, 20, 10)).isEqualTo(BROWN);
        assertThat(at(read, 1, 36, 14)).isEqualTo(BROWN);
        assertThat(at(read, 1, 99, 77)).isEqualTo(BLUE);
        assertThat(at(read, 1, 99, 78)).isEqualTo(WHITE);
    }

    @Test
    void aDisposedFrameLeavesItsRectangleClear() throws IOException {
        canvas(100, 80);
        frame(0, 0, 40, DISPOSE);
        frame(36, 16, 40, 0);

        ClipFrames.Read read = ClipFrames.read(file());

        assertThat(at(read, 0, 0, 0)).isEqualTo(BROWN);
        assertThat(at(read, 1, 0, 0)).isEqualTo(WHITE);
        assertThat(at(read, 1, 36, 16)).isEqualTo(BROWN);
    }

    @Test
    void aStillPictureIsAClipOfOneFrame() throws IOException {
        ClipFrames.Read read = ClipFrames.read(PictureFiles.webp());

        assertThat(read.frames()).hasSize(1);
        assertThat(at(read, 0, 0, 0)).isEqualTo(BROWN);
    }

    @Test
    void aFrameBesideTheCanvasIsDamage() throws IOException {
        canvas(100, 80);
        frame(38, 10, 40, 0);
        byte[] file = file();

        assertThatThrownBy(() -> ClipFrames.read(file))
                .isInstanceOf(MediaException.class)
                .hasMessageContaining("beside its canvas");
    }

    @Test
    void everyCutIsNoticed() throws IOException {
        canvas(100, 80);
        frame(20, 10, 40, 0);
        frame(36, 14, 250, 0);
        byte[] whole = file();

        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> ClipFrames.read(cut)).isInstanceOf(MediaException.class);
        }
    }

    private static int at(ClipFrames.Read read, int frame, int x, int y) {
        return read.frames().get(frame)[y * read.width() + x];
    }

    private void canvas(int width, int height) {
        ByteBuffer extended = ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN);
        extended.putInt(0x12).put(little24(width - 1)).put(little24(height - 1));
        chunk("VP8X", extended.array());
        // a background that programs do not show
        chunk("ANIM", new byte[] {1, 2, 3, (byte) 0xff, 0, 0});
    }

    private void frame(int left, int top, int millis, int flags) {
        byte[] still = PictureFiles.webp();
        ByteBuffer frame = ByteBuffer.allocate(16 + still.length - 12);
        frame.put(little24(left / 2))
                .put(little24(top / 2))
                .put(little24(63))
                .put(little24(63))
                .put(little24(millis))
                .put((byte) flags)
                .put(still, 12, still.length - 12);
        chunk("ANMF", frame.array());
    }

    private static byte[] little24(int value) {
        return new byte[] {(byte) value, (byte) (value >> 8), (byte) (value >> 16)};
    }

    private void chunk(String name, byte[] content) {
        ByteBuffer head = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        head.put(name.getBytes(StandardCharsets.ISO_8859_1)).putInt(content.length);
        chunks.writeBytes(head.array());
        chunks.writeBytes(content);
        if ((content.length & 1) == 1) {
            chunks.write(0);
        }
    }

    private byte[] file() {
        byte[] content = chunks.toByteArray();
        return ByteBuffer.allocate(12 + content.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put("RIFF".getBytes(StandardCharsets.ISO_8859_1))
                .putInt(4 + content.length)
                .put("WEBP".getBytes(StandardCharsets.ISO_8859_1))
                .put(content)
                .array();
    }
}

package io.zigma.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class WebpClipTest {

    private static final int BROWN = 0xc86432;
    private static final int BLUE = 0x143cb4;
    private static final int WHITE = 0xffffff;

    private WebpAnimation animation = new WebpAnimation(1, 1);

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
        frame(0, 0, 40, WebpAnimation.DISPOSE);
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
    void theSmallestFileThatLibwebpWritesIsRead() throws IOException {
        byte[] file =
                Base64.getDecoder().decode("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==");

        ClipFrames.Read read = ClipFrames.read(file);

        assertThat(read.width()).isEqualTo(1);
        assertThat(read.frames()).hasSize(1);
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
        animation = new WebpAnimation(width, height);
    }

    private void frame(int left, int top, int millis, int flags) {
        animation.frame(PictureFiles.webp(), 64, left, top, millis, flags);
    }

    private byte[] file() {
        return animation.bytes();
    }
}

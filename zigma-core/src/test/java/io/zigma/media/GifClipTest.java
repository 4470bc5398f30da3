package io.zigma.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class GifClipTest {

    private static final int RED = 0xff0000;
    private static final int GREEN = 0x00ff00;
    private static final int BLUE = 0x0000ff;
    private static final int WHITE = 0xffffff;

    /** The colours of the files: white is what is clear. */
    private static final int CLEAR = 3;

    private final ByteArrayOutputStream file = new ByteArrayOutputStream();

    @Test
    void partialFramesStandOnWhatWasThere() throws IOException {
        screen(2, 2);
        frame(1, 5, -1, 0, 0, 2, 2, 0, 0, 0, 0);
        frame(1, 20, -1, 1, 0, 1, 2, 1, 2);

        ClipFrames.Read read = ClipFrames.read(end());

        assertThat(read.frames().get(0)).containsExactly(RED, RED, RED, RED);
        assertThat(read.frames().get(1)).containsExactly(RED, GREEN, RED, BLUE);
        assertThat(read.micros()).containsExactly(50_000L, 200_000L);
    }

    @Test
    void aClearIndexLetsThroughWhatWasThere() throws IOException {
        screen(2, 1);
        frame(1, 5, -1, 0, 0, 2, 1, 0, 1);
        frame(1, 5, CLEAR, 0, 0, 2, 1, CLEAR, 2);

        assertThat(ClipFrames.read(end()).frames().get(1)).containsExactly(RED, BLUE);
    }

    @Test
    void aFrameDisposedToTheBackgroundLeavesItsRectangleClear() throws IOException {
        screen(2, 1);
        frame(1, 5, -1, 0, 0, 2, 1, 0, 0);
        frame(2, 5, -1, 0, 0, 1, 1, 1);
        frame(1, 5, CLEAR, 1, 0, 1, 1, CLEAR);

        ClipFrames.Read read = ClipFrames.read(end());

        assertThat(read.frames().get(1)).containsExactly(GREEN, RED);
        assertThat(read.frames().get(2)).containsExactly(WHITE, RED);
    }

    @Test
    void aFrameDisposedToThePreviousOneIsTakenAwayAgain() throws IOException {
        screen(2, 1);
        frame(1, 5, -1, 0, 0, 2, 1, 0, 1);
        frame(3, 5, -1, 0, 0, 1, 1, 2);
        frame(3, 5, -1, 1, 0, 1, 1, 2);
        frame(1, 5, CLEAR, 0, 0, 1, 1, CLEAR);

        ClipFrames.Read read = ClipFrames.read(end());

        assertThat(read.frames().get(1)).containsExactly(BLUE, GREEN);
        assertThat(read.frames().get(2)).containsExactly(RED, BLUE);
        assertThat(read.frames().get(3)).containsExactly(RED, GREEN);
    }

    @Test
    void disposalFourIsTakenForThreeAsBrowsersDo() throws IOException {
        screen(2, 1);
        frame(1, 5, -1, 0, 0, 2, 1, 0, 1);
        frame(4, 5, -1, 0, 0, 1, 1, 2);
        frame(1, 5, CLEAR, 1, 0, 1, 1, CLEAR);

        ClipFrames.Read read = ClipFrames.read(end());

        assertThat(read.frames().get(1)).containsExactly(BLUE, GREEN);
        assertThat(read.frames().get(2)).containsExactly(RED, GREEN);
    }

    @Test
    void theBackgroundIsClearWhateverColourTheFileNames() throws IOException {
        screen(2, 1);
        frame(1, 5, -1, 1, 0, 1, 1, 2);

        assertThat(ClipFrames.read(end()).frames().get(0)).containsExactly(WHITE, BLUE);
    }

    @Test
    void framesBeyondTheScreenAreCut() throws IOException {
        screen(2, 1);
        frame(1, 5, -1, 0, 0, 2, 1, 0, 0);
        frame(1, 5, -1, 1, 0, 3, 2, 1, 2, 2, 2, 2, 2);

        assertThat(ClipFrames.read(end()).frames().get(1)).containsExactly(RED, GREEN);
    }

    @Test
    void theLargestRowsOfAnInterlacedFrameComeFirst() throws IOException {
        screen(1, 5);
        control(1, 5, -1);
        image(0, 0, 1, 5, 0x40);
        // passes of rows 0, 4, 2, 1 and 3
        GifCodes.write(new int[] {0, 1, 2, 0, 1}, 1, new Canvas.Area(0, 0, 1, 5), 2, file);

        assertThat(ClipFrames.read(end()).frames().get(0))
                .containsExactly(RED, RED, BLUE, GREEN, GREEN);
    }

    @Test
    void timesThatMeanAsFastAsPossibleAreATenthOfASecond() throws IOException {
        screen(1, 1);
        frame(1, 0, -1, 0, 0, 1, 1, 0);
        frame(1, 1, -1, 0, 0, 1, 1, 1);
        frame(1, 2, -1, 0, 0, 1, 1, 1);

        assertThat(ClipFrames.read(end()).micros()).containsExactly(100_000L, 100_000L, 20_000L);
    }

    @Test
    void aMissingTrailerIsNoDamage() throws IOException {
        screen(1, 1);
        frame(1, 5, -1, 0, 0, 1, 1, 0);

        assertThat(ClipFrames.read(file.toByteArray()).frames()).hasSize(1);
    }

    @Test
    void aFileThatIsCutAnywhereWithinIsDamaged() throws IOException {
        screen(2, 2);
        frame(1, 5, -1, 0, 0, 2, 2, 0, 1, 2, 0);
        int first = file.size();
        frame(1, 5, -1, 0, 0, 2, 2, 1, 1, 0, 0);
        byte[] whole = file.toByteArray();

        for (int length = 14; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            if (length != first) {
                assertThatThrownBy(() -> ClipFrames.read(cut))
                        .as("%s of %s bytes", length, whole.length)
                        .isInstanceOf(MediaException.class);
            }
        }
    }

    private void screen(int width, int height) {
        file.writeBytes("GIF89a".getBytes(StandardCharsets.US_ASCII));
        little(width);
        little(height);
        file.write(0x81); // a table of four colours
        file.write(1); // green in the background
        file.write(0);
        for (int colour : new int[] {RED, GREEN, BLUE, WHITE}) {
            file.write(colour >> 16);
            file.write(colour >> 8);
            file.write(colour);
        }
    }

    private void frame(
            int disposal,
            int ticks,
            int clear,
            int left,
            int top,
            int width,
            int height,
            int... indices) {
        control(disposal, ticks, clear);
        image(left, top, width, height, 0);
        GifCodes.write(indices, width, new Canvas.Area(0, 0, width, height), 2, file);
    }

    private void control(int disposal, int ticks, int clear) {
        file.write(0x21);
        file.write(0xf9);
        file.write(4);
        file.write(disposal << 2 | (clear < 0 ? 0 : 1));
        little(ticks);
        file.write(Math.max(0, clear));
        file.write(0);
    }

    private void image(int left, int top, int width, int height, int flags) {
        file.write(0x2c);
        little(left);
        little(top);
        little(width);
        little(height);
        file.write(flags);
    }

    private void little(int value) {
        file.write(value);
        file.write(value >> 8);
    }

    private byte[] end() {
        file.write(0x3b);
        return file.toByteArray();
    }
}

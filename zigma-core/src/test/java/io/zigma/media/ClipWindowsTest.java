package io.zigma.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zigma.media.ClipSampling.ShortClip;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClipWindowsTest {

    private static final PictureFormat ONE_PIXEL = new PictureFormat(1, 1, 1);

    @Test
    void aLongClipIsCutIntoWholeWindows() throws IOException {
        assertThat(windows(7, 100_000, new ClipSampling(3, 0, 1, ShortClip.LOOP)))
                .containsExactly(List.of(0, 1, 2), List.of(3, 4, 5));
    }

    @Test
    void everySecondFrameIsTaken() throws IOException {
        assertThat(windows(7, 100_000, new ClipSampling(2, 0, 2, ShortClip.LOOP)))
                .containsExactly(List.of(0, 2), List.of(4, 6));
    }

    @Test
    void aShortClipBeginsAgainOrIsHeldOrIsLeftOut() throws IOException {
        assertThat(windows(2, 100_000, new ClipSampling(5, 0, 1, ShortClip.LOOP)))
                .containsExactly(List.of(0, 1, 0, 1, 0));
        assertThat(windows(2, 100_000, new ClipSampling(5, 0, 1, ShortClip.HOLD)))
                .containsExactly(List.of(0, 1, 1, 1, 1));
        assertThatThrownBy(
                        () -> windows(2, 100_000, new ClipSampling(5, 0, 1, ShortClip.LEAVE_OUT)))
                .isInstanceOf(MediaException.class)
                .hasMessage("shorter than 5 frames: 2");
    }

    @Test
    void atARateTheFrameIsTakenThatIsShownThen() throws IOException {
        // 25 frames a second, of which 10 are wanted: at 0, 100, 200 … thousandths
        assertThat(windows(10, 40_000, new ClipSampling(4, 10, 1, ShortClip.LOOP)))
                .containsExactly(List.of(0, 2, 5, 7));
        // 4 frames a second, of which 8 are wanted
        assertThat(windows(3, 250_000, new ClipSampling(6, 8, 1, ShortClip.LOOP)))
                .containsExactly(List.of(0, 0, 1, 1, 2, 2));
    }

    @Test
    void aStillIsAClipOfOneFrame() throws IOException {
        assertThat(windows(1, 1, new ClipSampling(3, 8, 1, ShortClip.HOLD)))
                .containsExactly(List.of(0, 0, 0));
    }

    @Test
    void aWindowIsReadAgain() throws IOException {
        ClipSampling sampling = new ClipSampling(2, 0, 1, ShortClip.LOOP);
        ClipSource clip = clip(6, 100_000);

        assertThat(ClipWindows.window(clip, ONE_PIXEL, sampling, 2)).containsExactly(4, 5);
        assertThatThrownBy(() -> ClipWindows.window(clip, ONE_PIXEL, sampling, 3))
                .isInstanceOf(MediaException.class);
    }

    @Test
    void rateAndStrideContradict() {
        assertThatThrownBy(() -> new ClipSampling(4, 8, 2, ShortClip.LOOP))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not both");
    }

    private static List<List<Integer>> windows(int count, long micros, ClipSampling sampling)
            throws IOException {
        List<List<Integer>> windows = new ArrayList<>();
        ClipWindows.read(
                clip(count, micros),
                ONE_PIXEL,
                sampling,
                (number, pixels) -> {
                    List<Integer> levels = new ArrayList<>();
                    for (byte level : pixels) {
                        levels.add((int) level);
                    }
                    windows.add(levels);
                    return true;
                });
        return windows;
    }

    /** A clip whose frame n has the level n. */
    private static ClipSource clip(int count, long micros) {
        return sink -> {
            for (int i = 0; i < count; i++) {
                int level = i;
                Picture picture =
                        new Picture() {
                            @Override
                            public int width() {
                                return 1;
                            }

                            @Override
                            public int height() {
                                return 1;
                            }

                            @Override
                            public int channels() {
                                return 1;
                            }

                            @Override
                            public void row(int y, float[] row) {
                                row[0] = level;
                            }
                        };
                if (!sink.take(new ClipFrame(channels -> picture, micros))) {
                    return;
                }
            }
        };
    }
}

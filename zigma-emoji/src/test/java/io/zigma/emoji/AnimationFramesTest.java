package io.zigma.emoji;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.zigma.media.ClipSource;
import io.zigma.media.MediaException;
import io.zigma.media.PictureSource;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnimationFramesTest {

    private static final int YELLOW = 0xfbe067;

    @TempDir Path place;

    @Test
    void framesAreThoseShownAtEqualDistancesOfOneLoop() throws IOException {
        TinyAnimation uneven =
                new TinyAnimation().frame(0, 0, 300).frame(48, 48, 50).frame(0, 48, 50);
        List<Drawing> drawings = read(uneven, 8, 16).drawings();
        assertThat(drawings).hasSize(8);
        for (int i = 0; i < 8; i++) {
            assertThat(isRedAt(drawings.get(i), 8, 8)).as("frame %s", i).isEqualTo(i < 6);
            assertThat(isRedAt(drawings.get(i), 56, 56)).as("frame %s", i).isEqualTo(i == 6);
            assertThat(isRedAt(drawings.get(i), 8, 56)).as("frame %s", i).isEqualTo(i == 7);
        }
    }

    @Test
    void aFileWithFewFramesRepeatsThem() throws IOException {
        AnimationFrames frames = read(new TinyAnimation().frame(0, 0, 40).frame(48, 0, 40), 8, 16);
        assertThat(frames.own()).isEqualTo(2);
        assertThat(frames.drawings().subList(0, 4)).allMatch(one -> isRedAt(one, 8, 8));
        assertThat(frames.drawings().subList(4, 8)).noneMatch(one -> isRedAt(one, 8, 8));
    }

    @Test
    void whatIsClearInTheFileIsClearInTheDrawing() throws IOException {
        Drawing drawing = read(TinyAnimation.crossing(8), 8, 16).drawings().get(0);
        assertThat(drawing.side()).isEqualTo(64);
        assertThat(drawing.argb()[0]).isZero();
        assertThat(drawing.argb()[32 * 64 + 8]).isEqualTo(0xff000000 | TinyAnimation.RED);
    }

    @Test
    void framesAreOnTheBackgroundThatIsWanted() throws IOException {
        List<Drawing> drawings = read(TinyAnimation.crossing(8), 8, 16).drawings();
        Course whole = new Course(Course.STEPS, 0, 0, false, false);
        List<BufferedImage> frames = AnimatedClips.frames(drawings, whole, 16, YELLOW);
        assertThat(frames).hasSize(8);
        assertThat(frames.get(0).getRGB(15, 15) & 0xffffff).isEqualTo(YELLOW);
        // the disc is four pixels of sixteen wide, at the left edge in the first frame
        assertThat(frames.get(0).getRGB(1, 7) & 0xffffff).isEqualTo(TinyAnimation.RED);
        assertThat(frames.get(4).getRGB(1, 7) & 0xffffff).isEqualTo(YELLOW);
        assertThat(frames.get(4).getRGB(14, 7) & 0xffffff).isEqualTo(TinyAnimation.RED);
    }

    @Test
    void aShrunkPixelIsTheMeanOfThoseUnderIt() throws IOException {
        // 256 pixels become 64
        Drawing small =
                read(new TinyAnimation(256, 256).frame(0, 0, 40).frame(2, 0, 40), 8, 16)
                        .drawings()
                        .get(0);
        assertThat(small.side()).isEqualTo(64);
        double area = 0;
        for (int pixel : small.argb()) {
            area += (pixel >>> 24) / 255.0;
            if (pixel >>> 24 > 127) {
                assertThat(Math.abs((pixel >> 16 & 0xff) - 220)).isLessThanOrEqualTo(1);
            }
        }
        // of the disc's pixels a sixteenth is left
        long own = 0;
        for (int pixel : read(TinyAnimation.crossing(8), 8, 16).drawings().get(0).argb()) {
            own += pixel >>> 24 == 255 ? 1 : 0;
        }
        assertThat(area).isCloseTo(own / 16.0, within(0.1));
    }

    @Test
    void aClipBeginsAnywhereInItsLoop() throws IOException {
        List<Drawing> drawings = read(TinyAnimation.crossing(8), 8, 16).drawings();
        List<BufferedImage> first =
                AnimatedClips.frames(drawings, new Course(16, 0, 0, false, false), 16, YELLOW);
        List<BufferedImage> later =
                AnimatedClips.frames(drawings, new Course(16, 0, 4, false, false), 16, YELLOW);
        for (int i = 0; i < 8; i++) {
            assertThat(pixels(later.get(i))).isEqualTo(pixels(first.get((i + 2) % 8)));
        }
    }

    @Test
    void whatGoesFartherMovesMore() throws IOException {
        double still = read(new TinyAnimation().frame(0, 0, 40).frame(0, 0, 40), 8, 16).motion();
        double little = read(new TinyAnimation().frame(0, 0, 40).frame(2, 0, 40), 8, 16).motion();
        double far = read(TinyAnimation.crossing(8), 8, 16).motion();
        assertThat(still).isZero();
        assertThat(little).isPositive();
        assertThat(far).isGreaterThan(2 * little);
    }

    @Test
    void framesAreReadAgainAsTheyWereStored() throws IOException {
        AnimationFrames frames = read(TinyAnimation.crossing(5), 8, 16);
        Path file = place.resolve("stored");
        frames.write(file);
        AnimationFrames again = AnimationFrames.of(file);
        assertThat(again.own()).isEqualTo(5);
        assertThat(again.drawings()).hasSize(8);
        for (int i = 0; i < 8; i++) {
            assertThat(again.drawings().get(i).argb()).isEqualTo(frames.drawings().get(i).argb());
        }
    }

    @Test
    void framesThatAreNotSquareAreRefused() {
        TinyAnimation wide = new TinyAnimation(64, 32).frame(0, 0, 40).frame(4, 0, 40);
        assertThatThrownBy(() -> read(wide, 8, 16))
                .isInstanceOf(MediaException.class)
                .hasMessageContaining("its frames are 64×32");
    }

    @Test
    void aFilmIsRefused() {
        TinyAnimation film = TinyAnimation.crossing(601);
        assertThatThrownBy(() -> read(film, 8, 16))
                .isInstanceOf(MediaException.class)
                .hasMessageContaining("more than 600 frames");
    }

    private static AnimationFrames read(TinyAnimation animation, int count, int size)
            throws IOException {
        return AnimationFrames.read(
                ClipSource.file(PictureSource.of(animation.bytes())), count, size);
    }

    private static boolean isRedAt(Drawing drawing, int x, int y) {
        return drawing.argb()[y * drawing.side() + x] == (0xff000000 | TinyAnimation.RED);
    }

    private static int[] pixels(BufferedImage image) {
        return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    }
}

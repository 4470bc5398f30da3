package io.zigma.eval.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class FlickerTest {

    @Test
    void whatDoesNotMoveAndWhatBrightensEvenlyHasNone() {
        assertThat(Flicker.of(new byte[] {7, 9, 7, 9, 7, 9}, 3, 2)).isZero();
        assertThat(Flicker.of(new byte[] {10, 20, 30, 40}, 4, 1)).isZero();
    }

    @Test
    void itIsTheMeanSecondDifferenceOfLevelsFromZeroTo255() {
        // 0, 255, 0: |0 − 510 + 0|; 0, 0, 200: 200
        byte[] levels = {0, 0, (byte) 255, 0, 0, (byte) 200};
        assertThat(Flicker.of(levels, 3, 2)).isEqualTo((510 + 200) / 2.0);
    }

    @Test
    void clipsAreNotMixed() {
        byte[] levels = {0, 0, 0, (byte) 255, (byte) 255, (byte) 255};
        assertThat(Flicker.of(levels, 3, 1)).isZero();
    }

    @Test
    void noiseThatIsNewInEveryFrameHasAbout149() {
        byte[] noise = new byte[400_000];
        new Random(1).nextBytes(noise);
        assertThat(Flicker.of(noise, 16, 100)).isCloseTo(149.35, within(1.0));
    }

    @Test
    void tooFewFramesHaveNone() {
        assertThat(Flicker.of(new byte[] {0, 9, 1, 7}, 2, 2)).isZero();
    }
}

package io.zigma.eval.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PictureSimilarityTest {

    private static byte[] noise(int count, long seed) {
        byte[] levels = new byte[count];
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < count; i++) {
            levels[i] = (byte) random.nextInt(256);
        }
        return levels;
    }

    @Test
    void theRatioIsThatOfItsDefinition() {
        byte[] one = new byte[100];
        byte[] other = new byte[100];
        Arrays.fill(other, (byte) 10);
        assertThat(PictureSimilarity.psnr(one, other))
                .isCloseTo(20 * Math.log10(25.5), within(1e-9));
        assertThat(PictureSimilarity.psnr(one, one)).isEqualTo(100);
        Arrays.fill(other, (byte) 255);
        assertThat(PictureSimilarity.psnr(one, other)).isCloseTo(0, within(1e-9));
    }

    @Test
    void equalPicturesAreAlikeAndNoiseIsNot() {
        byte[] one = noise(3 * 16 * 12, 1);
        assertThat(PictureSimilarity.ssim(one, one, 3, 16, 12)).isCloseTo(1, within(1e-9));
        assertThat(PictureSimilarity.ssim(one, noise(one.length, 2), 3, 16, 12))
                .isBetween(-0.3, 0.3);
    }

    @Test
    void ofFlatPicturesOnlyTheBrightnessCounts() {
        byte[] one = new byte[144];
        byte[] other = new byte[144];
        Arrays.fill(one, (byte) 100);
        Arrays.fill(other, (byte) 150);
        double c1 = Math.pow(2.55, 2);
        double expected = (2.0 * 100 * 150 + c1) / (100.0 * 100 + 150.0 * 150 + c1);
        assertThat(PictureSimilarity.ssim(one, other, 1, 12, 12)).isCloseTo(expected, within(1e-9));
    }

    @Test
    void picturesSmallerThanAWindowAreRefused() {
        assertThatThrownBy(() -> PictureSimilarity.ssim(new byte[100], new byte[100], 1, 10, 10))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("11 × 11");
    }
}

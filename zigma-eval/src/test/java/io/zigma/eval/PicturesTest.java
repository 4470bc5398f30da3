package io.zigma.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zigma.media.PictureFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class PicturesTest {

    @Test
    void everyLevelSurvivesTheWayThroughADataSetAndANetwork() {
        byte[] levels = new byte[256];
        for (int i = 0; i < 256; i++) {
            levels[i] = (byte) i;
        }
        Pictures pictures = Pictures.of(new PictureFormat(1, 16, 16), levels);
        float[] values = pictures.values(0, 1);
        for (int i = 0; i < 256; i++) {
            assertThat(Math.round((values[i] + 1) * 127.5f)).as("level %d", i).isEqualTo(i);
        }
    }

    @Test
    void aColourPictureToLookAtHasTheSameLevels() {
        byte[] levels = {1, 2, 3, 4, 50, 60, 70, 80, -1, -2, -3, -4};
        PictureFormat format = new PictureFormat(3, 2, 2);
        Pictures pictures = Pictures.of(format, levels);
        assertThat(pictures.picture(0).getRGB(1, 0) & 0xffffff).isEqualTo(0x023cfe);
        assertThat(Pictures.of(format, List.of(pictures.picture(0))).levels()).isEqualTo(levels);
    }

    @Test
    void thePicturesOfADataSetComeInTheOrderThatIsAskedFor() {
        RandomImages data = new RandomImages(5, 2);
        Pictures all = data.pictures();
        Pictures chosen = Pictures.of(data, new int[] {3, 0});
        assertThat(chosen.slice(0, 1).levels()).isEqualTo(all.slice(3, 4).levels());
        assertThat(chosen.slice(1, 2).levels()).isEqualTo(all.slice(0, 1).levels());
    }

    @Test
    void anotherSizeOfTheSameBytesIsAnotherFingerprint() {
        byte[] levels = new byte[8];
        assertThat(Pictures.of(new PictureFormat(1, 2, 4), levels).hash())
                .isNotEqualTo(Pictures.of(new PictureFormat(1, 4, 2), levels).hash());
    }

    @Test
    void halfAPictureIsRefused() {
        assertThatThrownBy(() -> Pictures.of(new PictureFormat(1, 2, 2), new byte[6]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("6 bytes are no whole number of pictures of 1 × 2 × 2");
    }
}

package io.zigma.eval.classifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zigma.train.data.ImageDataset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeldOutTest {

    @ParameterizedTest(name = "{0} pictures")
    @ValueSource(ints = {10, 19, 20, 101})
    void everyPictureIsInOneOfTheTwoParts(int size) {
        PlainPictures whole = PlainPictures.of(size);
        List<Float> seen = new ArrayList<>();
        for (ImageDataset part : List.of(HeldOut.training(whole), HeldOut.test(whole))) {
            for (int i = 0; i < part.size(); i++) {
                seen.add(first(part, i));
            }
        }
        List<Float> all = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            all.add(first(whole, i));
        }
        assertThat(seen).containsExactlyInAnyOrderElementsOf(all);
        assertThat(HeldOut.test(whole).size()).isEqualTo(size / 10);
    }

    @Test
    void aPictureHasItsClass() {
        ImageDataset test = HeldOut.test(PlainPictures.of(30));

        assertThat(List.of(test.label(0), test.label(1), test.label(2))).containsExactly(0, 1, 2);
    }

    @Test
    void tooFewPicturesAreRefused() {
        PlainPictures nine = PlainPictures.of(9);

        assertThatThrownBy(() -> HeldOut.test(nine))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least 10");
    }

    private static float first(ImageDataset data, int index) {
        float[] pixels = new float[64];
        data.read(index, false, pixels, 0);
        return pixels[0];
    }
}

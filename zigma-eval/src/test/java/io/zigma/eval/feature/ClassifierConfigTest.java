package io.zigma.eval.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClassifierConfigTest {

    private static final List<String> TWO = List.of("yes", "no");

    @ParameterizedTest(name = "{0}×{1}: {2} stages")
    @CsvSource({"1, 1, 1", "8, 8, 1", "28, 28, 3", "32, 32, 3", "64, 200, 4", "4096, 4096, 6"})
    void largerPicturesAreHalvedMoreOften(int height, int width, int stages) {
        assertThat(ClassifierConfig.forPictures(3, height, width, TWO).widths()).hasSize(stages);
    }

    @Test
    void theFeaturesAreTheChannelsOfTheLastStage() {
        assertThat(ClassifierConfig.forPictures(1, 28, 28, TWO).dimension()).isEqualTo(96);
    }

    @ParameterizedTest(name = "{0} × {1} × {2}: {3}")
    @CsvSource({
        "3, 8, 6, 1",
        "3, 16, 12, 2",
        "3, 40, 30, 5",
        "3, 16, 14, 0",
        "1, 16, 12, 0",
        "3, 4, 3, 0"
    })
    void itTakesPicturesThatAreAWholeNumberOfTimesAsLarge(
            int channels, int height, int width, int times) {
        ClassifierConfig config = new ClassifierConfig(3, 8, 6, List.of(4), TWO);
        assertThat(config.reduction(new Shape(channels, height, width)))
                .isEqualTo(times == 0 ? OptionalInt.empty() : OptionalInt.of(times));
    }

    @Test
    void clipsAreNotAveragedDown() {
        ClassifierConfig clips = new ClassifierConfig(4, 3, 8, 6, List.of(4), TWO);
        assertThat(clips.reduction(new Shape(4, 3, 8, 6))).hasValue(1);
        assertThat(clips.reduction(new Shape(4, 3, 16, 12))).isEmpty();
        assertThat(clips.reduction(new Shape(3, 16, 12))).isEmpty();
    }

    @Test
    void aSingleClassIsRefused() {
        assertThatThrownBy(() -> ClassifierConfig.forPictures(1, 28, 28, List.of("shoe")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("two classes");
    }

    @Test
    void classesHaveDifferentNames() {
        assertThatThrownBy(() -> ClassifierConfig.forPictures(1, 28, 28, List.of("a", "a")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("same name");
    }

    @Test
    void aStageHasChannels() {
        assertThatThrownBy(() -> new ClassifierConfig(1, 28, 28, List.of(8, 0), TWO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("channels, not 0");
    }

    @Test
    void picturesAreGreyOrColour() {
        assertThatThrownBy(() -> new ClassifierConfig(2, 28, 28, List.of(8), TWO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not 2");
    }
}

package io.zigma.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.base.SampleShape;
import io.zigma.eval.feature.ClassifierFolder;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClassifierFitTest {

    private ClassifierFolder fashion;

    @BeforeEach
    void open() throws IOException {
        fashion = ClassifierFolder.open(Path.of("..", "models", "fashion-classifier"));
    }

    @Test
    void oneThatNobodyChoseTakesItsOwnSizeAlone() {
        assertThat(ClassifierFit.takes(fashion, SampleShape.image(1, 28, 28), false)).isTrue();
        assertThat(ClassifierFit.takes(fashion, SampleShape.image(1, 224, 224), false)).isFalse();
    }

    @Test
    void oneThatWasChosenTakesWholeMultiplesOfItsSize() {
        assertThat(ClassifierFit.takes(fashion, SampleShape.image(1, 224, 224), true)).isTrue();
        assertThat(ClassifierFit.takes(fashion, SampleShape.image(1, 224, 196), true)).isFalse();
        assertThat(ClassifierFit.takes(fashion, SampleShape.image(1, 64, 64), true)).isFalse();
        assertThat(ClassifierFit.takes(fashion, SampleShape.image(3, 56, 56), true)).isFalse();
        assertThat(ClassifierFit.refusal(fashion, SampleShape.image(3, 56, 56)))
                .endsWith("takes pictures of 1 × 28 × 28, these are pictures of 3 × 56 × 56");
    }
}

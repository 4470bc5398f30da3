package io.zigma.eval.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FeatureMatrixTest {

    @Test
    void chosenRowsComeInTheirOrder() {
        FeatureMatrix chosen =
                FeatureMatrix.of(2, new float[] {1, 2, 3, 4, 5, 6}).select(new int[] {2, 0, 2});
        assertThat(chosen.values()).containsExactly(5, 6, 1, 2, 5, 6);
    }

    @Test
    void aFeatureThatIsNoNumberIsNamed() {
        assertThatThrownBy(() -> FeatureMatrix.of(2, new float[] {0, 0, 0, Float.NaN}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("feature 1 of picture 1 is NaN; features must be finite");
    }

    @Test
    void halfARowIsRefused() {
        assertThatThrownBy(() -> FeatureMatrix.of(2, new float[3]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("whole rows of 2 features");
    }

    @Test
    void setsOfOtherFeaturesAreNotCompared() {
        FeatureMatrix one = RandomFeatures.normal(9, 3, 0);
        FeatureMatrix other = RandomFeatures.normal(9, 4, 0);
        assertThatThrownBy(() -> Prdc.of(one, other, 2, Ball.OPEN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("3 features a picture, the other 4");
    }
}

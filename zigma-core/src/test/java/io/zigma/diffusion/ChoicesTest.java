package io.zigma.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChoicesTest {

    @Test
    void namesAreFoundInAnyCase() {
        assertThat(InterpolantKind.parse("Linear")).isEqualTo(InterpolantKind.LINEAR);
        assertThat(Prediction.parse("NOISE")).isEqualTo(Prediction.NOISE);
        assertThat(LossWeight.parse("likelihood")).isEqualTo(LossWeight.LIKELIHOOD);
        assertThat(DiffusionCoefficient.parse("SBDM", 2))
                .isEqualTo(new DiffusionCoefficient.Sbdm(2));
    }

    @Test
    void everyDiffusionCanBeNamed() {
        for (String name : DiffusionCoefficient.names()) {
            assertThat(DiffusionCoefficient.parse(name, 0.5).norm()).isEqualTo(0.5);
        }
    }

    @Test
    void aWrongNameIsAnsweredWithTheRightOnes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> InterpolantKind.parse("lineer"))
                .withMessage("there is no path 'lineer'; choose one of linear, gvp, vp, cosine");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void aNormThatIsNotAPositiveNumberIsRefused(double norm) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DiffusionCoefficient.Sigma(norm))
                .withMessageContaining("must be a positive number, not " + norm);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.1, 0.5, Double.NaN})
    void aMarginThatLeavesNothingOrNoneIsRefused(double margin) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TimeInterval.ode(new Linear(), Prediction.NOISE, margin))
                .withMessageContaining("above 0 and below 0.5");
    }

    @Test
    void pointsBeginAndEndExactlyAtTheEnds() {
        TimeInterval interval = new TimeInterval(0.001, 0.999);
        double[] points = interval.points(7);
        assertThat(points).hasSize(7).isSorted();
        assertThat(points[0]).isEqualTo(0.001);
        assertThat(points[6]).isEqualTo(0.999);
    }
}

package io.zigma.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GuidanceStrengthTest {

    @ParameterizedTest
    @ValueSource(floats = {0, 0.2f, 0.5f, 1})
    void guidesAtAllTimesByDefault(float time) {
        assertThat(new GuidanceStrength(2).worksAt(time)).isTrue();
        assertThat(GuidanceStrength.NONE.worksAt(time)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"0, false", "0.29, false", "0.3, true", "0.5, true", "0.7, true", "0.71, false"})
    void worksBetweenItsTimesAndAtThem(float time, boolean works) {
        assertThat(new GuidanceStrength(2, 0.3, 0.7).worksAt(time)).isEqualTo(works);
    }

    @Test
    void whatDoesNotGuideIsAllTheSame() {
        assertThat(new GuidanceStrength(1, 0.3, 0.7)).isEqualTo(GuidanceStrength.NONE);
        assertThat(new GuidanceStrength(2, 0.3, 0.7).withScale(1)).isEqualTo(GuidanceStrength.NONE);
    }

    @Test
    void anotherScaleHasTheSameTimes() {
        assertThat(new GuidanceStrength(2, 0.3, 0.7).withScale(4))
                .isEqualTo(new GuidanceStrength(4, 0.3, 0.7));
    }

    @Test
    void saysItsTimesWhereThereAreAny() {
        assertThat(new GuidanceStrength(2)).hasToString("2");
        assertThat(new GuidanceStrength(1.5, 0.3, 1)).hasToString("1.5 from 0.3 to 1");
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1, 100.5, Double.NaN, Double.POSITIVE_INFINITY})
    void refusesAScaleThatCannotBeMeant(double scale) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new GuidanceStrength(scale))
                .withMessageContaining("use 0 to 100");
    }

    @ParameterizedTest
    @CsvSource({"-0.1, 1", "0, 1.1", "0.5, 0.5", "0.7, 0.3", "NaN, 1", "0, NaN"})
    void refusesTimesThatCannotBeMeant(double from, double to) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new GuidanceStrength(2, from, to))
                .withMessageContaining("from an earlier to a later time");
    }
}

package io.zigma.eval.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ClassAgreementTest {

    @Test
    void picturesAreCountedByTheClassAskedForAndTheClassSeen() {
        ClassAgreement agreement = new ClassAgreement(3);
        agreement.addLogits(
                new int[] {0, 0, 2},
                FeatureMatrix.of(3, new float[] {1, 0, -1, 0, 3, 2, 0, 0, 0.5f}));

        assertThat(agreement.count(0, 0)).isEqualTo(1);
        assertThat(agreement.count(0, 1)).isEqualTo(1);
        assertThat(agreement.total(0)).isEqualTo(2);
        assertThat(agreement.total()).isEqualTo(3);
        assertThat(agreement.agreeing()).isEqualTo(2);
        assertThat(agreement.fraction()).isEqualTo(2 / 3.0);
        assertThat(agreement.fraction(0)).isEqualTo(0.5);
        assertThat(agreement.fraction(2)).isEqualTo(1);
    }

    @Test
    void ofEquallyLikelyClassesTheFirstIsSeen() {
        ClassAgreement agreement = new ClassAgreement(2);
        agreement.addLogits(new int[] {1}, FeatureMatrix.of(2, new float[] {4, 4}));
        assertThat(agreement.count(1, 0)).isEqualTo(1);
    }

    @Test
    void withoutPicturesThereIsNoFraction() {
        assertThatThrownBy(() -> new ClassAgreement(2).fraction())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no picture");
    }

    @Test
    void aClassThatIsNotThereIsRefused() {
        assertThatThrownBy(() -> new ClassAgreement(2).add(2, 0))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }
}

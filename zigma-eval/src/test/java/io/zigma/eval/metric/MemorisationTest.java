package io.zigma.eval.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MemorisationTest {

    private static final FeatureMatrix TRAINING = column(0, 100, 200);
    // 10, 20, 30 and 40 from the nearest training picture
    private static final FeatureMatrix HELD_OUT = column(10, 80, 230, 240);

    @Test
    void onlySamplesCloserThanAnyHeldOutPictureCountAtFractionZero() {
        Memorisation check = Memorisation.of(column(9, 10, 111, 205), TRAINING, HELD_OUT);
        assertThat(check.threshold(0)).isEqualTo(10);
        assertThat(check.fraction(0)).isEqualTo(0.5);
    }

    @Test
    void aLargerFractionAllowsHeldOutPicturesBelow() {
        Memorisation check = Memorisation.of(column(9, 10, 111, 250), TRAINING, HELD_OUT);
        assertThat(check.threshold(0.25)).isEqualTo(20);
        assertThat(check.threshold(0.3)).isEqualTo(30);
        assertThat(check.fraction(0.25)).isEqualTo(0.75);
    }

    @Test
    void aCopyCountsEvenWhereAHeldOutPictureIsOneToo() {
        Memorisation check = Memorisation.of(column(100, 101), TRAINING, column(0, 50));
        assertThat(check.threshold(0)).isZero();
        assertThat(check.fraction(0)).isEqualTo(0.5);
    }

    @Test
    void everySampleKnowsItsNearestTrainingPicture() {
        Memorisation check = Memorisation.of(column(90, 207), TRAINING, HELD_OUT);
        assertThat(check.samples()).isEqualTo(2);
        assertThat(check.nearest(0)).isEqualTo(1);
        assertThat(check.distance(0)).isEqualTo(10);
        assertThat(check.nearest(1)).isEqualTo(2);
        assertThat(check.distance(1)).isEqualTo(7);
    }

    @Test
    void givenNeighboursGiveTheSameFractions() {
        Memorisation found = Memorisation.of(column(9, 10, 111, 205), TRAINING, HELD_OUT);
        double[] distances = {
            found.distance(0), found.distance(1), found.distance(2), found.distance(3)
        };
        int[] nearest = {found.nearest(0), found.nearest(1), found.nearest(2), found.nearest(3)};
        double[] heldOut = {10, 20, 30, 40};
        Memorisation given = Memorisation.of(nearest, distances, heldOut);
        assertThat(given.threshold(0)).isEqualTo(found.threshold(0));
        assertThat(given.fraction(0)).isEqualTo(found.fraction(0));
        assertThat(given.nearest(3)).isEqualTo(found.nearest(3));
    }

    @Test
    void aFractionOfOneIsRefused() {
        Memorisation check = Memorisation.of(column(1), TRAINING, HELD_OUT);
        assertThatThrownBy(() -> check.fraction(1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("from 0 to below 1");
    }

    private static FeatureMatrix column(float... values) {
        return FeatureMatrix.of(1, values);
    }
}

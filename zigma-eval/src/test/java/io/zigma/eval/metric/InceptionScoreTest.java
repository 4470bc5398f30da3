package io.zigma.eval.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class InceptionScoreTest {

    @Property
    void certainPicturesOfEveryClassScoreTheNumberOfClasses(
            @ForAll @IntRange(min = 1, max = 20) int classes) {
        float[] logits = new float[classes * classes];
        for (int i = 0; i < classes; i++) {
            logits[i * classes + i] = 1000;
        }
        InceptionScore score =
                InceptionScore.ofLogits(FeatureMatrix.of(classes, logits), 1, SplitRule.EVEN);
        assertThat(score.mean()).isCloseTo(classes, within(1e-9));
        assertThat(score.spread()).isZero();
    }

    @Property
    void theScoreIsFromOneToTheNumberOfClasses(
            @ForAll @IntRange(min = 4, max = 90) int pictures,
            @ForAll @IntRange(min = 1, max = 4) int splits,
            @ForAll long seed) {
        InceptionScore score =
                InceptionScore.ofLogits(
                        RandomFeatures.normal(pictures, 6, seed), splits, SplitRule.EVEN);
        assertThat(score.mean()).isBetween(1 - 1e-12, 6 + 1e-12);
    }

    @Test
    void aConstantAddedToAPicturesLogitsChangesNothing() {
        InceptionScore low = score(1, 2, 4, 0, 3, 1);
        InceptionScore high = score(1001, 1002, 1004, 0, 3, 1);
        assertThat(high.mean()).isCloseTo(low.mean(), within(1e-9));
    }

    @Test
    void morePartsThanPicturesAreRefused() {
        FeatureMatrix logits = RandomFeatures.normal(3, 2, 0);
        assertThatThrownBy(() -> InceptionScore.ofLogits(logits, 4, SplitRule.EVEN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("choose from 1 to 3 parts");
    }

    @Test
    void oneChunkHasNoSpread() {
        FeatureMatrix logits = RandomFeatures.normal(3, 2, 0);
        assertThatThrownBy(() -> InceptionScore.ofLogits(logits, 1, SplitRule.CHUNKED))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least 2");
    }

    private static InceptionScore score(float... logits) {
        return InceptionScore.ofLogits(FeatureMatrix.of(3, logits), 1, SplitRule.EVEN);
    }
}

package io.zigma.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ClassPlanTest {

    @Test
    void equalWeightsGiveEachClassEquallyOften() {
        assertThat(ClassPlan.equal(3).labels(7)).containsExactly(0, 1, 2, 0, 1, 2, 0);
    }

    @Test
    void aModelWithoutClassesIsAskedForNone() {
        assertThat(ClassPlan.equal(0).labels(2)).containsExactly(-1, -1);
    }

    @Test
    void sharesInTheSameProportionAreTheSamePlan() {
        assertThat(new ClassPlan(List.of(6000, 6000, 3000)))
                .isEqualTo(new ClassPlan(List.of(2, 2, 1)));
    }

    @Test
    void aDataSetsFractionsAreFoundByTheNamesOfItsClasses() {
        ClassPlan plan =
                ClassPlan.like(new RandomImages(8, 1), List.of("Square", "cross", "circle"))
                        .orElseThrow();
        // eight pictures: three circles, three squares, two crosses
        assertThat(plan.weights()).containsExactly(3, 2, 3);
    }

    @Test
    void aClassWithoutPicturesNeedNotBeTheModels() {
        // two pictures: a circle and a square, but no cross
        assertThat(ClassPlan.like(new RandomImages(2, 1), List.of("square", "circle")))
                .contains(new ClassPlan(List.of(1, 1)));
    }

    @Test
    void aDataSetOfOtherClassesHasNoPlanForTheModel() {
        assertThat(ClassPlan.like(new RandomImages(8, 1), List.of("cat", "dog"))).isEmpty();
    }

    @Property(tries = 200)
    void everyClassIsNearItsFraction(
            @ForAll @Size(min = 1, max = 8) List<@IntRange(min = 1, max = 50) Integer> weights,
            @ForAll @IntRange(min = 1, max = 300) int count) {
        double total = weights.stream().mapToInt(Integer::intValue).sum();
        int[] labels = new ClassPlan(weights).labels(count);
        for (int label = 0; label < weights.size(); label++) {
            int wanted = label;
            long asked = Arrays.stream(labels).filter(one -> one == wanted).count();
            assertThat((double) asked)
                    .as("class %d of %s in %d", label, weights, count)
                    .isBetween(
                            count * weights.get(label) / total - weights.size(),
                            count * weights.get(label) / total + weights.size());
        }
    }

    @Property(tries = 100)
    void aFewSamplesAreTheFirstOfMany(
            @ForAll @Size(min = 1, max = 8) List<@IntRange(min = 1, max = 50) Integer> weights,
            @ForAll @IntRange(min = 1, max = 100) int few) {
        ClassPlan plan = new ClassPlan(weights);
        assertThat(Arrays.copyOf(plan.labels(200), few)).isEqualTo(plan.labels(few));
    }

    @Test
    void weightsOfZeroForAllClassesAreRefused() {
        assertThatThrownBy(() -> new ClassPlan(List.of(0, 0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nothing to sample");
    }
}

package io.zigma.eval.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PrdcTest {

    @Property(tries = 30)
    void tilesGiveWhatTheDefinitionsGiveTiesIncluded(
            @ForAll @IntRange(min = 6, max = 150) int rows,
            @ForAll @IntRange(min = 6, max = 150) int others,
            @ForAll @IntRange(min = 1, max = 6) int columns,
            @ForAll @IntRange(min = 1, max = 5) int k,
            @ForAll Ball ball,
            @ForAll long seed) {
        FeatureMatrix real = RandomFeatures.whole(rows, columns, seed);
        FeatureMatrix generated = RandomFeatures.whole(others, columns, seed + 1);
        assertThat(Prdc.of(real, generated, k, ball)).isEqualTo(direct(real, generated, k, ball));
    }

    @Property(tries = 20)
    void partsPutTogetherAreTheWholeToTheLastBit(
            @ForAll @IntRange(min = 1, max = 60) int block, @ForAll Ball ball, @ForAll long seed) {
        FeatureMatrix real = RandomFeatures.whole(90, 3, seed);
        FeatureMatrix generated = RandomFeatures.whole(70, 3, seed + 1);
        double[] generatedRadii = Prdc.squaredRadii(generated, 0, 70, 5);
        List<Prdc.Part> parts = new ArrayList<>();
        for (int from = 0; from < 90; from += block) {
            int to = Math.min(90, from + block);
            parts.add(
                    Prdc.Part.of(
                            real.slice(from, to),
                            generated,
                            Prdc.squaredRadii(real, from, to, 5),
                            generatedRadii,
                            ball));
        }
        assertThat(Prdc.merged(parts, 5)).isEqualTo(Prdc.of(real, generated, 5, ball));
    }

    @Property(tries = 20)
    void theOrderOfPicturesDoesNotMatter(@ForAll long seed) {
        FeatureMatrix real = RandomFeatures.normal(90, 5, seed);
        FeatureMatrix generated = RandomFeatures.normal(70, 5, seed + 1);
        assertThat(
                        Prdc.of(
                                RandomFeatures.shuffled(real, seed),
                                RandomFeatures.shuffled(generated, seed),
                                3,
                                Ball.OPEN))
                .isEqualTo(Prdc.of(real, generated, 3, Ball.OPEN));
    }

    @Test
    void aSetAgainstItselfIsAllPreciseAndRecalled() {
        FeatureMatrix set = RandomFeatures.normal(100, 3, 1);
        Prdc figures = Prdc.of(set, set, 5, Ball.OPEN);
        assertThat(figures.precision()).isEqualTo(1);
        assertThat(figures.recall()).isEqualTo(1);
        assertThat(figures.coverage()).isEqualTo(1);
        // an open ball holds its centre and the k − 1 nearer of its k neighbours
        assertThat(figures.density()).isCloseTo(1, within(1e-12));
    }

    @Test
    void setsFarApartDoNotOverlap() {
        FeatureMatrix one = RandomFeatures.normal(50, 3, 1);
        float[] moved = one.values().clone();
        for (int i = 0; i < moved.length; i++) {
            moved[i] += 1000;
        }
        assertThat(Prdc.of(one, FeatureMatrix.of(3, moved), 5, Ball.CLOSED))
                .isEqualTo(new Prdc(0, 0, 0, 0));
    }

    @Test
    void threadsChangeNothing() {
        FeatureMatrix real = RandomFeatures.normal(300, 10, 8);
        FeatureMatrix generated = RandomFeatures.normal(250, 10, 9);
        assertThat(RandomFeatures.with(3, () -> Prdc.of(real, generated, 5, Ball.OPEN)))
                .isEqualTo(RandomFeatures.with(1, () -> Prdc.of(real, generated, 5, Ball.OPEN)));
    }

    @Test
    void moreNeighboursThanOthersAreRefused() {
        FeatureMatrix set = RandomFeatures.normal(5, 3, 1);
        assertThatThrownBy(() -> Prdc.of(set, set, 5, Ball.OPEN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("5 nearest neighbours among 5 pictures");
    }

    @Test
    void nearestPointsAreTheFirstOfEquallyNearOnes() {
        FeatureMatrix points = FeatureMatrix.of(1, new float[] {5, 3, 1, 3});
        FeatureMatrix queries = FeatureMatrix.of(1, new float[] {2, 3, 100});
        NearestNeighbours.Found found = NearestNeighbours.nearest(queries, points);
        assertThat(Arrays.stream(found.rows()).boxed()).containsExactly(1, 1, 0);
        assertThat(found.distances()).containsExactly(1, 0, 95);
    }

    private static Prdc direct(FeatureMatrix real, FeatureMatrix generated, int k, Ball ball) {
        double[] realRadii = radii(real, k);
        double[] generatedRadii = radii(generated, k);
        long balls = 0;
        boolean[] precise = new boolean[generated.rows()];
        boolean[] recalled = new boolean[real.rows()];
        boolean[] covered = new boolean[real.rows()];
        for (int i = 0; i < real.rows(); i++) {
            for (int j = 0; j < generated.rows(); j++) {
                double distance = squared(real, i, generated, j);
                recalled[i] |= ball.holds(distance, generatedRadii[j]);
                if (ball.holds(distance, realRadii[i])) {
                    precise[j] = true;
                    covered[i] = true;
                    balls++;
                }
            }
        }
        return new Prdc(
                fraction(precise),
                fraction(recalled),
                (double) balls / k / generated.rows(),
                fraction(covered));
    }

    private static double[] radii(FeatureMatrix points, int k) {
        return IntStream.range(0, points.rows())
                .mapToDouble(
                        i ->
                                IntStream.range(0, points.rows())
                                        .filter(j -> j != i)
                                        .mapToDouble(j -> squared(points, i, points, j))
                                        .sorted()
                                        .toArray()[k - 1])
                .toArray();
    }

    private static double squared(FeatureMatrix one, int row, FeatureMatrix other, int point) {
        double sum = 0;
        for (int i = 0; i < one.columns(); i++) {
            double difference = (double) one.at(row, i) - other.at(point, i);
            sum += difference * difference;
        }
        return sum;
    }

    private static double fraction(boolean[] holds) {
        return IntStream.range(0, holds.length).filter(i -> holds[i]).count()
                / (double) holds.length;
    }
}

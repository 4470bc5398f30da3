package io.zigma.eval.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScoreMetricTest {

    @Test
    void aFewGoodPicturesScoreAsManyAsThereAreClasses() {
        // 36 pictures of three classes; ten parts of three or four of them would score 2.2
        assertThat(score(36, 3)).isCloseTo(3, within(1e-3));
    }

    @Test
    void manyGoodPicturesScoreTheSame() {
        assertThat(score(3000, 3)).isCloseTo(3, within(2e-2));
    }

    @ParameterizedTest
    @CsvSource({
        "10, 3, 1",
        "36, 3, 1",
        "199, 10, 1",
        "200, 10, 2",
        "1000, 10, 10",
        "10000, 10, 10",
        "50000, 1000, 10",
        "5000, 1000, 1"
    })
    void partsAreLargeEnough(int pictures, int classes, int parts) {
        assertThat(ScoreMetric.parts(pictures, classes)).isEqualTo(parts);
    }

    /** Scores pictures of all classes alike, in random order, each seen for what it is. */
    private static double score(int pictures, int classes) {
        float[] logits = new float[pictures * classes];
        Random random = new Random(3);
        List<Integer> labels = new ArrayList<>();
        for (int i = 0; i < pictures; i++) {
            labels.add(i % classes);
        }
        Collections.shuffle(labels, random);
        for (int i = 0; i < pictures; i++) {
            logits[i * classes + labels.get(i)] = 30;
        }
        FeatureMatrix matrix = FeatureMatrix.of(classes, logits);
        Figure figure =
                new ScoreMetric()
                        .of(
                                new Compared(
                                        matrix,
                                        FeatureStatistics.of(matrix),
                                        Optional.empty(),
                                        Optional.of(matrix),
                                        Optional.empty(),
                                        Optional.empty(),
                                        PairWork.HERE))
                        .get(0);
        assertThat(figure.pictures()).isEqualTo(pictures);
        return figure.value();
    }
}

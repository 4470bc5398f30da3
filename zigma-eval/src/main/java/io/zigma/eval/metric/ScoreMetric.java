package io.zigma.eval.metric;

import io.zigma.eval.metric.Quantity.Better;
import java.util.List;
import java.util.Map;

/** The {@link InceptionScore}'s formula with a classifier's probabilities. */
public final class ScoreMetric implements Metric {

    /** 1 to the number of classes. */
    public static final Quantity SCORE =
            new Quantity("inception_score", "Inception Score's formula", Better.HIGHER, 3, false);

    // as published (Salimans et al. 2016), where there are enough pictures
    private static final int MOST_PARTS = 10;
    private static final int FEWEST_IN_A_PART = 100;
    private static final int FEWEST_OF_A_CLASS = 5;

    @Override
    public String name() {
        return "inception-score";
    }

    @Override
    public List<Figure> of(Compared pictures) {
        if (pictures.logits().isEmpty()) {
            return List.of();
        }
        FeatureMatrix logits = pictures.logits().get();
        InceptionScore score =
                InceptionScore.ofLogits(
                        logits, parts(logits.rows(), logits.columns()), SplitRule.EVEN);
        return List.of(new Figure(SCORE, score.mean(), logits.rows()));
    }

    @Override
    public Map<String, Object> settings(Compared pictures) {
        return pictures.logits()
                .<Map<String, Object>>map(
                        logits ->
                                Map.of(
                                        "inception_score_parts",
                                        parts(logits.rows(), logits.columns())))
                .orElse(Map.of());
    }

    /**
     * Returns into how many parts pictures are cut: a part of n of them, in C classes, scores about
     * (C − 1) / 2n too low in its logarithm, however good they are.
     *
     * @param pictures how many there are
     * @param classes how many the classifier knows
     * @return 1 to 10, so that a part has 100 pictures and 5 of each class, if there are so many
     */
    static int parts(int pictures, int classes) {
        int fewest = Math.max(FEWEST_IN_A_PART, FEWEST_OF_A_CLASS * classes);
        return Math.max(1, Math.min(MOST_PARTS, pictures / fewest));
    }
}

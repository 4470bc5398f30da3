package io.zigma.eval.metric;

import java.util.List;

/**
 * The Inception Score's formula, exp(mean KL(p(class | picture) ‖ p(class))), for any classifier:
 * between 1, where it gives all pictures the same probabilities, and the number of classes
 * (Salimans et al. 2016).
 *
 * @param mean over the parts
 * @param spread standard deviation over the parts
 */
public record InceptionScore(double mean, double spread) {

    /**
     * Computes the score.
     *
     * @param logits a classifier's outputs before its softmax, (pictures, classes)
     * @param splits how many parts the pictures are cut into, each scored by itself
     * @param rule how they are cut
     * @return mean and spread over the parts
     * @throws IllegalArgumentException if there are fewer pictures than parts
     */
    public static InceptionScore ofLogits(FeatureMatrix logits, int splits, SplitRule rule) {
        if (splits < 1 || splits > logits.rows()) {
            throw new IllegalArgumentException(
                    "%s pictures in %s parts; choose from 1 to %s parts"
                            .formatted(logits.rows(), splits, logits.rows()));
        }
        List<SplitRule.Part> parts = rule.parts(logits.rows(), splits);
        double[] scores = parts.stream().mapToDouble(part -> score(logits, part)).toArray();
        double sum = 0;
        for (double score : scores) {
            sum += score;
        }
        double mean = sum / scores.length;
        double squares = 0;
        for (double score : scores) {
            squares += (score - mean) * (score - mean);
        }
        return new InceptionScore(mean, Math.sqrt(squares / rule.divisor(scores.length)));
    }

    private static double score(FeatureMatrix logits, SplitRule.Part part) {
        int classes = logits.columns();
        int pictures = part.to() - part.from();
        double[] marginal = new double[classes];
        // mean KL = mean Σ p·log p − Σ marginal·log marginal
        double negativeEntropies = 0;
        double[] logs = new double[classes];
        for (int row = part.from(); row < part.to(); row++) {
            logSoftmax(logits, row, logs);
            for (int i = 0; i < classes; i++) {
                double probability = Math.exp(logs[i]);
                marginal[i] += probability;
                negativeEntropies += probability * logs[i];
            }
        }
        double information = negativeEntropies / pictures;
        for (double sum : marginal) {
            double probability = sum / pictures;
            // a class that underflows to nothing adds nothing: p·log p → 0
            information -= probability == 0 ? 0 : probability * Math.log(probability);
        }
        return Math.exp(information);
    }

    private static void logSoftmax(FeatureMatrix logits, int row, double[] logs) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < logs.length; i++) {
            logs[i] = logits.at(row, i);
            largest = Math.max(largest, logs[i]);
        }
        double sum = 0;
        for (double log : logs) {
            sum += Math.exp(log - largest);
        }
        double logSum = largest + Math.log(sum);
        for (int i = 0; i < logs.length; i++) {
            logs[i] -= logSum;
        }
    }
}

package io.zigma.eval;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * All figures of one model.
 *
 * @param model the model and how it was sampled
 * @param floor what real pictures get
 * @param seeds what samples got, a sampling seed an element
 * @param apart what no sample has part in
 */
public record EvaluationResult(
        ModelUnderTest model,
        Map<Metric, Double> floor,
        List<SeedResult> seeds,
        Map<Metric, Figure> apart) {

    /**
     * Keeps its own list.
     *
     * @throws IllegalArgumentException if there is no seed
     */
    public EvaluationResult {
        seeds = List.copyOf(seeds);
        if (seeds.isEmpty()) {
            throw new IllegalArgumentException("a result needs at least one sampling seed");
        }
    }

    /** Returns how many samples each seed gave. */
    public int samples() {
        return seeds.get(0).samples().pictures().count();
    }

    /** Returns how often the model was evaluated for a picture; a guided evaluation counts once. */
    public double evaluations() {
        return seeds.stream().mapToDouble(seed -> seed.samples().evaluations()).average().orElse(0);
    }

    /** Returns how often the network ran for a picture; a guided evaluation takes two passes. */
    public double passes() {
        return seeds.stream().mapToDouble(seed -> seed.samples().passes()).average().orElse(0);
    }

    /**
     * Returns a figure's mean over the seeds, or the figure itself if no sample has part in it.
     *
     * @param metric which figure
     * @return empty if it could not be told
     */
    public OptionalDouble mean(Metric metric) {
        Figure figure = apart.get(metric);
        if (figure != null) {
            return OptionalDouble.of(figure.value());
        }
        return values(metric).length == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(sum(values(metric)) / seeds.size());
    }

    /**
     * Returns how sure a figure is: its standard deviation over the seeds, with one less than their
     * number as divisor, or the standard error of one that no sample has part in.
     *
     * @param metric which figure
     * @return empty with one seed, or if it could not be told
     */
    public OptionalDouble spread(Metric metric) {
        Figure figure = apart.get(metric);
        if (figure != null) {
            return OptionalDouble.of(figure.error());
        }
        double[] values = values(metric);
        if (values.length < 2) {
            return OptionalDouble.empty();
        }
        double mean = sum(values) / values.length;
        double squares = 0;
        for (double value : values) {
            squares += (value - mean) * (value - mean);
        }
        return OptionalDouble.of(Math.sqrt(squares / (values.length - 1)));
    }

    private double[] values(Metric metric) {
        return seeds.stream()
                .filter(seed -> seed.figures().containsKey(metric))
                .mapToDouble(seed -> seed.figures().getOrDefault(metric, 0.0))
                .toArray();
    }

    private static double sum(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum;
    }
}

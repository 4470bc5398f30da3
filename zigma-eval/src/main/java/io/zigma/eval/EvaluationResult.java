package io.zigma.eval;

import io.zigma.eval.metric.Figure;
import io.zigma.eval.metric.Quantity;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * All figures of one model, or of one set of pictures.
 *
 * @param source where the samples come from
 * @param floor what real pictures get, and how many they were
 * @param seeds what samples got, an element for each sampling seed
 * @param apart what no sample has part in
 */
public record EvaluationResult(
        SampleSource source,
        Map<Quantity, Figure> floor,
        List<SeedResult> seeds,
        Map<Quantity, Estimate> apart) {

    /**
     * Copies the list.
     *
     * @throws IllegalArgumentException if there is no seed
     */
    public EvaluationResult {
        seeds = List.copyOf(seeds);
        if (seeds.isEmpty()) {
            throw new IllegalArgumentException("a result needs at least one sampling seed");
        }
    }

    /**
     * Returns what there are figures of.
     *
     * @return in the order in which they are shown
     */
    public Set<Quantity> quantities() {
        Set<Quantity> quantities = new LinkedHashSet<>();
        seeds.forEach(seed -> quantities.addAll(seed.figures().keySet()));
        quantities.addAll(apart.keySet());
        return quantities;
    }

    /**
     * Returns how many samples each seed gave.
     *
     * @return N
     */
    public int samples() {
        return seeds.get(0).samples().pictures().count();
    }

    /**
     * Returns how often the model was evaluated for a picture.
     *
     * @return the mean over the seeds; a guided evaluation counts once
     */
    public double evaluations() {
        return seeds.stream().mapToDouble(seed -> seed.samples().evaluations()).average().orElse(0);
    }

    /**
     * Returns how often the network ran for a picture.
     *
     * @return the mean over the seeds; a guided evaluation takes two passes
     */
    public double passes() {
        return seeds.stream().mapToDouble(seed -> seed.samples().passes()).average().orElse(0);
    }

    /**
     * Returns a figure's mean over the seeds, or the figure itself if no sample has part in it.
     *
     * @param quantity which figure
     * @return empty if it could not be computed
     */
    public OptionalDouble mean(Quantity quantity) {
        Estimate figure = apart.get(quantity);
        if (figure != null) {
            return OptionalDouble.of(figure.value());
        }
        return values(quantity).length == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(sum(values(quantity)) / values(quantity).length);
    }

    /**
     * Returns how sure a figure is: its standard deviation over the seeds, with one less than their
     * number as divisor, or the standard error of one that no sample has part in.
     *
     * @param quantity which figure
     * @return empty with one seed, or if it could not be computed
     */
    public OptionalDouble spread(Quantity quantity) {
        Estimate figure = apart.get(quantity);
        if (figure != null) {
            return OptionalDouble.of(figure.error());
        }
        double[] values = values(quantity);
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

    private double[] values(Quantity quantity) {
        return seeds.stream()
                .filter(seed -> seed.figures().containsKey(quantity))
                .mapToDouble(seed -> seed.figures().getOrDefault(quantity, 0.0))
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

package io.zigma.eval.report;

import io.zigma.base.Amount;
import io.zigma.eval.EvaluationResult;
import io.zigma.eval.Metric;
import io.zigma.eval.ModelUnderTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Results for people: lines of equal columns. */
public final class ResultTable {

    private ResultTable() {}

    /**
     * Returns one model's figures beside those of real pictures.
     *
     * @param result the figures
     * @return a line a figure, and above them what was done
     */
    public static List<String> lines(EvaluationResult result) {
        List<String> lines = new ArrayList<>();
        lines.add(title(result));
        lines.add("");
        lines.add(row("", "samples", "real pictures", ""));
        for (Metric metric : Metric.values()) {
            if (result.mean(metric).isPresent()) {
                lines.add(
                        row(
                                metric.title(),
                                value(result, metric),
                                result.floor().containsKey(metric)
                                        ? metric.text(result.floor().getOrDefault(metric, 0.0))
                                        : "",
                                metric.better().name().toLowerCase(Locale.ROOT) + " is better"));
            }
        }
        return lines;
    }

    /**
     * Returns some figures of several results, a line a result.
     *
     * @param series what differs between them
     * @param results in the order of what differs, at least one
     * @return a line of titles, then the results
     */
    public static List<String> lines(Series series, List<EvaluationResult> results) {
        List<Metric> told =
                Stream.of(
                                Metric.FRECHET_DISTANCE,
                                Metric.KERNEL_DISTANCE,
                                Metric.PRECISION,
                                Metric.RECALL,
                                Metric.CLASS_AGREEMENT)
                        .filter(metric -> results.get(0).mean(metric).isPresent())
                        .toList();
        List<String> lines = new ArrayList<>();
        lines.add(
                cell(series.axis())
                        + told.stream()
                                .map(metric -> cell(metric.title()))
                                .collect(Collectors.joining()));
        for (EvaluationResult result : results) {
            lines.add(
                    cell(plain(series.place(result)))
                            + told.stream()
                                    .map(metric -> cell(value(result, metric)))
                                    .collect(Collectors.joining()));
        }
        return lines.stream().map(String::stripTrailing).toList();
    }

    private static String cell(String text) {
        return "%-20s".formatted(text);
    }

    /** Returns in one line what was sampled, and how. */
    static String title(EvaluationResult result) {
        ModelUnderTest model = result.model();
        return String.format(
                Locale.ROOT,
                "%s: %s of seed%s %s; %s, %s, guidance %s; %s evaluations a picture%s",
                model.name(),
                Amount.of(result.samples(), "sample"),
                result.seeds().size() == 1 ? "" : "s",
                result.seeds().stream()
                        .map(seed -> Long.toString(seed.seed()))
                        .collect(Collectors.joining(", ")),
                model.sampler().label(),
                Amount.of(model.sampler().steps(), "step"),
                model.guidance(),
                plain(result.evaluations()),
                model.guidance().guides()
                        ? ", %s passes with and without the class".formatted(plain(result.passes()))
                        : "");
    }

    /** Returns a figure's mean, and its spread where there are several seeds. */
    static String value(EvaluationResult result, Metric metric) {
        String mean = metric.text(result.mean(metric).orElseThrow());
        return result.spread(metric).isPresent()
                ? mean + " ± " + metric.text(result.spread(metric).getAsDouble())
                : mean;
    }

    /** Returns a number without zeros behind the point. */
    static String plain(double number) {
        return number == Math.rint(number)
                ? Long.toString((long) number)
                : String.format(Locale.ROOT, "%.2f", number);
    }

    private static String row(String name, String samples, String real, String remark) {
        return "%-38s %-20s %-14s %s".formatted(name, samples, real, remark).stripTrailing();
    }
}

package io.zigma.eval.report;

import io.zigma.base.Amount;
import io.zigma.eval.EvaluationResult;
import io.zigma.eval.SampleSource;
import io.zigma.eval.metric.Figure;
import io.zigma.eval.metric.Quantity;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Results for people: lines of equal columns. */
public final class ResultTable {

    private ResultTable() {}

    /**
     * Returns the figures beside those of real pictures.
     *
     * @param result the figures
     * @return a line a figure, and above them what was done
     */
    public static List<String> lines(EvaluationResult result) {
        List<String> lines = new ArrayList<>();
        lines.add(title(result));
        lines.add("");
        lines.add(row("", "samples", "real pictures", ""));
        boolean otherNumbers = false;
        for (Quantity quantity : result.quantities()) {
            String real = real(result, quantity);
            otherNumbers |= real.endsWith(")");
            lines.add(
                    row(
                            quantity.title(),
                            value(result, quantity),
                            real,
                            quantity.better().toString()));
        }
        if (otherNumbers) {
            lines.add("(n): of n real pictures, not as many as there are samples");
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
        List<Quantity> shown =
                results.get(0).quantities().stream().filter(Quantity::headline).toList();
        List<String> lines = new ArrayList<>();
        lines.add(
                cell(series.axis())
                        + shown.stream()
                                .map(quantity -> cell(quantity.title()))
                                .collect(Collectors.joining()));
        for (EvaluationResult result : results) {
            lines.add(
                    cell(plain(series.place(result)))
                            + shown.stream()
                                    .map(quantity -> cell(value(result, quantity)))
                                    .collect(Collectors.joining()));
        }
        return lines.stream().map(String::stripTrailing).toList();
    }

    private static String cell(String text) {
        return "%-20s".formatted(text);
    }

    /** Returns in one line what the samples are, and how they were made. */
    static String title(EvaluationResult result) {
        SampleSource source = result.source();
        StringBuilder title =
                new StringBuilder(
                        "%s: %s".formatted(source.name(), Amount.of(result.samples(), "sample")));
        if (result.evaluations() > 0) {
            title.append(result.seeds().size() == 1 ? " of seed " : " of seeds ")
                    .append(
                            result.seeds().stream()
                                    .map(seed -> Long.toString(seed.seed()))
                                    .collect(Collectors.joining(", ")));
        }
        if (!source.description().isEmpty()) {
            title.append("; ").append(source.description());
        }
        if (result.evaluations() > 0) {
            title.append("; ").append(plain(result.evaluations())).append(" evaluations a picture");
            if (source.guided()) {
                title.append(", ")
                        .append(plain(result.passes()))
                        .append(" passes with and without the class");
            }
        }
        return title.toString();
    }

    /** Returns a figure's mean, and its spread where there are several seeds. */
    static String value(EvaluationResult result, Quantity quantity) {
        String mean = quantity.text(result.mean(quantity).orElseThrow());
        return result.spread(quantity).isPresent()
                ? mean + " ± " + quantity.text(result.spread(quantity).getAsDouble())
                : mean;
    }

    /**
     * Returns what real pictures get, with their number behind it if it is not that of the samples;
     * nothing where they get nothing.
     */
    static String real(EvaluationResult result, Quantity quantity) {
        Figure floor = result.floor().get(quantity);
        if (floor == null) {
            return "";
        }
        String text = quantity.text(floor.value());
        return floor.pictures() == result.samples()
                ? text
                : String.format(Locale.ROOT, "%s (%,d)", text, floor.pictures());
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

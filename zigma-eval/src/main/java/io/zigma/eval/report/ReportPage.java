package io.zigma.eval.report;

import io.zigma.eval.Conditions;
import io.zigma.eval.Evaluation;
import io.zigma.eval.EvaluationResult;
import io.zigma.eval.MeanAgreement;
import io.zigma.eval.Pictures;
import io.zigma.eval.RealPictures;
import io.zigma.eval.SampleSource;
import io.zigma.eval.Samples;
import io.zigma.eval.SeedResult;
import io.zigma.eval.metric.ClassAgreement;
import io.zigma.eval.metric.Figure;
import io.zigma.eval.metric.Memorisation;
import io.zigma.eval.metric.Quantity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Results as a page that is one file: figures, samples by class, curves, nearest training pictures,
 * and all settings. It loads nothing from the network and runs no script.
 */
public final class ReportPage {

    private static final int SAMPLES_A_ROW = 16;
    private static final int MOST_ROWS = 20;
    private static final int NEIGHBOURS = 24;
    // a picture that one sees well
    private static final int VISIBLE = 48;

    private static final String HEAD =
            """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <title>%s</title>
            <style>
            :root { color-scheme: light dark; --ink: #1d2327; --soft: #5d6870; --paper: #fff;
              --rule: #dde2e6; --first: #0b67b2; --second: #c4661f; --back: #edf0f2; }
            @media (prefers-color-scheme: dark) { :root { --ink: #e4e8eb; --soft: #9aa5ad;
              --paper: #16191c; --rule: #343b41; --first: #6db3f2; --second: #f0a060; --back: #262b30; } }
            body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 60rem; background: var(--paper);
              color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
            h1 { font-size: 1.6rem; margin: 0 0 .25rem; } h2 { font-size: 1.2rem; margin: 2.5rem 0 .5rem; }
            p { margin: .4rem 0 .8rem; color: var(--soft); }
            .wide { overflow-x: auto; }
            table { border-collapse: collapse; } td, th { padding: .3rem .9rem .3rem 0; text-align: left;
              border-bottom: 1px solid var(--rule); font-weight: normal; vertical-align: middle; }
            thead th { color: var(--soft); } td.n { font-variant-numeric: tabular-nums; white-space: nowrap; }
            td.h { font-family: ui-monospace, monospace; font-size: .85rem; overflow-wrap: anywhere; }
            img { image-rendering: pixelated; display: block; } .samples td { padding: 2px 0; border: 0; }
            .samples th { border: 0; color: var(--soft); }
            .pairs { display: flex; flex-wrap: wrap; gap: .9rem; } figure { margin: 0; }
            figure div { display: flex; gap: 2px; } figcaption { font-size: .8rem; color: var(--soft); }
            svg { width: 100%%; height: auto; font: 13px system-ui, sans-serif; } svg text { fill: var(--soft); }
            .back { fill: var(--back); } .bar, .point { fill: var(--first); } .grid { stroke: var(--rule); }
            .outline { fill: none; stroke-width: 2; } .first { stroke: var(--first); }
            .second { stroke: var(--second); } .spread { stroke: var(--first); }
            b.first { color: var(--first); } b.second { color: var(--second); }
            pre { background: var(--back); padding: .8rem; overflow-x: auto; font-size: .85rem; }
            </style>
            </head>
            <body>
            """;

    private final Evaluation evaluation;
    private final Conditions conditions;
    private final String command;
    private final StringBuilder page = new StringBuilder();

    private ReportPage(Evaluation evaluation, Conditions conditions, String command) {
        this.evaluation = evaluation;
        this.conditions = conditions;
        this.command = command;
    }

    /**
     * Makes the page of one result.
     *
     * @param result the figures
     * @param evaluation what made them
     * @param conditions what they depend on
     * @param command the command line that made them
     * @return well-formed HTML
     */
    public static String of(
            EvaluationResult result, Evaluation evaluation, Conditions conditions, String command) {
        ReportPage report = new ReportPage(evaluation, conditions, command);
        report.begin(result, result.source().name());
        return report.end(result);
    }

    /**
     * Makes the page of several results.
     *
     * @param series what differs between them
     * @param results in the order of what differs, at least one
     * @param chosen the one of which all is shown
     * @param evaluation what made them
     * @param conditions what they depend on
     * @param command the command line that made them
     * @return well-formed HTML
     */
    public static String of(
            Series series,
            List<EvaluationResult> results,
            EvaluationResult chosen,
            Evaluation evaluation,
            Conditions conditions,
            String command) {
        ReportPage report = new ReportPage(evaluation, conditions, command);
        report.begin(chosen, "%s by %s".formatted(chosen.source().name(), series.axis()));
        report.addCurves(series, results);
        return report.end(chosen);
    }

    private void begin(EvaluationResult result, String title) {
        page.append(HEAD.formatted(Html.text(title)));
        page.append("<h1>%s</h1>\n".formatted(Html.text(title)));
        page.append("<p>%s</p>\n".formatted(Html.text(ResultTable.title(result))));
        addFigures(result);
    }

    private String end(EvaluationResult result) {
        addSamples(result);
        addAgreement(result);
        addNeighbours(result);
        addConditions(result.source());
        return page.append("</body>\n</html>\n").toString();
    }

    private void addFigures(EvaluationResult result) {
        page.append(
                """
                <div class="wide"><table><thead><tr><th></th><th>samples</th><th>real pictures</th><th></th></tr></thead>
                <tbody>
                """);
        for (Quantity quantity : result.quantities()) {
            page.append(
                    "<tr><td>%s</td><td class=\"n\">%s</td><td class=\"n\">%s</td><td>%s</td></tr>\n"
                            .formatted(
                                    Html.text(quantity.title()),
                                    ResultTable.value(result, quantity),
                                    ResultTable.real(result, quantity),
                                    quantity.better()));
        }
        page.append("</tbody></table></div>\n");
        page.append(
                result.floor().isEmpty()
                        ? ""
                        : "<p>Real pictures: as many training pictures in place of the samples; for what the"
                                + " classifier says, the reference pictures. In brackets their number, where"
                                + " it is not that of the samples. With several seeds: mean ± standard"
                                + " deviation over them.</p>\n");
        for (String warning : evaluation.warnings(result.samples())) {
            page.append("<p><strong>%s</strong></p>\n".formatted(Html.text(warning)));
        }
    }

    private void addCurves(Series series, List<EvaluationResult> results) {
        List<Quantity> shown =
                results.get(0).quantities().stream().filter(Quantity::headline).toList();
        for (Quantity quantity : shown) {
            List<LineChart.Point> points = new ArrayList<>();
            for (EvaluationResult result : results) {
                result.mean(quantity)
                        .ifPresent(
                                mean ->
                                        points.add(
                                                new LineChart.Point(
                                                        series.place(result),
                                                        mean,
                                                        result.spread(quantity).orElse(0))));
            }
            if (points.isEmpty()) {
                continue;
            }
            Figure floor = results.get(0).floor().get(quantity);
            String title = quantity.title() + " by " + series.axis();
            page.append("<h2>%s</h2>\n".formatted(Html.text(title)));
            page.append(
                    floor == null
                            ? ""
                            : "<p><b class=\"first\">samples</b>, <b class=\"second\">real pictures</b></p>\n");
            page.append(
                    LineChart.of(
                            title,
                            series.axis(),
                            points,
                            floor == null
                                    ? OptionalDouble.empty()
                                    : OptionalDouble.of(floor.value())));
        }
    }

    private void addSamples(EvaluationResult result) {
        Samples samples = result.seeds().get(0).samples();
        page.append("<h2>Samples</h2>\n");
        page.append(
                "<p>The first%s, none picked.</p>\n"
                        .formatted(
                                result.evaluations() > 0
                                        ? " of seed " + result.seeds().get(0).seed()
                                        : ""));
        page.append("<div class=\"wide\"><table class=\"samples\"><tbody>\n");
        List<String> labels = evaluation.labels();
        if (Arrays.stream(samples.labels()).allMatch(label -> label < 0)) {
            for (int row = 0; row < 4; row++) {
                int first = row * SAMPLES_A_ROW;
                addStrip(
                        "",
                        samples.pictures(),
                        IntStream.range(0, samples.labels().length)
                                .skip(first)
                                .limit(SAMPLES_A_ROW)
                                .toArray());
            }
        }
        for (int label = 0; label < Math.min(labels.size(), MOST_ROWS); label++) {
            int wanted = label;
            addStrip(
                    labels.get(label),
                    samples.pictures(),
                    IntStream.range(0, samples.labels().length)
                            .filter(i -> samples.labels()[i] == wanted)
                            .limit(SAMPLES_A_ROW)
                            .toArray());
        }
        page.append("</tbody></table></div>\n");
        if (labels.size() > MOST_ROWS) {
            page.append("<p>The first " + MOST_ROWS + " of " + labels.size() + " classes.</p>\n");
        }
    }

    private void addStrip(String title, Pictures pictures, int[] chosen) {
        if (chosen.length == 0) {
            return;
        }
        page.append(
                "<tr><th>%s</th><td>%s</td></tr>\n"
                        .formatted(
                                Html.text(title),
                                Html.image(
                                        Strip.of(pictures, chosen),
                                        magnification(pictures),
                                        title.isEmpty() ? "samples" : "samples of " + title)));
    }

    private static int magnification(Pictures pictures) {
        return Math.max(1, VISIBLE / Math.max(pictures.format().height(), 1));
    }

    private void addAgreement(EvaluationResult result) {
        List<ClassAgreement> tables =
                result.seeds().stream().flatMap(seed -> seed.agreement().stream()).toList();
        if (tables.isEmpty()) {
            return;
        }
        Map<String, Double> agreement = new LinkedHashMap<>();
        for (int label = 0; label < evaluation.labels().size(); label++) {
            String name = evaluation.labels().get(label);
            MeanAgreement.of(tables, evaluation, label)
                    .ifPresent(mean -> agreement.put(name, mean));
        }
        page.append("<h2>Class agreement</h2>\n");
        page.append(
                "<p>How often the classifier sees the class that was asked for, by class.</p>\n");
        page.append(BarChart.of("class agreement by class", agreement));
    }

    private void addNeighbours(EvaluationResult result) {
        SeedResult seed = result.seeds().get(0);
        Optional<RealPictures> real = evaluation.real();
        if (seed.memorisation().isEmpty() || real.isEmpty()) {
            return;
        }
        Memorisation check = seed.memorisation().get();
        page.append("<h2>Nearest training pictures</h2>\n");
        page.append(
                """
                <p>How far the nearest training picture is, in levels from 0 to 255 over all pixels (Euclidean):
                <b class="first">samples</b>, <b class="second">reference pictures</b>. A model that repeats its training
                pictures comes nearer than new real pictures do.</p>
                """);
        page.append(
                Histogram.of(
                        "distances to the nearest training picture",
                        "distance to the nearest training picture",
                        IntStream.range(0, check.samples()).mapToDouble(check::distance).toArray(),
                        evaluation.referenceDistances(real.get())));
        page.append(
                "<p>The samples that come nearest, each with its training picture at the right:</p>\n");
        page.append("<div class=\"pairs\">\n");
        Pictures pictures = seed.samples().pictures();
        Pictures training = real.get().training();
        int magnification = magnification(pictures) + 1;
        IntStream.range(0, check.samples())
                .boxed()
                .sorted(Comparator.comparingDouble(check::distance))
                .limit(NEIGHBOURS)
                .forEach(
                        i ->
                                page.append(
                                        String.format(
                                                Locale.ROOT,
                                                "<figure><div>%s%s</div><figcaption>%.0f</figcaption></figure>\n",
                                                Html.image(
                                                        Strip.of(pictures, new int[] {i}),
                                                        magnification,
                                                        "sample " + i),
                                                Html.image(
                                                        Strip.of(
                                                                training,
                                                                new int[] {check.nearest(i)}),
                                                        magnification,
                                                        "its nearest training picture"),
                                                check.distance(i))));
        page.append("</div>\n");
    }

    private void addConditions(SampleSource source) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("samples_of", source.name());
        facts.putAll(source.facts());
        facts.putAll(conditions.facts());
        page.append("<h2>Made with</h2>\n<pre>%s</pre>\n".formatted(Html.text(command)));
        page.append(
                facts.entrySet().stream()
                        .map(
                                fact ->
                                        "<tr><td>%s</td><td class=\"h\">%s</td></tr>\n"
                                                .formatted(
                                                        Html.text(fact.getKey().replace('_', ' ')),
                                                        Html.text(fact.getValue().toString())))
                        .collect(
                                Collectors.joining(
                                        "",
                                        "<div class=\"wide\"><table><tbody>\n",
                                        "</tbody></table></div>\n")));
    }
}

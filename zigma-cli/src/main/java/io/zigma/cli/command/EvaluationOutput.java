package io.zigma.cli.command;

import com.google.gson.JsonObject;
import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.EvaluationOptions;
import io.zigma.cli.terminal.Console;
import io.zigma.eval.Conditions;
import io.zigma.eval.Evaluation;
import io.zigma.eval.EvaluationResult;
import io.zigma.eval.metric.FrechetMetric;
import io.zigma.eval.report.ReportPage;
import io.zigma.eval.report.ResultJson;
import io.zigma.eval.report.ResultTable;
import io.zigma.eval.report.Series;
import io.zigma.io.AtomicFile;
import io.zigma.io.JsonText;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes the figures of an evaluation as the options say.
 *
 * @param arguments the command line, which is shown on the page
 * @param options table, JSON or page
 * @param console where to
 */
record EvaluationOutput(Arguments arguments, EvaluationOptions options, Console console) {

    /**
     * Writes them.
     *
     * @param results at least one; of several, what differs is what the options say
     * @param evaluation what made them
     * @param conditions what they depend on
     * @throws IOException if the page cannot be written
     */
    void write(List<EvaluationResult> results, Evaluation evaluation, Conditions conditions)
            throws IOException {
        Optional<Series> series =
                options.sweeps()
                        ? Optional.of(Series.GUIDANCE)
                        : options.overTraining() ? Optional.of(Series.TRAINING) : Optional.empty();
        EvaluationResult chosen =
                options.sweeps() ? best(results) : results.get(results.size() - 1);
        evaluation.warnings(chosen.samples()).forEach(console::say);
        // figures first: a page that cannot be written must not take them along
        print(series, results, chosen, evaluation, conditions);
        if (options.html().isPresent()) {
            String command = arguments.commandLine();
            AtomicFile.writeText(
                    options.html().get(),
                    series.isPresent()
                            ? ReportPage.of(
                                    series.get(), results, chosen, evaluation, conditions, command)
                            : ReportPage.of(chosen, evaluation, conditions, command));
            if (!options.json()) {
                console.out().println(options.html().get());
            }
        }
    }

    private void print(
            Optional<Series> series,
            List<EvaluationResult> results,
            EvaluationResult chosen,
            Evaluation evaluation,
            Conditions conditions) {
        if (options.json()) {
            JsonObject json =
                    series.isPresent()
                            ? ResultJson.of(series.get(), results, chosen, evaluation, conditions)
                            : ResultJson.of(chosen, evaluation, conditions);
            console.out().print(JsonText.of(json));
            return;
        }
        if (series.isPresent()) {
            ResultTable.lines(series.get(), results).forEach(console.out()::println);
            console.out().println();
        }
        ResultTable.lines(chosen).forEach(console.out()::println);
        console.out().println();
        Map<String, Object> facts = conditions.facts();
        console.out()
                .println(
                        "compared with %s by the features of %s%s"
                                .formatted(
                                        facts.get("reference"),
                                        facts.get("features"),
                                        facts.containsKey("frechet_reference")
                                                ? ", the Fréchet distance to %s"
                                                        .formatted(facts.get("frechet_reference"))
                                                : ""));
    }

    private static EvaluationResult best(List<EvaluationResult> results) {
        return results.stream()
                .min(
                        Comparator.comparingDouble(
                                result -> result.mean(FrechetMetric.DISTANCE).orElseThrow()))
                .orElseThrow();
    }
}

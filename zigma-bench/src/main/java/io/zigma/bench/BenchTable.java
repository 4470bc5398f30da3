package io.zigma.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** A report as a table for people: what was measured, how long it took, and against what. */
final class BenchTable {

    private static final String ROW = "  %-32s %22s %22s %9s";

    private final BenchReport report;
    private final List<String> lines = new ArrayList<>();

    private BenchTable(BenchReport report) {
        this.report = report;
    }

    /** Returns the lines. */
    static List<String> of(BenchReport report) {
        BenchTable table = new BenchTable(report);
        table.head();
        table.operations();
        table.model();
        table.scaling();
        table.comparison();
        return table.lines;
    }

    private void head() {
        add(
                "%s %s, %s tokens, batch %s, %s threads",
                report.text("backbone"),
                report.text("preset"),
                report.text("tokens"),
                report.text("batch"),
                report.text("threads"));
        add("%s; JDK %s", report.text("machine"), report.text("jdk"));
        add("medians in milliseconds; behind them half the distance of the quartiles");
    }

    private void operations() {
        int before = lines.size();
        pair("scan, forward", "scan.forward.fused", "scan.forward.reference");
        pair("scan, backward", "scan.backward.fused", "scan.backward.reference");
        pair("convolution, forward", "conv.fused", "conv.reference");
        pair("convolution, backward", "conv.backward.fused", "conv.backward.reference");
        title(before, ROW.formatted("operations, along a zigzag", "fused", "reference", "faster"));
        report.number("scan.order.ratio")
                .ifPresent(
                        ratio ->
                                add(
                                        "  the scan takes %.2f times as long along the zigzag as in"
                                                + " the order in memory",
                                        ratio));
        report.number("conv.order.ratio")
                .ifPresent(ratio -> add("  the convolution %.2f times", ratio));
    }

    private void model() {
        int before = lines.size();
        pair("forward", "model.forward.fused", "model.forward.reference");
        pair("training step", "model.train_step.fused", "model.train_step.reference");
        pair("forward in bfloat16", "model.forward.bf16", "");
        pair("training step in bfloat16", "model.train_step.bf16", "");
        pair(
                "training step, 256 tokens, batch 1",
                "model.train_step_256.fused",
                "model.train_step_256.reference");
        pair("optimiser (AdamW)", "model.optimizer", "");
        title(before, ROW.formatted("model", "fused", "reference", "faster"));
        floor("forward", "model.forward");
        floor("training step", "model.train_step");
        report.number("model.train_step.bf16_ratio")
                .ifPresent(
                        ratio ->
                                add(
                                        "  in bfloat16 a training step takes %.2f times as long as in float32",
                                        ratio));
        report.number("model.train_step.forward_ratio")
                .ifPresent(
                        ratio ->
                                add(
                                        "  a training step takes as long as %.2f forward passes",
                                        ratio));
        peak("forward", "model.forward.peak_bytes");
        peak("training step", "model.train_step.peak_bytes");
    }

    private void floor(String name, String key) {
        report.timing(key + ".gemm_floor")
                .ifPresent(
                        floor ->
                                add(
                                        "  %s: its matrix products alone take %s; all of it %.2f times"
                                                + " as long",
                                        name,
                                        text(floor),
                                        report.number(key + ".floor_ratio").orElseThrow()));
    }

    private void peak(String name, String key) {
        report.number(key)
                .ifPresent(
                        bytes ->
                                add(
                                        "  %s: at most %s of memory beyond what was held before",
                                        name, megabytes(bytes)));
    }

    private void scaling() {
        if (report.scaling().isEmpty()) {
            return;
        }
        add("");
        add("%-10s %22s %22s %9s %10s %10s", "one block", "ZigMa", "DiT", "faster", "ZigMa", "DiT");
        for (BenchReport.ScalingPoint point : report.scaling()) {
            add(
                    "  %8d %22s %22s %9s %10s %10s",
                    point.tokens(),
                    text(point.zigma()),
                    text(point.dit()),
                    times(point.zigma(), point.dit()),
                    megabytes(point.zigmaPeak()),
                    megabytes(point.ditPeak()));
        }
        report.number("scaling.per_token.ratio")
                .ifPresent(
                        ratio ->
                                add(
                                        "  a token at the longest takes ZigMa %.2f times as long as"
                                                + " at 1024",
                                        ratio));
    }

    private void comparison() {
        if (report.compared().isEmpty()) {
            return;
        }
        add("");
        add(
                "%-26s %12s %22s %22s",
                "equally many parameters", "parameters", "forward", "training step");
        report.compared()
                .forEach(
                        (name, parameters) ->
                                add(
                                        "  %-24s %,12d %22s %22s",
                                        name,
                                        parameters,
                                        report.timing(name + BenchReport.FORWARD)
                                                .map(BenchTable::text)
                                                .orElse(""),
                                        report.timing(name + BenchReport.TRAIN_STEP)
                                                .map(BenchTable::text)
                                                .orElse("")));
    }

    private void pair(String name, String fusedKey, String referenceKey) {
        Optional<Timing> fused = report.timing(fusedKey);
        Optional<Timing> reference = report.timing(referenceKey);
        if (fused.isEmpty() && reference.isEmpty()) {
            return;
        }
        String ratio =
                fused.isPresent() && reference.isPresent()
                        ? times(fused.get(), reference.get())
                        : "";
        add(
                ROW,
                name,
                fused.map(BenchTable::text).orElse(""),
                reference.map(BenchTable::text).orElse(""),
                ratio);
    }

    /** Puts a title above the lines since, if there are any. */
    private void title(int before, String title) {
        if (lines.size() > before) {
            lines.addAll(before, List.of("", title.substring(2)));
        }
    }

    private void add(String format, Object... values) {
        lines.add(String.format(Locale.ROOT, format, values).stripTrailing());
    }

    private static String text(Timing timing) {
        return String.format(
                Locale.ROOT,
                "%s ± %s (%d)",
                millis(timing.median()),
                millis((timing.upper() - timing.lower()) / 2),
                timing.rounds());
    }

    private static String millis(double value) {
        return String.format(
                Locale.ROOT, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value);
    }

    private static String times(Timing fused, Timing reference) {
        return String.format(Locale.ROOT, "%.1f×", reference.median() / fused.median());
    }

    private static String megabytes(OptionalLong bytes) {
        return bytes.isPresent() ? megabytes((double) bytes.getAsLong()) : "";
    }

    private static String megabytes(double bytes) {
        return String.format(Locale.ROOT, "%.0f MB", bytes / 1e6);
    }
}

package io.zigma.cli.command;

import ai.djl.Device;
import com.google.gson.GsonBuilder;
import io.zigma.backbone.BackboneKind;
import io.zigma.base.Spelling;
import io.zigma.bench.Bench;
import io.zigma.bench.BenchCase;
import io.zigma.bench.BenchPart;
import io.zigma.bench.BenchPreset;
import io.zigma.bench.BenchReport;
import io.zigma.bench.Effort;
import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.Command;
import io.zigma.cli.option.ComputeOptions;
import io.zigma.cli.option.Flags;
import io.zigma.cli.option.ModelOptions;
import io.zigma.cli.option.OptionSection;
import io.zigma.cli.option.UsageException;
import io.zigma.cli.terminal.Console;
import io.zigma.cli.terminal.ProgressBar;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.commons.cli.Option;

/** {@code zigma bench}: how fast this machine is. */
public final class BenchCommand implements Command {

    private static final String DEFAULT_PRESET = "b-1";
    private static final int DEFAULT_THREADS = 2;
    private static final int MOST_TOKENS = 1 << 20;

    private static final Option PRESET =
            Flags.value(
                    "p",
                    "preset",
                    "NAME",
                    "the model: small (12 layers of 256 channels), or a published one that makes"
                            + " pictures, such as s-1 to h-4 of zigma and s-2 to xl-8 of dit;"
                            + " default: "
                            + DEFAULT_PRESET
                            + ", or small where there is none of that name");
    private static final Option TOKENS =
            Flags.value(null, "tokens", "N", "tokens of an image; default: the preset's");
    private static final Option BATCH =
            Flags.value("b", "batch", "N", "images at once; default: 1, for small 8");
    private static final Option PARTS =
            Flags.value(
                    null,
                    "parts",
                    "LIST",
                    "only these, separated by commas: "
                            + partNames()
                            + "; default: all that the model has");
    private static final Option THREADS =
            Flags.value(
                    "t", "threads", "N", "threads to compute with; default: " + DEFAULT_THREADS);
    private static final Option QUICK =
            Flags.flag("q", "quick", "fewer rounds, no training on the reference path");
    private static final Option LONGEST =
            Flags.value(
                    null,
                    "longest",
                    "N",
                    "tokens at which the scaling ends, which doubles them from 256 on; default: 16384,"
                            + " with --quick 4096");
    private static final Option JSON =
            Flags.flag(null, "json", "the figures as JSON, for programs");

    private final Effort quick;

    public BenchCommand() {
        this(Effort.QUICK);
    }

    /** The same with another effort behind --quick. */
    public BenchCommand(Effort quick) {
        this.quick = quick;
    }

    private static String partNames() {
        return Arrays.stream(BenchPart.values()).map(Spelling::of).collect(Collectors.joining(","));
    }

    @Override
    public String name() {
        return "bench";
    }

    @Override
    public String purpose() {
        return "Measure how fast this machine is, beside the plain path and beside attention.";
    }

    @Override
    public String synopsis() {
        return "";
    }

    @Override
    public List<OptionSection> sections() {
        return List.of(
                OptionSection.of(
                        "What to measure", ModelOptions.BACKBONE, PRESET, TOKENS, BATCH, PARTS),
                OptionSection.of(
                        "How",
                        THREADS,
                        ComputeOptions.DEVICE,
                        ComputeOptions.TF32,
                        QUICK,
                        LONGEST,
                        JSON));
    }

    @Override
    public List<String> examples() {
        return List.of(
                "bench",
                "bench --quick",
                "bench --preset small --json > small.json",
                "bench --backbone dit --preset b-2 --quick");
    }

    @Override
    public void run(Arguments arguments, Console console) throws IOException {
        BenchPreset preset = preset(arguments);
        BenchCase benchCase =
                BenchCase.of(
                        preset,
                        arguments.integer(
                                TOKENS, 1, MOST_TOKENS, Math.max(1, preset.model().tokens())),
                        arguments.integer(BATCH, 1, preset.batch()));
        Effort usual = arguments.has(QUICK) ? quick : Effort.FULL;
        Effort effort =
                usual.withLongestSequence(
                        arguments.integer(LONGEST, 1, MOST_TOKENS, usual.longestSequence()));
        ComputeOptions compute =
                ComputeOptions.of(arguments)
                        .withThreads(arguments.integer(THREADS, 1, 1024, DEFAULT_THREADS));
        Bench bench = bench(benchCase, effort, parts(arguments, benchCase), compute.device());
        compute.start();
        BenchReport report;
        try (ProgressBar progress = new ProgressBar(console, "measurements", 0)) {
            report = bench.run(progress::advanceTo);
        }
        if (arguments.has(JSON)) {
            console.out()
                    .println(new GsonBuilder().setPrettyPrinting().create().toJson(report.json()));
        } else {
            report.lines().forEach(console.out()::println);
        }
    }

    private static BenchPreset preset(Arguments arguments) {
        BackboneKind<?> kind = new ModelOptions(arguments).kind();
        List<String> labels = BenchPreset.labels(kind);
        String label =
                arguments.choice(
                        PRESET,
                        labels,
                        labels.contains(DEFAULT_PRESET) ? DEFAULT_PRESET : labels.get(0));
        return BenchPreset.named(kind, label).orElseThrow();
    }

    private static Bench bench(
            BenchCase benchCase, Effort effort, Set<BenchPart> parts, Device device) {
        try {
            return new Bench(benchCase, effort, parts, device);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--parts: " + e.getMessage());
        }
    }

    private static Set<BenchPart> parts(Arguments arguments, BenchCase benchCase) {
        if (!arguments.has(PARTS)) {
            return BenchPart.of(benchCase.model());
        }
        Set<BenchPart> parts = EnumSet.noneOf(BenchPart.class);
        for (String name : arguments.text(PARTS).orElseThrow().split(",", -1)) {
            parts.add(
                    Arrays.stream(BenchPart.values())
                            .filter(part -> Spelling.of(part).equals(name.strip()))
                            .findFirst()
                            .orElseThrow(
                                    () ->
                                            new UsageException(
                                                    "--parts knows no '%s' (%s)"
                                                            .formatted(name, partNames()))));
        }
        return parts;
    }
}

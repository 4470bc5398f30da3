package io.zigma.spark;

import io.zigma.cli.command.TrainCommand;
import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.Flags;
import io.zigma.cli.option.OptionSection;
import io.zigma.cli.option.UsageException;
import io.zigma.cli.terminal.Console;
import io.zigma.train.run.CheckpointStore;
import io.zigma.train.run.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.cli.Option;
import org.apache.spark.sql.SparkSession;

/** {@code zigma-spark train}: {@code zigma train} on several machines at once. */
final class TrainOnSpark extends SparkCommand {

    private static final int MOST_MACHINES = 4096;

    /** Takes a name, or a folder. */
    private static final String TEXT_ENCODER = "text-encoder";

    private static final Option MACHINES =
            Flags.value(
                    null,
                    "machines",
                    "N",
                    "tasks that train at the same time, each on its part of every batch; needed");
    private static final Option AVERAGE_EVERY =
            Flags.value(
                    null,
                    "average-every",
                    "N",
                    "steps that each machine takes alone before all take the mean of their weights"
                            + " (local SGD, another algorithm); default 1: gradients are added up in"
                            + " every step");

    private final TrainCommand local = new TrainCommand();

    @Override
    public String name() {
        return "train";
    }

    @Override
    public String purpose() {
        return "Train a model as zigma train does, on several machines at once.";
    }

    @Override
    public String synopsis() {
        return "--machines N --data DIR --out DIR";
    }

    @Override
    public List<OptionSection> sections() {
        List<OptionSection> sections = new ArrayList<>(local.sections());
        sections.add(OptionSection.of("On which machines", MACHINES, AVERAGE_EVERY, MASTER, CONF));
        return sections;
    }

    @Override
    public List<String> examples() {
        return List.of(
                "train --machines 4 --data /shared/latents --out /shared/runs/a --batch-size 256",
                "train --machines 4 --data /shared/latents --out /shared/runs/a --resume");
    }

    @Override
    void check(Arguments arguments) throws IOException {
        machines(arguments);
        every(arguments);
        local.check(arguments);
    }

    private static int machines(Arguments arguments) {
        arguments.requiredText(MACHINES);
        return arguments.integer(MACHINES, 1, MOST_MACHINES, 1);
    }

    private static int every(Arguments arguments) {
        return arguments.integer(AVERAGE_EVERY, 1, 1);
    }

    @Override
    void run(Arguments arguments, SparkSession spark, Console console) throws IOException {
        Path run = TrainCommand.folder(arguments).toAbsolutePath().normalize();
        List<String> begun = words(arguments, false);
        if (newest(run).isPresent() && !begun.contains("--resume")) {
            throw new UsageException(
                    "%s already holds a run; continue it with --resume, or give another folder"
                            .formatted(run));
        }
        BarrierTraining training =
                new BarrierTraining(
                        begun, words(arguments, true), run, machines(arguments), every(arguments));
        try (TaskProgress progress = TaskProgress.of(spark, console, "machines");
                CheckpointWatch watch = CheckpointWatch.of(run, console)) {
            training.run(spark, console);
        }
        console.out()
                .println(
                        newest(run)
                                .orElseThrow(() -> new IOException(run + " holds no checkpoint")));
    }

    /** Returns the newest checkpoint of a run, if there is one. */
    static Optional<Path> newest(Path run) throws IOException {
        RunFolder folder = new RunFolder(run);
        return Files.isDirectory(folder.checkpointsFolder())
                ? new CheckpointStore(folder).newest()
                : Optional.empty();
    }

    /**
     * Returns the options of {@code zigma train} with absolute paths, since executors are in other
     * folders.
     *
     * @param again only those that a run needs that is resumed as it is
     */
    private List<String> words(Arguments arguments, boolean again) {
        List<String> words = new ArrayList<>();
        List<OptionSection> sections = again ? TrainCommand.sectionsToResume() : local.sections();
        for (OptionSection section : sections) {
            for (Option option : section.options()) {
                if (!arguments.has(option)) {
                    continue;
                }
                if (!option.hasArg()) {
                    words.add(Arguments.spelling(option));
                }
                for (String value : option.hasArg() ? arguments.texts(option) : List.<String>of()) {
                    words.add(Arguments.spelling(option));
                    words.add(absolute(option, value));
                }
            }
        }
        if (again && !words.contains("--resume")) {
            words.add("--resume");
        }
        return words;
    }

    private static String absolute(Option option, String value) {
        boolean folder =
                "DIR".equals(option.getArgName()) && !value.equals("none")
                        || TEXT_ENCODER.equals(option.getLongOpt())
                                && Files.isDirectory(Path.of(value));
        return folder ? Path.of(value).toAbsolutePath().normalize().toString() : value;
    }
}

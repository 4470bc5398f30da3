package io.zigma.spark;

import ai.djl.Device;
import io.zigma.cli.FailureLine;
import io.zigma.cli.command.TrainCommand;
import io.zigma.cli.option.Arguments;
import io.zigma.cli.terminal.Console;
import io.zigma.cli.terminal.WatchedOutput;
import io.zigma.train.Training;
import io.zigma.train.loop.GradientExchange;
import io.zigma.train.run.RunException;
import io.zigma.train.run.RunFolder;
import io.zigma.train.run.RunLock;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.sql.SparkSession;

/**
 * A training in a barrier stage: all tasks run {@code zigma train} at the same time, with the same
 * options, and add up their gradients. The first one has the run's folder, which all machines see;
 * the others write nothing but into a folder of their own that they remove. Where an executor is
 * lost the stage starts again at the newest checkpoint.
 */
final class BarrierTraining {

    /** Attempts without a new checkpoint between them. */
    private static final int ATTEMPTS = 4;

    /** A task of an attempt that failed ends within a step. */
    private static final int PATIENCE_SECONDS = 300;

    private static final String NEW = "new";
    private static final long FINISHED = -1;
    private static final int COLUMNS = 80;
    private static final String OUT = "--out";
    private static final String DEVICE = "--device";

    private final List<String> begin;
    private final List<String> goOn;
    private final Path run;
    private final int machines;
    private final int every;

    /**
     * What every task is to do.
     *
     * @param words of {@code zigma train}
     * @param run the run's folder
     * @param every steps between means of the weights, 1 for sums of the gradients
     */
    private record Plan(ArrayList<String> words, String run, int every) implements Serializable {
        private static final long serialVersionUID = 1;
    }

    /**
     * Prepares a training.
     *
     * @param begin words of {@code zigma train} for the run as it was asked for
     * @param goOn words that resume it where it was
     * @param run the run's folder
     * @param machines how many tasks there are
     * @param every steps between means of the weights, 1 for sums of the gradients
     */
    BarrierTraining(List<String> begin, List<String> goOn, Path run, int machines, int every) {
        this.begin = begin;
        this.goOn = goOn;
        this.run = run;
        this.machines = machines;
        this.every = every;
    }

    /**
     * Trains to the end.
     *
     * @throws IOException if a task cannot train, or executors are lost again and again
     */
    void run(SparkSession spark, Console console) throws IOException {
        List<String> words = begin;
        int without = 0;
        Optional<Path> last = TrainOnSpark.newest(run);
        while (true) {
            try {
                long stopped =
                        stage(spark, new Plan(new ArrayList<>(words), run.toString(), every));
                if (stopped != FINISHED) {
                    console.say(
                            "stopped after step %s; --resume continues from there"
                                    .formatted(stopped));
                }
                return;
            } catch (Exception e) { // Scala throws checked exceptions that Java cannot see
                Optional<String> line = RowException.line(e);
                if (line.isPresent()) {
                    throw new IOException(line.get(), e);
                }
                if (e instanceof BarrierStage.TooFewSlotsException tooFew) {
                    throw tooFew;
                }
                Optional<Path> newest = TrainOnSpark.newest(run);
                without = newest.equals(last) ? without + 1 : 1;
                last = newest;
                if (without >= ATTEMPTS) {
                    throw new IOException(
                            "the training failed %s times after %s: %s"
                                    .formatted(
                                            ATTEMPTS,
                                            newest.map(Path::toString).orElse("its start"),
                                            FailureLine.of(e)),
                            e);
                }
                console.say(
                        "a machine is lost; all start again %s"
                                .formatted(
                                        newest.map(path -> "at " + path)
                                                .orElse("from the beginning")));
                if (newest.isPresent()) {
                    words = goOn;
                }
            }
        }
    }

    /** Returns the step that the training was stopped at, −1 if it came to its end. */
    private long stage(SparkSession session, Plan asked) throws IOException {
        return BarrierStage.run(session, machines, Long.class, task -> train(asked, task)).get(0);
    }

    /** Runs a task, on an executor, and returns the step it was stopped at, −1 for none. */
    private static long train(Plan plan, BarrierTaskContext task) {
        try (MachineExchange exchange = new MachineExchange(task)) {
            long stopped = train(plan, exchange, TaskDevice.of(task));
            exchange.finish();
            return stopped;
        } catch (Exception | Error e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof MachineExchange.Lost lost) {
                    throw new UncheckedIOException(lost);
                }
            }
            throw new RowException(
                    "machine %s of %s: %s"
                            .formatted(
                                    task.partitionId() + 1,
                                    task.getTaskInfos().length,
                                    FailureLine.of(e)));
        }
    }

    private static long train(Plan plan, MachineExchange exchange, Device device) throws Exception {
        Path run = Path.of(plan.run());
        boolean first = exchange.part() == 0;
        if (first) {
            awaitFree(run);
        }
        String newest =
                exchange.agree(
                        first ? TrainOnSpark.newest(run).map(Path::toString).orElse(NEW) : "");
        List<String> words = new ArrayList<>(plan.words());
        if (device.isGpu()) {
            set(words, DEVICE, "gpu" + device.getDeviceId());
        }
        if (first) {
            return run(words, exchange, plan.every(), System.err);
        }
        Path own = Files.createTempDirectory("zigma-machine");
        try {
            if (!newest.equals(NEW)) {
                copy(run, Path.of(newest), own);
            }
            set(words, OUT, own.toString());
            set(words, "--save-every", "0");
            set(words, "--sample-every", "0");
            return run(
                    words,
                    exchange,
                    plan.every(),
                    new PrintStream(
                            OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
        } finally {
            remove(own);
        }
    }

    private static void set(List<String> words, String option, String value) {
        int at = words.indexOf(option);
        if (at >= 0) {
            words.set(at + 1, value);
        } else {
            words.addAll(List.of(option, value));
        }
    }

    private static long run(
            List<String> words, GradientExchange exchange, int every, PrintStream messages)
            throws IOException {
        AtomicReference<Training> made = new AtomicReference<>();
        TrainCommand command =
                new TrainCommand(
                        training -> {
                            training.exchangeWith(exchange, every);
                            made.set(training);
                        });
        WatchedOutput results = new WatchedOutput(OutputStream.nullOutputStream());
        Console console =
                new Console(
                        new PrintStream(results, false, StandardCharsets.UTF_8),
                        messages,
                        false,
                        COLUMNS,
                        results);
        command.run(Arguments.parse(command, words), console);
        Training training = made.get();
        return training.step() < training.config().steps() ? training.step() : FINISHED;
    }

    /** Copies what another machine needs to resume a run: settings and one checkpoint. */
    private static void copy(Path run, Path checkpoint, Path own) throws IOException {
        RunFolder from = new RunFolder(run);
        RunFolder to = new RunFolder(own);
        Files.copy(from.configFile(), to.configFile());
        copyFolder(checkpoint, to.checkpointsFolder().resolve(checkpoint.getFileName()));
        if (Files.isDirectory(from.teacherFolder())) {
            copyFolder(from.teacherFolder(), to.teacherFolder());
        }
    }

    private static void copyFolder(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** An attempt that failed may not have ended everywhere when the next begins. */
    private static void awaitFree(Path run) throws IOException, InterruptedException {
        if (!Files.isDirectory(run)) {
            return;
        }
        for (int second = 0; ; second++) {
            try (RunLock lock = RunLock.take(run)) {
                return;
            } catch (RunException e) {
                if (second >= PATIENCE_SECONDS) {
                    throw e;
                }
                TimeUnit.SECONDS.sleep(1);
            }
        }
    }
}

package io.zigma.spark;

import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.Flags;
import io.zigma.cli.option.OptionSection;
import io.zigma.cli.terminal.Console;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.commons.cli.Option;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.sql.SparkSession;

/** {@code zigma-spark exchange}: how long machines take to add up gradients. */
final class ExchangeOnSpark extends SparkCommand {

    private static final int MOST_MACHINES = 4096;
    private static final int MOST_PARAMETERS = 1 << 28;
    private static final int MOST_ROUNDS = 100_000;
    private static final int DEFAULT_ROUNDS = 20;
    private static final double NANOSECONDS = 1e6;

    private static final Option MACHINES =
            Flags.value(null, "machines", "N", "tasks that run at the same time; needed");
    private static final Option PARAMETERS =
            Flags.value(
                    null,
                    "parameters",
                    "N",
                    "numbers that each has, as many as the model has trained weights; needed");
    private static final Option ROUNDS =
            Flags.value(null, "rounds", "N", "how often; default " + DEFAULT_ROUNDS);

    @Override
    public String name() {
        return "exchange";
    }

    @Override
    public String purpose() {
        return "Measure how long the machines of a cluster take to add up the gradients of a step.";
    }

    @Override
    public String synopsis() {
        return "--machines N --parameters N";
    }

    @Override
    public List<OptionSection> sections() {
        return List.of(
                OptionSection.of("What to add up", MACHINES, PARAMETERS, ROUNDS), CLUSTER_ALONE);
    }

    @Override
    public List<String> examples() {
        return List.of("exchange --machines 4 --parameters 5144716 --master spark://head:7077");
    }

    @Override
    void check(Arguments arguments) {
        for (Option option : List.of(MACHINES, PARAMETERS)) {
            arguments.requiredText(option);
        }
        arguments.integer(MACHINES, 1, MOST_MACHINES, 1);
        arguments.integer(PARAMETERS, 1, MOST_PARAMETERS, 1);
        arguments.integer(ROUNDS, 1, MOST_ROUNDS, DEFAULT_ROUNDS);
    }

    /** What a task measured. */
    private record Measured(double[] milliseconds, long bytes) implements Serializable {
        private static final long serialVersionUID = 1;
    }

    @Override
    void run(Arguments arguments, SparkSession spark, Console console) throws IOException {
        int machines = arguments.integer(MACHINES, 1, MOST_MACHINES, 1);
        int parameters = arguments.integer(PARAMETERS, 1, MOST_PARAMETERS, 1);
        int rounds = arguments.integer(ROUNDS, 1, MOST_ROUNDS, DEFAULT_ROUNDS);
        List<Measured> all =
                BarrierStage.run(
                        spark,
                        machines,
                        Measured.class,
                        task -> measured(task, parameters, rounds));
        double[] times = all.get(0).milliseconds();
        Arrays.sort(times);
        console.out()
                .println(
                        String.format(
                                Locale.ROOT,
                                "%d machines add up %d numbers in %.1f ms (%.1f to %.1f, %d rounds); each receives %d bytes a round",
                                machines,
                                parameters,
                                times[rounds / 2],
                                times[0],
                                times[rounds - 1],
                                rounds,
                                all.get(0).bytes() / rounds));
    }

    private static Measured measured(BarrierTaskContext task, int parameters, int rounds) {
        try (MachineExchange exchange = new MachineExchange(task)) {
            float[] values = new float[parameters];
            double[] figures = new double[2];
            double[] milliseconds = new double[rounds];
            exchange.sum(values, figures); // which connects the machines
            long before = exchange.received();
            for (int round = 0; round < rounds; round++) {
                long start = System.nanoTime();
                exchange.sum(values, figures);
                milliseconds[round] = (System.nanoTime() - start) / NANOSECONDS;
            }
            long bytes = exchange.received() - before;
            exchange.finish();
            return new Measured(milliseconds, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package io.zigma.sampler;

import io.zigma.base.Named;
import io.zigma.base.Setting;
import io.zigma.base.Settings;
import io.zigma.diffusion.DiffusionProcess;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The times that solvers in λ = log(α/σ) step through.
 *
 * @param spacing how the times are spread
 * @param leastLogSnr λ to begin at where the process begins with less: there x is almost pure
 *     noise, and a network's noise prediction carries almost no information about the data
 * @param endMargin part of the time range that is left out at the data where λ is infinite there,
 *     in (0, 1)
 */
record LogSnrGrid(Spacing spacing, double leastLogSnr, double endMargin) {

    private static final double LEAST = -5.1; // the official code's
    private static final double MARGIN = 1e-3;

    private static final Setting SPACING =
            Setting.choice(
                    "spacing",
                    "how the times are spread",
                    Spacing.TIME.label(),
                    Arrays.stream(Spacing.values()).map(Named::label).toList());
    private static final Setting LEAST_LOG_SNR =
            Setting.number(
                    "least-log-snr",
                    "half the log of the signal-to-noise ratio to begin at",
                    LEAST,
                    -20,
                    0);
    private static final Setting END_MARGIN =
            Setting.number(
                    "end-margin",
                    "part of the time range left out at the data where there is no noise left",
                    MARGIN,
                    1e-6,
                    0.5);

    static final List<Setting> SETTINGS = List.of(SPACING, LEAST_LOG_SNR, END_MARGIN);

    /** How times are spread between two. */
    enum Spacing implements Named {
        /** Evenly in time. */
        TIME("time") {
            @Override
            double between(DiffusionProcess process, double from, double to, double part) {
                return process.timeOfSolver(
                        line(process.solverTime(from), process.solverTime(to), part));
            }
        },
        /** Evenly in the square root of time, which is 0 at the data. */
        QUADRATIC("quadratic") {
            @Override
            double between(DiffusionProcess process, double from, double to, double part) {
                double root =
                        line(
                                Math.sqrt(process.solverTime(from)),
                                Math.sqrt(process.solverTime(to)),
                                part);
                return process.timeOfSolver(root * root);
            }
        },
        /** Evenly in λ. */
        LOG_SNR("log-snr") {
            @Override
            double between(DiffusionProcess process, double from, double to, double part) {
                return process.timeOf(line(process.halfLogSnr(from), process.halfLogSnr(to), part));
            }
        };

        private final String label;

        Spacing(String label) {
            this.label = label;
        }

        @Override
        public String label() {
            return label;
        }

        /** The time at a fraction between 0 at {@code from} and 1 at {@code to}. */
        abstract double between(DiffusionProcess process, double from, double to, double part);

        private static double line(double from, double to, double part) {
            return from + part * (to - from);
        }
    }

    /** Takes the values of {@link #SETTINGS}. */
    static LogSnrGrid of(Settings values) {
        return new LogSnrGrid(
                Named.parse("spacing", values.text(SPACING), Spacing.values()),
                values.number(LEAST_LOG_SNR),
                values.number(END_MARGIN));
    }

    /** Adds the values of {@link #SETTINGS}. */
    void describe(Map<String, String> options) {
        options.put(SPACING.name(), spacing.label());
        options.put(LEAST_LOG_SNR.name(), Setting.plain(leastLogSnr));
        options.put(END_MARGIN.name(), Setting.plain(endMargin));
    }

    /** Where to begin, given where x is. */
    double first(DiffusionProcess process, double start) {
        return start == process.start() && process.halfLogSnr(start) < leastLogSnr
                ? process.timeOf(leastLogSnr)
                : start;
    }

    /** Where to end. */
    double last(DiffusionProcess process) {
        return endsBefore(process) ? process.time(1 - endMargin) : process.end();
    }

    /** Whether it ends before the data, as λ is infinite there. */
    boolean endsBefore(DiffusionProcess process) {
        return process.sigma(process.end()) == 0;
    }

    /**
     * The times of some steps, both ends among them.
     *
     * @throws IllegalArgumentException if the start is not before the end
     */
    double[] times(DiffusionProcess process, double start, int steps) {
        double first = first(process, start);
        double last = last(process);
        if (process.progress(first) >= process.progress(last)) {
            throw new IllegalArgumentException(
                    "sampling cannot start at %s of the way from noise to data: it ends at %s"
                            .formatted(process.progress(first), process.progress(last)));
        }
        double[] times = new double[steps + 1];
        for (int i = 0; i <= steps; i++) {
            times[i] = spacing.between(process, first, last, (double) i / steps);
        }
        times[0] = first;
        times[steps] = last;
        return times;
    }
}

package io.zigma.bench;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Times several computations alternately, so that whatever else the machine does meanwhile affects
 * all of them alike.
 *
 * <p>Each is first run until the JVM's compilers have nothing more to do for it. Slow ones get
 * fewer rounds, spread evenly over those of the others.
 */
final class Contest {

    /** The compilers count as done when they have worked so little … */
    private static final long IDLE_COMPILING_MILLIS = 10;

    /** … in so long a time. */
    private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

    private static final @Nullable CompilationMXBean COMPILERS =
            Optional.ofNullable(ManagementFactory.getCompilationMXBean())
                    .filter(CompilationMXBean::isCompilationTimeMonitoringSupported)
                    .orElse(null);

    private final Effort effort;
    private final List<Entrant> entrants = new ArrayList<>();

    Contest(Effort effort) {
        this.effort = effort;
    }

    /** Adds a computation under the name of its timing. */
    Contest add(String name, Trial trial) {
        entrants.add(new Entrant(name, trial, false));
        return this;
    }

    /**
     * Adds a computation whose work is done by the engine: the JVM has nothing to compile for it,
     * so that it needs no more than a first run before it counts; and if that takes longer than all
     * rounds may, it counts itself.
     */
    Contest addEngines(String name, Trial trial) {
        entrants.add(new Entrant(name, trial, true));
        return this;
    }

    /** Runs all of them; returns their timings by name, in the order in which they were added. */
    Map<String, Timing> run() {
        entrants.forEach(this::warmUp);
        while (true) {
            Optional<Entrant> next =
                    entrants.stream()
                            .filter(Entrant::unfinished)
                            .min(Comparator.comparingDouble(Entrant::progress));
            if (next.isEmpty()) {
                break;
            }
            next.get().takeRound();
        }
        Map<String, Timing> timings = new LinkedHashMap<>();
        entrants.forEach(entrant -> timings.put(entrant.name, entrant.timing()));
        return timings;
    }

    private void warmUp(Entrant entrant) {
        long budget = (long) (effort.seconds() * TimeUnit.SECONDS.toNanos(1));
        long last = entrant.trial.run();
        if (entrant.engines && last > budget) {
            entrant.settleFor(last);
            return;
        }
        long now = System.nanoTime();
        long end = now + (long) (effort.warmUpSeconds() * TimeUnit.SECONDS.toNanos(1));
        long idleSince = now;
        long compiled = compiledMillis();
        while (!entrant.engines && now < end && now - idleSince < IDLE_NANOS) {
            last = entrant.trial.run();
            now = System.nanoTime();
            if (compiledMillis() - compiled > IDLE_COMPILING_MILLIS) {
                compiled = compiledMillis();
                idleSince = now;
            }
        }
        long affordable = budget / Math.max(1, last);
        entrant.rounds =
                (int) Math.max(effort.fewestRounds(), Math.min(affordable, effort.mostRounds()));
    }

    private static long compiledMillis() {
        return COMPILERS == null ? 0 : COMPILERS.getTotalCompilationTime();
    }

    private static final class Entrant {

        private final String name;
        private final Trial trial;
        private final boolean engines;
        private final List<Long> nanos = new ArrayList<>();
        private int rounds;

        Entrant(String name, Trial trial, boolean engines) {
            this.name = name;
            this.trial = trial;
            this.engines = engines;
        }

        /** Takes the first run for the only one. */
        void settleFor(long first) {
            nanos.add(first);
            rounds = 1;
        }

        void takeRound() {
            nanos.add(trial.run());
        }

        boolean unfinished() {
            return nanos.size() < rounds;
        }

        double progress() {
            return (nanos.size() + 0.5) / rounds;
        }

        Timing timing() {
            return new Timing(nanos.stream().mapToDouble(taken -> taken / 1e6).toArray());
        }
    }
}

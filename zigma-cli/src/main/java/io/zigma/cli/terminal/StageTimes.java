package io.zigma.cli.terminal;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How long the stages of a command took, one after another. */
public final class StageTimes {

    private final Instant start;
    private final List<String> stages = new ArrayList<>();
    private Instant last;

    /**
     * Begins at a moment.
     *
     * @param start when the first stage began
     */
    StageTimes(Instant start) {
        this.start = start;
        this.last = start;
    }

    /**
     * Begins at the start of this Java.
     *
     * @return times without a stage
     */
    public static StageTimes ofProcess() {
        return new StageTimes(
                Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime()));
    }

    /**
     * Begins now.
     *
     * @return times without a stage
     */
    public static StageTimes fromNow() {
        return new StageTimes(Instant.now());
    }

    /**
     * Ends a stage; the next one begins.
     *
     * @param stage what it did, in a few words
     */
    public void ended(String stage) {
        ended(stage, Instant.now());
    }

    /** Ends a stage at a moment. */
    void ended(String stage, Instant now) {
        stages.add("%s %s".formatted(stage, seconds(Duration.between(last, now))));
        last = now;
    }

    /**
     * Returns all stages in one line.
     *
     * @return such as {@code 1.62 s: Java 0.31 s, engine 0.28 s, model 0.20 s, pictures 0.83 s}
     */
    public String line() {
        return "%s: %s"
                .formatted(seconds(Duration.between(start, last)), String.join(", ", stages));
    }

    private static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.2f s", duration.toMillis() / 1000.0);
    }
}

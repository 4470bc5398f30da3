package io.zigma.train.listen;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Computes progress from step reports: smoothed loss, pace and remaining time. */
public final class ProgressMeter implements TrainingListener {

    /** Weight of the newest value: an average over about 1 / 0.01 steps. */
    private static final double SMALLEST_WEIGHT = 0.01;

    private static final double NANOS = 1e9;

    private final Consumer<Progress> display;
    private final LongSupplier nanos;
    private long before;
    private long steps;
    private double loss;
    private double secondsPerStep;

    /**
     * Makes a meter whose clock starts now.
     *
     * @param display is given the progress after every step
     */
    public ProgressMeter(Consumer<Progress> display) {
        this(display, System::nanoTime);
    }

    ProgressMeter(Consumer<Progress> display, LongSupplier nanos) {
        this.display = display;
        this.nanos = nanos;
        this.before = nanos.getAsLong();
    }

    @Override
    public void afterStep(StepReport report) {
        long now = nanos.getAsLong();
        steps++;
        // A plain mean at first: an average with a fixed weight would be biased to the first step.
        double weight = Math.max(SMALLEST_WEIGHT, 1.0 / steps);
        loss += weight * (report.loss() - loss);
        secondsPerStep += weight * ((now - before) / NANOS - secondsPerStep);
        before = now;
        double left = secondsPerStep * (report.total() - report.step());
        display.accept(
                new Progress(
                        report.step(),
                        report.total(),
                        loss,
                        secondsPerStep > 0 ? report.images() / secondsPerStep : 0,
                        Duration.ofMillis(Math.round(left * 1000))));
    }
}

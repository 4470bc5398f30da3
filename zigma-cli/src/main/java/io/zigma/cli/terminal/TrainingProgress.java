package io.zigma.cli.terminal;

import io.zigma.train.listen.Progress;
import io.zigma.train.listen.ProgressMeter;
import io.zigma.train.listen.TrainingListener;
import java.util.Locale;

/** Shows the progress, the speed and the loss of a training. */
public final class TrainingProgress {

    private TrainingProgress() {}

    /** Shows it on a bar. */
    public static TrainingListener on(ProgressBar bar) {
        return new ProgressMeter(progress -> show(progress, bar));
    }

    private static void show(Progress progress, ProgressBar bar) {
        bar.advanceTo(
                progress.step(),
                progress.total(),
                String.format(
                        Locale.ROOT,
                        progress.imagesPerSecond() < 10
                                ? "%.1f pictures/s, loss %.4f"
                                : "%.0f pictures/s, loss %.4f",
                        progress.imagesPerSecond(),
                        progress.loss()));
    }
}

package io.zigma.cli.terminal;

import org.jspecify.annotations.Nullable;

/** Shows how many pictures have features: a bar for each set of them. */
public final class FeatureProgress {

    private final Console console;
    private @Nullable ProgressBar bar;

    public FeatureProgress(Console console) {
        this.console = console;
    }

    /** Takes note of progress; the last picture ends the bar. */
    public void show(String network, int done, int total) {
        ProgressBar shown = bar;
        if (shown == null) {
            shown = new ProgressBar(console, "pictures", 0);
            bar = shown;
        }
        shown.advanceTo(done, total, "features of " + network);
        if (done == total) {
            shown.close();
            bar = null;
        }
    }
}

package io.zigma.cli.terminal;

import io.zigma.base.Amount;
import io.zigma.train.data.ReadingListener;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Shows how far the reading of pictures is, where it takes longer than a second. */
public final class ReadingProgress implements ReadingListener, AutoCloseable {

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Console console;
    private final LongSupplier clock;
    private final long start;
    private @Nullable ProgressBar bar;

    /** Starts the clock. */
    public ReadingProgress(Console console) {
        this(console, System::nanoTime);
    }

    public ReadingProgress(Console console, LongSupplier clock) {
        this.console = console;
        this.clock = clock;
        this.start = clock.getAsLong();
    }

    @Override
    public void read(int done, int total) {
        ProgressBar shown = bar;
        if (shown == null) {
            if (clock.getAsLong() - start < PATIENCE_NANOS) {
                return;
            }
            console.say("reading " + Amount.of(total, "picture"));
            shown = new ProgressBar(console, "pictures", done, clock);
            bar = shown;
        }
        shown.advanceTo(done, total, "read");
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}

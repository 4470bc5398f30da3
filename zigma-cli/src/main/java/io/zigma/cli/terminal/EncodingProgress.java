package io.zigma.cli.terminal;

import io.zigma.text.TextFeatureCache;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Shows how far the encoding of captions is, where it takes longer than a second. */
public final class EncodingProgress implements TextFeatureCache.ProgressListener, AutoCloseable {

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Console console;
    private final LongSupplier clock;
    private final long start;
    private @Nullable ProgressBar bar;

    /** Starts the clock. */
    public EncodingProgress(Console console) {
        this(console, System::nanoTime);
    }

    EncodingProgress(Console console, LongSupplier clock) {
        this.console = console;
        this.clock = clock;
        this.start = clock.getAsLong();
    }

    @Override
    public void progressed(int done, int total) {
        ProgressBar shown = bar;
        if (shown == null) {
            if (clock.getAsLong() - start < PATIENCE_NANOS) {
                return;
            }
            console.say("encoding %s captions".formatted(total));
            shown = new ProgressBar(console, "captions", done, clock);
            bar = shown;
        }
        shown.advanceTo(done, total, "encoded");
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}

package io.zigma.spark;

import io.zigma.cli.terminal.Console;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Says on the driver what checkpoints the first machine writes. */
final class CheckpointWatch implements AutoCloseable {

    private static final long MILLISECONDS = 500;

    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                    job -> {
                        Thread thread = new Thread(job, "zigma-checkpoints");
                        thread.setDaemon(true);
                        return thread;
                    });
    private final Path run;
    private final Console console;
    private Optional<Path> seen;

    private CheckpointWatch(Path run, Console console) throws IOException {
        this.run = run;
        this.console = console;
        this.seen = TrainOnSpark.newest(run);
    }

    /**
     * Begins to watch.
     *
     * @param run the run's folder
     * @param console where to say it
     */
    static CheckpointWatch of(Path run, Console console) throws IOException {
        CheckpointWatch watch = new CheckpointWatch(run, console);
        watch.timer.scheduleWithFixedDelay(
                watch::poll, MILLISECONDS, MILLISECONDS, TimeUnit.MILLISECONDS);
        return watch;
    }

    private synchronized void poll() {
        try {
            Optional<Path> newest = TrainOnSpark.newest(run);
            if (newest.isPresent() && !newest.equals(seen)) {
                seen = newest;
                console.say("saved " + newest.get());
            }
        } catch (IOException e) {
            // one is being removed; the next poll finds another
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
        poll();
    }
}

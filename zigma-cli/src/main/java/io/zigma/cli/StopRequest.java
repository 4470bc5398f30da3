package io.zigma.cli;

import java.util.concurrent.CountDownLatch;

/**
 * Notices that the process is asked to end (Ctrl-C, SIGTERM, a closed terminal) and holds its end
 * back until the work under way is saved.
 *
 * <p>The Java machine then ends with 128 plus the signal's number, 130 for Ctrl-C, whatever the
 * command returns.
 */
final class StopRequest implements AutoCloseable {

    private final Console console;
    private final CountDownLatch saved = new CountDownLatch(1);
    private final Thread hook = new Thread(this::stop, "zigma-stop");
    private volatile boolean requested;

    private StopRequest(Console console) {
        this.console = console;
    }

    /** Begins to listen; to be closed when nothing is left to save or to say. */
    static StopRequest listen(Console console) {
        StopRequest request = new StopRequest(console);
        Runtime.getRuntime().addShutdownHook(request.hook);
        return request;
    }

    /** Tells whether the process was asked to end. */
    boolean requested() {
        return requested;
    }

    @Override
    public void close() {
        saved.countDown();
        if (!requested) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // The end has begun this moment; the hook runs and finds nothing to wait for.
            }
        }
    }

    private void stop() {
        requested = true;
        try {
            saved.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        console.finish();
    }
}

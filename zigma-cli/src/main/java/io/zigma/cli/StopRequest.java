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
    private final Runnable reaction;
    private final CountDownLatch saved = new CountDownLatch(1);
    private final Thread hook = new Thread(this::stop, "zigma-stop");
    private volatile boolean requested;

    private StopRequest(Console console, Runnable reaction) {
        this.console = console;
        this.reaction = reaction;
    }

    /**
     * Begins to listen; to be closed when nothing is left to save or to say.
     *
     * @param console is finished before the process ends
     * @param reaction makes the work come to its end soon; runs on another thread
     */
    static StopRequest listen(Console console, Runnable reaction) {
        StopRequest request = new StopRequest(console, reaction);
        Runtime.getRuntime().addShutdownHook(request.hook);
        return request;
    }

    @Override
    public void close() {
        saved.countDown();
        if (!requested) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // The end has begun this moment; the hook finds nothing to wait for.
            }
        }
    }

    private void stop() {
        requested = true;
        reaction.run();
        try {
            saved.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        console.finish();
    }
}

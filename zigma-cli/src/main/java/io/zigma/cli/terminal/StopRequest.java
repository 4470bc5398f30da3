package io.zigma.cli.terminal;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Notices that the process is asked to end (Ctrl-C, SIGTERM, a closed terminal) and holds its end
 * back until the work under way is saved.
 *
 * <p>The Java machine then ends with 128 plus the signal's number, 130 for Ctrl-C, whatever the
 * command returns.
 */
public final class StopRequest implements AutoCloseable {

    /** What comes after saving is only a line on the way out; nobody is kept waiting for more. */
    private static final long LAST_WORDS_SECONDS = 5;

    private static final CountDownLatch SAID = new CountDownLatch(1);

    private final Runnable reaction;
    private final CountDownLatch saved = new CountDownLatch(1);
    private final Thread hook = new Thread(this::stop, "zigma-stop");
    private volatile boolean requested;

    private StopRequest(Runnable reaction) {
        this.reaction = reaction;
    }

    /**
     * Begins to listen; to be closed when nothing is left to save.
     *
     * @param console where the user is answered
     * @param answer what the user is told then
     * @param ending makes the work come to its end soon; runs on another thread
     */
    public static StopRequest listen(Console console, String answer, Runnable ending) {
        StopRequest request =
                new StopRequest(
                        () -> {
                            if (console.terminal()) {
                                console.err().println(); // the bar stands on this line
                            }
                            console.say(answer);
                            ending.run();
                        });
        Runtime.getRuntime().addShutdownHook(request.hook);
        return request;
    }

    /** Lets the process end: nothing is left to say, not even why saving failed. */
    public static void everythingSaid() {
        SAID.countDown();
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
            SAID.await(LAST_WORDS_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package io.zigma.cli.terminal;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Notices that the process is asked to end (Ctrl-C, SIGTERM, a closed terminal) and holds its end
 * back until the work under way is saved.
 *
 * <p>The Java machine then ends with 128 plus the signal's number, 130 for Ctrl-C, whatever the
 * command returns. A second Ctrl-C ends it without waiting.
 */
public final class StopRequest implements AutoCloseable {

    /** After saving only a line remains to be written; the process does not wait longer for it. */
    private static final long LAST_WORDS_SECONDS = 5;

    /** What a process ends with that Ctrl-C has ended. */
    private static final int INTERRUPTED = 130;

    private static final CountDownLatch SAID = new CountDownLatch(1);

    private final Runnable reaction;
    private final CountDownLatch saved = new CountDownLatch(1);
    private final Thread hook = new Thread(this::stop, "zigma-stop");
    private final AtomicBoolean interrupted = new AtomicBoolean();
    private final InterruptSignal signal;
    private volatile boolean requested;

    private StopRequest(Runnable reaction, Console console) {
        this.reaction = reaction;
        this.signal = InterruptSignal.handledBy(() -> interrupted(console));
    }

    /**
     * Starts to listen; to be closed when nothing is left to save.
     *
     * @param console where the user is answered
     * @param answer the message to the user then
     * @param ending makes the work come to its end soon; runs on another thread
     */
    public static StopRequest listen(Console console, String answer, Runnable ending) {
        StopRequest request =
                new StopRequest(
                        () -> {
                            if (console.terminal()) {
                                console.err().println(); // the bar is on this line
                            }
                            console.say(answer + " (Ctrl-C again ends at once)");
                            ending.run();
                        },
                        console);
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
            signal.close();
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // The end has begun this moment; the hook finds nothing to wait for.
            }
        }
    }

    /** The first begins the end, which waits for the work; the second does not wait. */
    private void interrupted(Console console) {
        if (interrupted.compareAndSet(false, true) && !requested) {
            // its exit returns when all is over, and a second signal must find a thread
            new Thread(() -> System.exit(INTERRUPTED), "zigma-interrupt").start();
            return;
        }
        if (console.terminal()) {
            console.err().println();
        }
        console.say("ended at once; the work since it was last saved is lost");
        console.err().flush();
        Runtime.getRuntime().halt(INTERRUPTED);
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

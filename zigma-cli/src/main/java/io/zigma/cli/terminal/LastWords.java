package io.zigma.cli.terminal;

import java.util.function.Supplier;

/**
 * What is done and said when the process is asked to end (Ctrl-C, SIGTERM, a closed terminal). The
 * work under way is not waited for, unlike with {@link StopRequest}: it is lost.
 *
 * <p>The Java machine then ends with 128 plus the signal's number, 130 for Ctrl-C.
 */
public final class LastWords implements AutoCloseable {

    private final Thread hook;

    private LastWords(Thread hook) {
        this.hook = hook;
    }

    /**
     * Starts to listen; to be closed when the work is done.
     *
     * @param console where the line is said
     * @param words saves what there is to save and returns the line; runs on another thread
     */
    public static LastWords of(Console console, Supplier<String> words) {
        Thread hook =
                new Thread(
                        () -> {
                            String line = words.get();
                            if (console.terminal()) {
                                console.err().println(); // the bar is on this line
                            }
                            console.say(line);
                            console.finish();
                        },
                        "zigma-last-words");
        Runtime.getRuntime().addShutdownHook(hook);
        return new LastWords(hook);
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the end has begun this moment, and the words are being said
            return;
        }
    }
}

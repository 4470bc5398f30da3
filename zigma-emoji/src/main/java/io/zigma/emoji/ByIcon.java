package io.zigma.emoji;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/**
 * Makes what is planned icon by icon, on all processors, since every icon is drawn only once; or
 * animation by animation, or whatever else is read once for several files.
 */
final class ByIcon {

    private ByIcon() {}

    /** Makes all that is planned of one icon. */
    @FunctionalInterface
    interface Work<K, T> {

        /** Makes it. */
        void make(K icon, List<T> planned) throws IOException;
    }

    /**
     * Makes all.
     *
     * @param planned what
     * @param icon of which icon each is
     * @param work makes it
     * @param progress called with the progress; what it throws ends the work
     * @throws UncheckedIOException if anything could not be made
     */
    static <K, T> void make(
            List<T> planned, Function<T, K> icon, Work<K, T> work, EmojiSet.Progress progress) {
        Map<K, List<T>> byIcon = new LinkedHashMap<>();
        for (T one : planned) {
            byIcon.computeIfAbsent(icon.apply(one), any -> new ArrayList<>()).add(one);
        }
        AtomicInteger done = new AtomicInteger();
        AtomicReference<RuntimeException> failure = new AtomicReference<>();
        // what fails is thrown when all threads have ended: no thread writes into a folder that is
        // removed
        byIcon.entrySet().parallelStream()
                .forEach(
                        entry -> {
                            if (failure.get() != null) {
                                return;
                            }
                            try {
                                work.make(entry.getKey(), entry.getValue());
                                progress.made(
                                        done.addAndGet(entry.getValue().size()), planned.size());
                            } catch (IOException e) {
                                failure.compareAndSet(null, new UncheckedIOException(e));
                            } catch (RuntimeException e) {
                                failure.compareAndSet(null, e);
                            }
                        });
        if (failure.get() != null) {
            throw failure.get();
        }
    }
}

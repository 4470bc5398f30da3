package io.zigma.bench;

/** Called with what is being measured, which takes minutes in all. */
@FunctionalInterface
public interface BenchListener {

    /**
     * Called when a measurement begins, or all are done.
     *
     * @param done measurements that are done
     * @param total measurements in all
     * @param what the one that begins, empty at the end
     */
    void measuring(int done, int total, String what);
}

package io.zigma.train.data;

/** Is told how far the reading of a data set is. */
@FunctionalInterface
public interface ReadingListener {

    /** Pays no heed. */
    ReadingListener NONE = (done, total) -> {};

    /**
     * One more picture was read; never called by two threads at the same time.
     *
     * @param done pictures so far
     * @param total pictures in all
     */
    void read(int done, int total);
}

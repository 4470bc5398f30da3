package io.zigma.train.data;

/** Called with the progress of reading a data set. */
@FunctionalInterface
public interface ReadingListener {

    /** Does nothing. */
    ReadingListener NONE = (done, total) -> {};

    /**
     * One more picture was read; never called by two threads at the same time.
     *
     * @param done pictures so far
     * @param total pictures in all
     */
    void read(int done, int total);
}

package io.zigma.bench;

import io.zigma.op.ReferencePath;

/** Something that can be timed again and again. */
@FunctionalInterface
interface Trial {

    /**
     * Does the work once.
     *
     * @return the nanoseconds of the part that counts; preparing and freeing may be left out
     */
    long run();

    /** Returns a trial of which everything counts. */
    static Trial of(Runnable work) {
        return () -> {
            long start = System.nanoTime();
            work.run();
            return System.nanoTime() - start;
        };
    }

    /** Returns the same trial with every operation done by its reference. */
    default Trial onReferences() {
        return () -> ReferencePath.run(this::run);
    }
}

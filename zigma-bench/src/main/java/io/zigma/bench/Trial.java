package io.zigma.bench;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
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

    /**
     * Returns a trial of which everything counts, until the device has done it.
     *
     * @param manager of arrays on the device
     * @param work what it does
     */
    static Trial of(NDManager manager, Runnable work) {
        return () -> {
            finish(manager);
            long start = System.nanoTime();
            work.run();
            finish(manager);
            return System.nanoTime() - start;
        };
    }

    /** Waits until the device of a manager has done what it was given; a processor has. */
    static void finish(NDManager manager) {
        if (manager.getDevice().isGpu()) {
            try (NDManager scope = manager.newSubManager()) {
                scope.zeros(new Shape(1)).toFloatArray(); // behind all else in the queue
            }
        }
    }

    /** Returns the same trial with every operation done by its reference. */
    default Trial onReferences() {
        return () -> ReferencePath.run(this::run);
    }
}

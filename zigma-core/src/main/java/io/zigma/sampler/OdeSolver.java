package io.zigma.sampler;

import ai.djl.ndarray.NDArray;

/** Solves dx/dt = f(x, t) through given times. */
interface OdeSolver {

    /**
     * Solves the equation.
     *
     * @param field f
     * @param start x at the first time; not changed
     * @param times at least 2 times, rising or falling
     * @param observer called with x at every time but the first
     * @return x at the last time, on the start's manager; all else is closed
     */
    NDArray solve(Field field, NDArray start, double[] times, Observer observer);

    /** The right-hand side f. */
    @FunctionalInterface
    interface Field {
        /** Returns f(x, t), a new array on x's manager. */
        NDArray at(NDArray x, double t);
    }

    /** Called with x at every requested time. */
    @FunctionalInterface
    interface Observer {
        /**
         * Called when a time is reached.
         *
         * @param index which of the times, from 1
         * @param x the state there
         * @param previous the state at the beginning of the last step
         * @param velocity f at that state
         * @param previousTime the time of the previous state
         */
        void reached(int index, NDArray x, NDArray previous, NDArray velocity, double previousTime);
    }
}

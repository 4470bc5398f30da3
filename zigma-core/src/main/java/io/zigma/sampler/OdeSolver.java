package io.zigma.sampler;

import ai.djl.ndarray.NDArray;

/** Solves dx/dt = f(x, t) through given times. */
interface OdeSolver {

    /**
     * Solves the equation.
     *
     * @param field f
     * @param start x at the first time, left as it is
     * @param times at least 2 times, rising or falling
     * @param observer hears of x at every time but the first
     * @return x at the last time, on the start's manager; all else is closed
     */
    NDArray solve(Field field, NDArray start, double[] times, Observer observer);

    /** The right-hand side f. */
    @FunctionalInterface
    interface Field {
        /** Returns f(x, t), a new array on x's manager. */
        NDArray at(NDArray x, double t);
    }

    /** Hears of x at every time that was asked for. */
    @FunctionalInterface
    interface Observer {
        /**
         * Called when a time is reached.
         *
         * @param index which of the times, from 1
         * @param x the state there
         * @param base an earlier state, at the beginning of the last step
         * @param slope f at that state
         * @param baseTime the time of that state
         */
        void reached(int index, NDArray x, NDArray base, NDArray slope, double baseTime);
    }
}

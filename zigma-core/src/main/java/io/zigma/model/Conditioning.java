package io.zigma.model;

/** What a model is told beside the noisy image and the time. */
public sealed interface Conditioning permits Conditioning.Unconditional, Conditioning.ByClass {

    /** Nothing. */
    record Unconditional() implements Conditioning {}

    /**
     * One of several classes.
     *
     * @param classes number of classes
     * @param nullClass whether the label table has one row more, number {@code classes}, that
     *     stands for "any class"; classifier-free guidance needs it (Ho and Salimans 2022).
     *     Official checkpoints have none.
     */
    record ByClass(int classes, boolean nullClass) implements Conditioning {

        /**
         * Checks the number of classes.
         *
         * @throws IllegalArgumentException if there is no class
         */
        public ByClass {
            if (classes < 1) {
                throw new IllegalArgumentException(
                        "a class-conditional model needs at least 1 class, not %d"
                                .formatted(classes));
            }
        }

        /**
         * Returns the number of rows in the label table.
         *
         * @return classes, and one more with a null class
         */
        public int rows() {
            return nullClass ? classes + 1 : classes;
        }
    }
}

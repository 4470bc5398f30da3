package io.zigma.condition;

import io.zigma.backbone.zigma.ModelLimits;

/** What a model is told beside the noisy image and the time. */
public sealed interface Conditioning
        permits Conditioning.Unconditional, Conditioning.ByClass, Conditioning.ByText {

    /**
     * Tells whether a model can do without what it is told, which classifier-free guidance needs.
     *
     * @return true if it knows a null class, or a text that may be empty
     */
    boolean guidable();

    /** Nothing. */
    record Unconditional() implements Conditioning {

        @Override
        public boolean guidable() {
            return false;
        }
    }

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

        @Override
        public boolean guidable() {
            return nullClass;
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

    /**
     * A text, as the tokens that a text encoder made of it (CLIP's, in the paper).
     *
     * <p>The model takes texts of any length, all of one batch having the same. For classifier-free
     * guidance the caller gives the tokens of an empty text; the model has none of its own.
     *
     * @param contextSize numbers in a token, the width of the text encoder's output
     * @param tokens how many tokens the encoder pads a text to, 77 with CLIP, or 0 where nobody
     *     said; no weight depends on it (official {@code n_context_token})
     */
    record ByText(int contextSize, int tokens) implements Conditioning {

        /**
         * Checks the sizes.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public ByText {
            if (contextSize < 1
                    || contextSize > ModelLimits.SIZE
                    || tokens < 0
                    || tokens > ModelLimits.TOKENS) {
                throw new IllegalArgumentException(
                        "texts have tokens of 1 to %d numbers, and 0 (unknown) to %d of them, not %d and %d"
                                .formatted(
                                        ModelLimits.SIZE, ModelLimits.TOKENS, contextSize, tokens));
            }
        }

        @Override
        public boolean guidable() {
            return true;
        }
    }
}

package io.zigma.pipeline;

import org.jspecify.annotations.Nullable;

/** What a picture is to show. */
public sealed interface Subject
        permits Subject.Any, Subject.NumberedClass, Subject.NamedClass, Subject.Text {

    /**
     * Returns what a class number stands for.
     *
     * @param label 0 … classes − 1, or {@link GenerationRequest#ANY}
     * @return the class, or any
     * @throws InvalidRequestException if the number is none
     */
    static Subject ofLabel(int label) {
        return label == GenerationRequest.ANY ? new Any() : new NumberedClass(label);
    }

    /** Whatever comes: the only choice of an unconditional model, the null class of another. */
    record Any() implements Subject {}

    /**
     * A class by its number.
     *
     * @param number 0 … classes − 1; whether the model has it shows when it is asked
     */
    record NumberedClass(int number) implements Subject {

        /**
         * Checks the number.
         *
         * @throws InvalidRequestException if it is negative
         */
        public NumberedClass {
            if (number < 0) {
                throw new InvalidRequestException(
                        "classes are numbered from 0, there is no class %d".formatted(number));
            }
        }
    }

    /**
     * A class by its name.
     *
     * @param name as the checkpoint spells it, but for case, spaces, hyphens and underscores; a
     *     number is understood too
     */
    record NamedClass(String name) implements Subject {}

    /**
     * A text.
     *
     * @param tokens the text as a text encoder's tokens
     * @param nullText the tokens of the empty text, which guidance needs; null where there is none
     */
    record Text(TextTokens tokens, @Nullable TextTokens nullText) implements Subject {

        /**
         * Checks that the two have one shape.
         *
         * @throws InvalidRequestException if they differ
         */
        public Text {
            if (nullText != null && !nullText.hasShapeOf(tokens)) {
                throw new InvalidRequestException(
                        "the empty text has %d tokens of %d numbers, the text %d of %d; pad both to one length as the text encoder does"
                                .formatted(
                                        nullText.count(),
                                        nullText.size(),
                                        tokens.count(),
                                        tokens.size()));
            }
        }
    }
}

package io.zigma.pipeline;

/** What a picture is to show. */
public sealed interface Subject permits Subject.Any, Subject.NumberedClass, Subject.NamedClass {

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
}

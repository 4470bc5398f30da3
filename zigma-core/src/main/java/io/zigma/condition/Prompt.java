package io.zigma.condition;

import org.jspecify.annotations.Nullable;

/**
 * The prompt of one sample: a class by name or number, a text, or none. A model's {@link
 * ConditionEncoder} decides whether it supports it.
 *
 * @param className the class's name; null where none is named
 * @param classNumber the class's number from 0; null where none is numbered
 * @param tokens a text as a text encoder's tokens; null where there is none
 * @param nullTokens the tokens of the empty text, which guidance needs; null where there is none
 * @param text a text in words, which may be empty; null where none is asked for
 * @param negativeText what guidance steers away from in place of the empty text; null for the empty
 *     text
 */
public record Prompt(
        @Nullable String className,
        @Nullable Integer classNumber,
        @Nullable TextTokens tokens,
        @Nullable TextTokens nullTokens,
        @Nullable String text,
        @Nullable String negativeText) {

    /** Means no class where classes are numbers. */
    public static final int ANY = -1;

    private static final Prompt NOTHING = new Prompt(null, null, null, null, null, null);

    /**
     * Checks the parts.
     *
     * @throws InvalidRequestException if the number is negative, or the empty text has another
     *     shape than the text
     */
    public Prompt {
        if (classNumber != null && classNumber < 0) {
            throw new InvalidRequestException(
                    "classes are numbered from 0, there is no class %s".formatted(classNumber));
        }
        if (tokens != null && nullTokens != null && !nullTokens.hasShapeOf(tokens)) {
            throw new InvalidRequestException(
                    "the empty text has %s tokens of %s numbers, the text %s of %s; pad both to one length as the text encoder does"
                            .formatted(
                                    nullTokens.count(),
                                    nullTokens.size(),
                                    tokens.count(),
                                    tokens.size()));
        }
        if (negativeText != null && text == null) {
            throw new InvalidRequestException(
                    "a negative prompt goes with a prompt; give one as well");
        }
    }

    /**
     * Returns no prompt: the only choice of an unconditional model, the null class of another.
     *
     * @return the open prompt
     */
    public static Prompt any() {
        return NOTHING;
    }

    /**
     * Returns a class by its name.
     *
     * @param name as {@link ClassNames} finds it
     * @return a prompt
     */
    public static Prompt ofClass(String name) {
        return new Prompt(name, null, null, null, null, null);
    }

    /**
     * Returns a class by its number.
     *
     * @param number 0 … classes − 1; whether the model has it shows when it is asked
     * @return a prompt
     * @throws InvalidRequestException if it is negative
     */
    public static Prompt ofClass(int number) {
        return new Prompt(null, number, null, null, null, null);
    }

    /**
     * Returns the prompt of a class number.
     *
     * @param label 0 … classes − 1, or {@link #ANY}
     * @return the class, or any
     * @throws InvalidRequestException if the number is none
     */
    public static Prompt ofLabel(int label) {
        return label == ANY ? NOTHING : ofClass(label);
    }

    /**
     * Returns a text as tokens. *
     *
     * @param tokens the text as a text encoder's tokens
     * @param nullTokens the tokens of the empty text, which guidance needs; null where there is
     *     none
     * @return a prompt
     * @throws InvalidRequestException if the two differ in shape
     */
    public static Prompt ofTokens(TextTokens tokens, @Nullable TextTokens nullTokens) {
        return new Prompt(null, null, tokens, nullTokens, null, null);
    }

    /**
     * Returns a text in words.
     *
     * @param text any text, also an empty one
     * @return a prompt
     */
    public static Prompt ofText(String text) {
        return new Prompt(null, null, null, null, text, null);
    }

    /**
     * Returns the same with what guidance steers away from.
     *
     * @param changed a text in words, in place of the empty text
     * @return a changed copy
     * @throws InvalidRequestException if this prompt has no text
     */
    public Prompt withNegativeText(String changed) {
        return new Prompt(className, classNumber, tokens, nullTokens, text, changed);
    }

    /**
     * Returns whether nothing in particular is asked for.
     *
     * @return true for {@link #any}
     */
    public boolean isAny() {
        return equals(NOTHING);
    }

    /**
     * Returns whether a text is asked for.
     *
     * @return true for a text in words or as tokens
     */
    public boolean isText() {
        return text != null || tokens != null;
    }

    /**
     * Returns whether a class is asked for.
     *
     * @return true for a class by name or number
     */
    public boolean asksForClass() {
        return className != null || classNumber != null;
    }
}

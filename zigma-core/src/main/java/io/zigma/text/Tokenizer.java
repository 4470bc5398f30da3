package io.zigma.text;

import java.util.OptionalInt;

/** Splits texts into entries of a vocabulary. Tokenizers may be used from several threads. */
interface Tokenizer {

    /**
     * Splits a text.
     *
     * @param text any text
     * @return its tokens, between those that mark beginning and end
     */
    Tokens tokens(String text);

    /**
     * Returns what short texts are padded with.
     *
     * @return the number of a token that the network sees too, or empty where it sees a text as
     *     long as it is
     */
    OptionalInt padding();

    /**
     * Returns the largest number of a token, which the network's table must have.
     *
     * @return entries − 1 where entries are numbered from 0 without a gap
     */
    int largestId();
}

package io.zigma.train;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.text.TextEncoder;
import io.zigma.text.TextEncoderReference;
import io.zigma.text.TextFeatures;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A text encoder that a test can afford: a token a word, whose numbers are a function of the word's
 * letters alone, between one for the beginning and one for the end.
 */
public final class WordHashEncoder implements TextEncoder {

    public static final String NAME = "word-hash";
    public static final int SIZE = 5;

    private final String hash;
    private int texts;
    private boolean closed;

    public WordHashEncoder() {
        this('a');
    }

    /** An encoder of other content. */
    public WordHashEncoder(char digit) {
        hash = String.valueOf(digit).repeat(64);
    }

    @Override
    public TextEncoderReference reference() {
        return new TextEncoderReference(NAME, hash);
    }

    @Override
    public int size() {
        return SIZE;
    }

    @Override
    public int maxTokens() {
        return 12;
    }

    /** Returns how many texts were encoded. */
    public int encodedTexts() {
        return texts;
    }

    /** Returns whether it was closed. */
    public boolean isClosed() {
        return closed;
    }

    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        words.add("<");
        Arrays.stream(text.split("\\s+")).filter(word -> !word.isEmpty()).forEach(words::add);
        words.add(">");
        return words;
    }

    @Override
    public Tokenized tokenize(String text) {
        return new Tokenized(words(text).size(), List.of());
    }

    @Override
    public TextFeatures encode(NDManager manager, List<String> all, int tokens) {
        if (closed) {
            throw new IllegalStateException("closed");
        }
        texts += all.size();
        float[] context = new float[all.size() * tokens * SIZE];
        float[] mask = new float[all.size() * tokens];
        for (int i = 0; i < all.size(); i++) {
            List<String> words = words(all.get(i));
            for (int place = 0; place < Math.min(tokens, words.size()); place++) {
                mask[i * tokens + place] = 1;
                for (int number = 0; number < SIZE; number++) {
                    context[(i * tokens + place) * SIZE + number] =
                            (float) Math.sin(words.get(place).hashCode() + 3.0 * number);
                }
            }
        }
        return new TextFeatures(
                manager.create(context, new Shape(all.size(), tokens, SIZE)),
                manager.create(mask, new Shape(all.size(), tokens)),
                manager.zeros(new Shape(all.size(), SIZE)));
    }

    @Override
    public void close() {
        closed = true;
    }
}

package io.zigma.text;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The words that a model met in the captions of its training. A text encoder knows far more words
 * than a model has seen pictures of: what is not in here the model can only guess.
 *
 * <p>In {@code config.json} it is the field {@code vocabulary} of {@code data}, a sorted list of
 * lower-case words, and {@code vocabulary_size}, how many distinct words there were.
 *
 * @param words the most frequent words, lower-case
 * @param size how many distinct words the captions had, at least as many as {@code words}
 */
public record Vocabulary(Set<String> words, int size) {

    /** More words would make {@code config.json} hard to read. */
    public static final int MOST_WORDS = 4000;

    private static final String WORDS = "vocabulary";
    private static final String SIZE = "vocabulary_size";

    /** Words that carry no picture of their own, wherever they stand. */
    private static final Set<String> FUNCTION_WORDS =
            Set.of("a", "an", "the", "of", "in", "on", "at", "to", "by", "and", "or", "with");

    /** Sorts the words. */
    public Vocabulary {
        words = Collections.unmodifiableSortedSet(new TreeSet<>(words));
    }

    /**
     * Collects the words of captions.
     *
     * @param captions all captions of a data set
     * @return its {@value #MOST_WORDS} most frequent words, of equally frequent ones the first in
     *     the alphabet
     */
    public static Vocabulary of(Iterable<String> captions) {
        Map<String, Integer> counts = new HashMap<>();
        for (String caption : captions) {
            for (PromptWords.Word word : PromptWords.split(caption)) {
                counts.merge(word.lowerCase(), 1, Integer::sum);
            }
        }
        List<String> frequent =
                counts.entrySet().stream()
                        .sorted(
                                Map.Entry.<String, Integer>comparingByValue(
                                                Comparator.reverseOrder())
                                        .thenComparing(Map.Entry.comparingByKey()))
                        .limit(MOST_WORDS)
                        .map(Map.Entry::getKey)
                        .toList();
        return new Vocabulary(new TreeSet<>(frequent), counts.size());
    }

    /**
     * Reads what a checkpoint says of its data.
     *
     * @param data the object {@code data} of its {@code config.json}
     * @return its vocabulary; empty where none was written
     */
    public static Optional<Vocabulary> read(JsonObject data) {
        if (!(data.get(WORDS) instanceof JsonArray array) || array.isEmpty()) {
            return Optional.empty();
        }
        List<String> words = new ArrayList<>();
        for (JsonElement element : array) {
            if (element instanceof JsonPrimitive word && word.isString()) {
                words.add(word.getAsString());
            }
        }
        int size =
                data.get(SIZE) instanceof JsonPrimitive number && number.isNumber()
                        ? number.getAsInt()
                        : words.size();
        return Optional.of(new Vocabulary(new TreeSet<>(words), Math.max(size, words.size())));
    }

    /**
     * Returns what a checkpoint says of its data, but for its vocabulary, which is too long to be
     * one of its facts.
     *
     * @param data the object {@code data} of its {@code config.json}
     * @return a copy without the words
     */
    public static JsonObject without(JsonObject data) {
        JsonObject rest = new JsonObject();
        data.entrySet().stream()
                .filter(fact -> !fact.getKey().equals(WORDS) && !fact.getKey().equals(SIZE))
                .forEach(fact -> rest.add(fact.getKey(), fact.getValue()));
        return rest;
    }

    /**
     * Adds the vocabulary to what a checkpoint says of its data.
     *
     * @param data the object {@code data} of its {@code config.json}
     */
    public void writeTo(JsonObject data) {
        JsonArray array = new JsonArray();
        words.forEach(array::add);
        data.add(WORDS, array);
        data.addProperty(SIZE, size);
    }

    /**
     * Returns whether every word of the captions is in here.
     *
     * @return false where there were more than {@value #MOST_WORDS}
     */
    public boolean complete() {
        return size == words.size();
    }

    /**
     * Finds the words of a prompt that the captions had not.
     *
     * @param prompt any text
     * @return each once, in order, as they are written; articles and prepositions are passed over
     */
    public List<String> missing(String prompt) {
        Set<String> missing = new LinkedHashSet<>();
        for (PromptWords.Word word : PromptWords.split(prompt)) {
            String lower = word.lowerCase();
            if (!words.contains(lower) && !FUNCTION_WORDS.contains(lower)) {
                missing.add(word.text());
            }
        }
        return List.copyOf(missing);
    }

    /**
     * Returns some words to give an idea of them.
     *
     * @param most how many at most
     * @return words of four letters or more where there are enough, evenly spaced in the alphabet
     */
    public List<String> examples(int most) {
        List<String> telling = words.stream().filter(word -> word.length() > 3).toList();
        List<String> from = telling.size() >= most ? telling : List.copyOf(words);
        List<String> chosen = new ArrayList<>();
        int count = Math.min(most, from.size());
        for (int i = 0; i < count; i++) {
            chosen.add(from.get((int) ((2L * i + 1) * from.size() / (2L * count))));
        }
        return chosen;
    }
}

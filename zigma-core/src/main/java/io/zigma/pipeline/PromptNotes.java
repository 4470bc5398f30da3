package io.zigma.pipeline;

import io.zigma.condition.Prompt;
import io.zigma.text.PromptWords;
import io.zigma.text.TextEncoder;
import io.zigma.text.TextEncoder.Tokenized;
import io.zigma.text.Vocabulary;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Notes on prompts that are used all the same: that one is empty, was truncated, or has words
 * unknown to the model.
 *
 * @param encoder splits texts into tokens
 * @param tokens n that a text is padded or cut to
 * @param vocabulary the words of the model's training, where they are known
 */
record PromptNotes(TextEncoder encoder, int tokens, Optional<Vocabulary> vocabulary) {

    /** A longer prompt is shown by its end alone. */
    private static final int SHOWN = 40;

    /** How many words a note names. */
    private static final int NAMED = 10;

    /**
     * Checks prompts.
     *
     * @param prompts some of them in words
     * @param guided whether guidance uses negative prompts
     * @return notes of one line each, none twice
     */
    List<String> of(List<Prompt> prompts, boolean guided) {
        Set<String> notes = new LinkedHashSet<>();
        Set<String> texts = new LinkedHashSet<>();
        boolean empty = false;
        boolean negative = false;
        for (Prompt prompt : prompts) {
            if (prompt.text() != null) {
                empty |= prompt.text().isBlank();
                texts.add(prompt.text());
            }
            if (prompt.negativeText() != null) {
                negative = true;
                texts.add(prompt.negativeText());
            }
        }
        if (empty) {
            notes.add("empty prompt: unconditional");
        }
        if (negative && !guided) {
            notes.add("the negative prompt has no effect without guidance; give a scale above 1");
        }
        texts.forEach(text -> cut(text).ifPresent(notes::add));
        Set<String> unknown = new LinkedHashSet<>();
        texts.forEach(text -> unknown.addAll(encoder.tokenize(text).unknown()));
        if (!unknown.isEmpty()) {
            notes.add("the text encoder does not know %s".formatted(listed(unknown)));
        }
        missing(texts, unknown).ifPresent(notes::add);
        return List.copyOf(notes);
    }

    private Optional<String> cut(String text) {
        Tokenized tokenized = encoder.tokenize(text);
        if (tokenized.tokens() <= tokens) {
            return Optional.empty();
        }
        String remaining = PromptWords.retained(text, encoder, tokens).strip();
        String where =
                remaining.isEmpty()
                        ? "within its first word"
                        : "after '%s%s'"
                                .formatted(
                                        remaining.length() > SHOWN ? "…" : "",
                                        remaining.substring(
                                                Math.max(0, remaining.length() - SHOWN)));
        return Optional.of(
                "a prompt of %s tokens is cut to the model's %s, %s"
                        .formatted(tokenized.tokens(), tokens, where));
    }

    /** Words that the encoder knows but that were in no training caption. */
    private Optional<String> missing(Set<String> texts, Set<String> unknown) {
        if (vocabulary.isEmpty()) {
            return Optional.empty();
        }
        Set<String> missing = new LinkedHashSet<>();
        texts.forEach(text -> missing.addAll(vocabulary.get().missing(text)));
        missing.removeAll(unknown);
        if (missing.isEmpty()) {
            return Optional.empty();
        }
        String captions =
                vocabulary.get().complete()
                        ? "not in the captions that the model was trained on"
                        : "not among the %s commonest words of the captions that the model was trained on"
                                .formatted(vocabulary.get().words().size());
        return Optional.of("%s: %s".formatted(captions, listed(missing)));
    }

    private static String listed(Set<String> words) {
        List<String> named = new ArrayList<>(words);
        String list =
                named.stream()
                        .limit(NAMED)
                        .map("'%s'"::formatted)
                        .collect(Collectors.joining(", "));
        return named.size() > NAMED ? list + ", …" : list;
    }
}

package io.zigma.condition;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Encodes texts that come as the tokens of a text encoder.
 *
 * @param contextSize numbers in a token that the model takes
 * @param model the model's name, for refusals
 */
record TokensEncoder(int contextSize, String model) implements ConditionEncoder {

    @Override
    public void require(List<Prompt> prompts, boolean guided) {
        TextTokens first = null;
        for (Prompt prompt : prompts) {
            TextTokens text = prompt.tokens();
            if (prompt.text() != null) {
                throw new InvalidRequestException(
                        "%s does not contain the name of its text encoder; name one, or give the text's tokens, of %s numbers each"
                                .formatted(model, contextSize));
            }
            if (text == null) {
                throw new InvalidRequestException(
                        "%s is conditioned on text: give it the tokens of one, of %s numbers each"
                                .formatted(model, contextSize));
            }
            first = first == null ? text : first;
            requireFitting(text, first);
            if (guided) {
                nullText(prompt);
            }
        }
    }

    private void requireFitting(TextTokens text, TextTokens first) {
        if (text.size() != contextSize) {
            throw new InvalidRequestException(
                    "%s takes tokens of %s numbers, not %s; use the text encoder that it was trained with"
                            .formatted(model, contextSize, text.size()));
        }
        // official models know no mask that would hide the rest of a shorter text
        if (!text.hasShapeOf(first)) {
            throw new InvalidRequestException(
                    "a text has %s tokens, the first one %s; pad all to one length as the text encoder does"
                            .formatted(text.count(), first.count()));
        }
    }

    private static TextTokens nullText(Prompt prompt) {
        return required(
                prompt.nullTokens(),
                "guidance needs the tokens of the empty text; give them, or leave the scale at 1");
    }

    private static TextTokens required(@Nullable TextTokens text, String message) {
        if (text == null) {
            throw new InvalidRequestException(message);
        }
        return text;
    }

    @Override
    public Condition encode(NDManager manager, List<Prompt> prompts) {
        List<TextTokens> texts = new ArrayList<>();
        prompts.forEach(prompt -> texts.add(required(prompt.tokens(), "a prompt has no text")));
        return condition(manager, texts);
    }

    @Override
    public Condition none(NDManager manager, List<Prompt> prompts) {
        return condition(manager, prompts.stream().map(TokensEncoder::nullText).toList());
    }

    private static Condition condition(NDManager manager, List<TextTokens> texts) {
        TextTokens first = texts.get(0);
        Shape shape = new Shape(texts.size(), first.count(), first.size());
        FloatBuffer values = FloatBuffer.allocate(Math.toIntExact(shape.size()));
        texts.forEach(text -> values.put(text.values()));
        return Condition.ofContext(manager.create(values.array(), shape)); // (B, n, d)
    }

    @Override
    public Map<String, String> facts(Prompt prompt) {
        TextTokens tokens = prompt.tokens();
        return tokens == null ? Map.of() : Map.of("text_sha256", tokens.hash());
    }

    @Override
    public void close() {}
}

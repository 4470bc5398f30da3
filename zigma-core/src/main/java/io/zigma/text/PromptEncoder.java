package io.zigma.text;

import ai.djl.ndarray.NDManager;
import io.zigma.condition.Condition;
import io.zigma.condition.ConditionEncoder;
import io.zigma.condition.InvalidRequestException;
import io.zigma.condition.Prompt;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Encodes prompts in words for a model that is conditioned on text. A prompt for nothing in
 * particular is the empty text, which guidance turns away from where there is no negative prompt.
 */
public final class PromptEncoder implements ConditionEncoder {

    private final TextEncoder encoder;
    private final int tokens;
    private final String model;

    /**
     * Makes the encoder.
     *
     * @param encoder the one that the model was trained with; closed with this
     * @param tokens n, which texts are cut or padded to, 2 … {@link TextEncoder#maxTokens}
     * @param model the model's name, for refusals
     * @throws IllegalArgumentException if n is out of range
     */
    public PromptEncoder(TextEncoder encoder, int tokens, String model) {
        if (tokens < 2 || tokens > encoder.maxTokens()) {
            throw new IllegalArgumentException(
                    "%s takes texts of 2 to %s tokens, %s needs %s"
                            .formatted(
                                    encoder.reference().name(),
                                    encoder.maxTokens(),
                                    model,
                                    tokens));
        }
        this.encoder = encoder;
        this.tokens = tokens;
        this.model = model;
    }

    /**
     * Returns the text encoder.
     *
     * @return that of this, which closes it
     */
    public TextEncoder encoder() {
        return encoder;
    }

    /**
     * Returns how many tokens a text may have before it is cut.
     *
     * @return n, the marks of beginning and end included
     */
    public int tokens() {
        return tokens;
    }

    @Override
    public void require(List<Prompt> prompts, boolean guided) {
        for (Prompt prompt : prompts) {
            if (prompt.asksForClass()) {
                throw new InvalidRequestException(
                        "%s has no classes, it is conditioned on text; ask in words"
                                .formatted(model));
            }
            if (prompt.tokens() != null) {
                throw new InvalidRequestException(
                        "%s takes its prompts in words, not as the tokens of a text encoder"
                                .formatted(model));
            }
        }
    }

    @Override
    public Condition encode(NDManager manager, List<Prompt> prompts) {
        return condition(
                manager, prompts.stream().map(prompt -> textOrEmpty(prompt.text())).toList());
    }

    @Override
    public Condition none(NDManager manager, List<Prompt> prompts) {
        return condition(
                manager,
                prompts.stream().map(prompt -> textOrEmpty(prompt.negativeText())).toList());
    }

    private static String textOrEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    private Condition condition(NDManager manager, List<String> texts) {
        TextFeatures features = encoder.encode(manager, texts, tokens);
        features.pooled().close();
        return new Condition(null, features.context(), features.mask());
    }

    @Override
    public Map<String, String> facts(Prompt prompt) {
        Map<String, String> facts = new LinkedHashMap<>();
        if (prompt.text() != null) {
            facts.put("prompt", prompt.text());
        }
        if (prompt.negativeText() != null) {
            facts.put("negative_prompt", prompt.negativeText());
        }
        return facts;
    }

    @Override
    public void close() {
        encoder.close();
    }
}

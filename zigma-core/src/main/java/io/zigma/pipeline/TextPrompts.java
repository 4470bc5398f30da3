package io.zigma.pipeline;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.condition.ByText;
import io.zigma.condition.Condition;
import io.zigma.condition.ConditionEncoder;
import io.zigma.condition.InvalidRequestException;
import io.zigma.condition.Prompt;
import io.zigma.text.PromptEncoder;
import io.zigma.text.PromptWords;
import io.zigma.text.TextEncoder;
import io.zigma.text.TextEncoderReference;
import io.zigma.text.Vocabulary;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The prompts of a text-conditional model: words, which its text encoder encodes as tokens, or
 * given tokens. The encoder is loaded with the first prompt in words.
 */
final class TextPrompts implements ConditionEncoder {

    private final CheckpointConfig config;
    private final String model;
    private final TextEncoderSource source;
    private final Device device;
    private final ConditionEncoder ofTokens;

    private @Nullable PromptEncoder ofWords;
    private @Nullable TextEncoder encoder;

    TextPrompts(CheckpointConfig config, String model, TextEncoderSource source, Device device) {
        this.config = config;
        this.model = model;
        this.source = source;
        this.device = device;
        this.ofTokens = config.model().conditioning().encoder(config.labels(), model);
    }

    @Override
    public void require(List<Prompt> prompts, boolean guided) {
        long tokens = prompts.stream().filter(prompt -> prompt.tokens() != null).count();
        if (tokens == prompts.size()) {
            ofTokens.require(prompts, guided);
            return;
        }
        if (tokens > 0) {
            throw new InvalidRequestException("give texts in words or as tokens, not some of each");
        }
        if (prompts.stream().anyMatch(Prompt::asksForClass)) {
            throw new InvalidRequestException(
                    "%s is conditioned on text and has no classes; give a prompt in words"
                            .formatted(model));
        }
        words().require(texts(prompts), guided);
    }

    @Override
    public Condition encode(NDManager manager, List<Prompt> prompts) {
        return of(prompts).encode(manager, texts(prompts));
    }

    @Override
    public Condition none(NDManager manager, List<Prompt> prompts) {
        return of(prompts).none(manager, texts(prompts));
    }

    @Override
    public Map<String, String> facts(Prompt prompt) {
        if (prompt.tokens() != null) {
            return ofTokens.facts(prompt);
        }
        Map<String, String> facts = new LinkedHashMap<>(words().facts(text(prompt)));
        if (config.textEncoder().isEmpty()) {
            // the encoder is recorded nowhere else
            TextEncoderReference reference = encoder().reference();
            facts.put("text_encoder", reference.name());
            facts.put("text_encoder_sha256", reference.hash());
        }
        return facts;
    }

    /** Returns whether prompts are in words, which this encodes itself. */
    static boolean inWords(List<Prompt> prompts) {
        return prompts.get(0).tokens() == null;
    }

    /** Returns notes on prompts in words. */
    List<String> notes(List<Prompt> prompts, boolean guided) {
        return new PromptNotes(encoder(), tokens(), Vocabulary.read(config.data()))
                .of(texts(prompts), guided);
    }

    /** Returns the words of a prompt with the positions of their tokens. */
    List<PromptWords.Placed> placed(Prompt prompt) {
        String text = text(prompt).text();
        return PromptWords.placed(text == null ? "" : text, encoder(), tokens());
    }

    /** Returns n, what each text is padded or cut to. */
    int tokens() {
        int tokens = config.model().conditioning().contextTokens();
        return tokens > 0 ? tokens : Math.min(ByText.CLIP_TOKENS, encoder().maxTokens());
    }

    private ConditionEncoder of(List<Prompt> prompts) {
        return inWords(prompts) ? words() : ofTokens;
    }

    /** No prompt means the empty text. */
    private static List<Prompt> texts(List<Prompt> prompts) {
        return prompts.stream().map(TextPrompts::text).toList();
    }

    private static Prompt text(Prompt prompt) {
        return prompt.isAny() ? Prompt.ofText("") : prompt;
    }

    private synchronized PromptEncoder words() {
        if (ofWords == null) {
            ofWords = new PromptEncoder(encoder(), tokens(), model);
        }
        return ofWords;
    }

    private synchronized TextEncoder encoder() {
        if (encoder == null) {
            encoder = source.open(config, model, device);
        }
        return encoder;
    }

    /** Frees nothing: the text encoder is shared by the process. */
    @Override
    public void close() {
        ofTokens.close();
    }
}

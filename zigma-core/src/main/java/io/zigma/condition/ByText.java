package io.zigma.condition;

import ai.djl.ndarray.NDManager;
import com.google.gson.JsonObject;
import java.util.List;

/**
 * A text, as the tokens that a text encoder made of it (CLIP's, in the paper).
 *
 * <p>The model takes texts of any length, all of one batch having the same. For classifier-free
 * guidance the caller gives the tokens of an empty text; the model has none of its own.
 *
 * @param contextSize numbers in a token, the width of the text encoder's output
 * @param contextTokens how many tokens the encoder pads a text to, 77 with CLIP, or 0 where it is
 *     not said; no weight depends on it (official {@code n_context_token})
 */
public record ByText(int contextSize, int contextTokens) implements Conditioning {

    /** The length that CLIP's text encoder pads to, which the official ZigMa uses. */
    public static final int CLIP_TOKENS = 77;

    static final String KIND = "text";

    private static final int LARGEST_SIZE = 1 << 16;
    private static final int MOST_TOKENS = 1 << 20;

    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public ByText {
        if (contextSize < 1
                || contextSize > LARGEST_SIZE
                || contextTokens < 0
                || contextTokens > MOST_TOKENS) {
            throw new IllegalArgumentException(
                    "texts have tokens of 1 to %s numbers, and 0 (unknown) to %s of them, not %s and %s"
                            .formatted(LARGEST_SIZE, MOST_TOKENS, contextSize, contextTokens));
        }
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public boolean guidable() {
        return true;
    }

    @Override
    public ConditionEncoder encoder(List<String> classNames, String model) {
        return new TokensEncoder(contextSize, model);
    }

    @Override
    public Condition ofLabels(NDManager manager, int[] labels, boolean[] dropped) {
        throw new IllegalArgumentException(
                "a model that is conditioned on text needs texts, not labels");
    }

    @Override
    public void requireTrainableOn(String data, int classes, boolean captioned) {
        if (!captioned) {
            throw new IllegalArgumentException(
                    "the model is conditioned on text and %s has no captions; put a NAME.txt with one beside each picture NAME.png"
                            .formatted(data));
        }
    }

    @Override
    public JsonObject json(List<String> classNames) {
        JsonObject json = new JsonObject();
        json.addProperty(Conditionings.KIND, KIND);
        json.addProperty(Conditionings.CONTEXT_SIZE, contextSize);
        json.addProperty(Conditionings.CONTEXT_TOKENS, contextTokens);
        return json;
    }

    @Override
    public String description() {
        return "text, tokens of " + contextSize + " numbers";
    }
}

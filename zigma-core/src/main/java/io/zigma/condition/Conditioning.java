package io.zigma.condition;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.google.gson.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a model is conditioned on beside the noisy sample and the time. Backbones use numbers (rows
 * of a label table, size of a token of context), never for the kind.
 */
public interface Conditioning {

    /**
     * Returns the kind's name in {@code config.json}.
     *
     * @return {@code none}, {@code class} or {@code text}
     */
    String kind();

    /**
     * Returns whether a model can do without a condition, which classifier-free guidance needs.
     *
     * @return true if it knows a null class, or a text that may be empty
     */
    boolean guidable();

    /**
     * Counts the classes.
     *
     * @return 0 in a model without
     */
    default int classes() {
        return 0;
    }

    /**
     * Counts the rows of the label table.
     *
     * @return classes, and one more with a null class; 0 in a model without classes
     */
    default int labelRows() {
        return 0;
    }

    /**
     * Returns the size of a token of context.
     *
     * @return d, the width of the text encoder's output; 0 in a model without text
     */
    default int contextSize() {
        return 0;
    }

    /**
     * Returns how many tokens a text is padded to.
     *
     * @return n; 0 in a model without text or where it is not known
     */
    default int contextTokens() {
        return 0;
    }

    /**
     * Returns how many tokens a text is taken to have where work is counted.
     *
     * @return n, {@link ByText#CLIP_TOKENS} where it is not known; 0 in a model without text
     */
    default int countedTokens() {
        return contextSize() > 0 && contextTokens() == 0 ? ByText.CLIP_TOKENS : contextTokens();
    }

    /**
     * Makes the encoder of people's prompts.
     *
     * @param classNames one name a class, in order
     * @param model the model's name, for refusals
     * @return the encoder
     */
    ConditionEncoder encoder(List<String> classNames, String model);

    /**
     * Makes the condition of a training batch whose samples have class numbers.
     *
     * @param manager owns the result
     * @param labels one class number a sample, ignored by a model without classes
     * @param dropped for each sample whether the null condition takes the place of its own
     * @return the condition (B, …)
     * @throws IllegalArgumentException if labels are not what the model is conditioned on
     */
    Condition ofLabels(NDManager manager, int[] labels, boolean[] dropped);

    /**
     * Refuses data that a model so conditioned cannot be trained on.
     *
     * @param data the data's name
     * @param classes how many classes it has, 0 for none
     * @param captioned whether each of its samples has a caption
     * @throws IllegalArgumentException with what to change
     */
    void requireTrainableOn(String data, int classes, boolean captioned);

    /**
     * Writes the description that {@link Conditionings} reads.
     *
     * @param classNames one name a class, in order
     * @return the object {@code conditioning} of {@code config.json}
     */
    JsonObject json(List<String> classNames);

    /**
     * Describes the conditioning in a word or two.
     *
     * @return such as {@code 10 classes}
     */
    String description();

    /**
     * Returns the conditioning of a model that is unconditional.
     *
     * @return one without classes and texts
     */
    static Conditioning none() {
        return new Unconditional();
    }

    /**
     * Makes a condition of the one array that describes it, as DJL's blocks are given it.
     *
     * @param given labels (B), or a context (B, n, d) in a model with text; null for none
     * @return the condition
     */
    default Condition condition(@Nullable NDArray given) {
        if (given == null) {
            return Condition.NONE;
        }
        return contextSize() > 0 ? Condition.ofContext(given) : Condition.ofLabels(given);
    }
}

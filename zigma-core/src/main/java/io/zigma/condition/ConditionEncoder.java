package io.zigma.condition;

import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Map;

/** Encodes prompts as the condition tensors of a model's backbone. */
public interface ConditionEncoder extends AutoCloseable {

    /**
     * Checks that the model understands what is asked.
     *
     * @param prompts one a sample
     * @param guided whether the null condition is needed too, for guidance
     * @throws InvalidRequestException if it does not; the message names the model
     */
    void require(List<Prompt> prompts, boolean guided);

    /**
     * Encodes prompts.
     *
     * @param manager owns the result
     * @param prompts one a sample, checked
     * @return the condition (B, …)
     */
    Condition encode(NDManager manager, List<Prompt> prompts);

    /**
     * Encodes the condition that guidance steers away from: the null class, the empty text.
     *
     * @param manager owns the result
     * @param prompts one a sample, checked for guidance
     * @return the null condition (B, …), of the shape of {@link #encode}
     */
    Condition none(NDManager manager, List<Prompt> prompts);

    /**
     * Describes a prompt for the recipe of a sample.
     *
     * @param prompt a checked prompt
     * @return facts such as {@code class}, empty for nothing in particular
     */
    Map<String, String> facts(Prompt prompt);

    /** Frees what the encoder loaded. */
    @Override
    void close();
}

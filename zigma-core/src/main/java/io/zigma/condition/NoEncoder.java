package io.zigma.condition;

import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Map;

/**
 * The encoder of an unconditional model, which understands the open prompt only.
 *
 * @param model its name, for refusals
 */
record NoEncoder(String model) implements ConditionEncoder {

    @Override
    public void require(List<Prompt> prompts, boolean guided) {
        if (prompts.stream().anyMatch(Prompt::isText)) {
            throw new InvalidRequestException("%s is not conditioned on text".formatted(model));
        }
        if (!prompts.stream().allMatch(Prompt::isAny)) {
            throw new InvalidRequestException(
                    "%s is unconditional: it has no classes to choose from".formatted(model));
        }
        if (guided) {
            throw new InvalidRequestException(
                    "%s is unconditional: guidance needs a class, leave the scale at 1"
                            .formatted(model));
        }
    }

    @Override
    public Condition encode(NDManager manager, List<Prompt> prompts) {
        return Condition.NONE;
    }

    @Override
    public Condition none(NDManager manager, List<Prompt> prompts) {
        return Condition.NONE;
    }

    @Override
    public Map<String, String> facts(Prompt prompt) {
        return Map.of();
    }

    @Override
    public void close() {}
}

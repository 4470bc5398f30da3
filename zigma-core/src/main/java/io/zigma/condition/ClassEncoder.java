package io.zigma.condition;

import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Encodes classes as rows of the label table.
 *
 * @param names of the classes in order; the row behind them is the null class's
 * @param nullClass whether the table has that row
 * @param model the model's name, for refusals
 */
record ClassEncoder(List<String> names, boolean nullClass, String model)
        implements ConditionEncoder {

    @Override
    public void require(List<Prompt> prompts, boolean guided) {
        boolean needsNullClass = guided;
        for (Prompt prompt : prompts) {
            needsNullClass |= row(prompt) == names.size();
        }
        if (needsNullClass && !nullClass) {
            throw new InvalidRequestException(
                    ("%s was trained without a null class: choose a class for every image and "
                                    + "leave the guidance scale at 1")
                            .formatted(model));
        }
    }

    private int row(Prompt prompt) {
        if (prompt.isText()) {
            throw new InvalidRequestException(
                    "%s is not conditioned on text; choose one of its classes: %s"
                            .formatted(model, ClassNames.listed(names)));
        }
        String name = prompt.className();
        if (name != null) {
            return ClassNames.find(name, names)
                    .orElseThrow(
                            () ->
                                    new InvalidRequestException(
                                            "%s has no class '%s'; it has %s"
                                                    .formatted(
                                                            model,
                                                            name,
                                                            ClassNames.listed(names))));
        }
        Integer number = prompt.classNumber();
        if (number == null) {
            return names.size();
        }
        if (number >= names.size()) {
            throw new InvalidRequestException(
                    "%s has classes 0 to %s, not %s".formatted(model, names.size() - 1, number));
        }
        return number;
    }

    @Override
    public Condition encode(NDManager manager, List<Prompt> prompts) {
        return Condition.ofLabels(
                manager.create(prompts.stream().mapToLong(this::row).toArray())); // (B)
    }

    @Override
    public Condition none(NDManager manager, List<Prompt> prompts) {
        long[] rows = new long[prompts.size()];
        Arrays.fill(rows, names.size());
        return Condition.ofLabels(manager.create(rows)); // (B)
    }

    @Override
    public Map<String, String> facts(Prompt prompt) {
        int row = row(prompt);
        return row == names.size() ? Map.of() : Map.of("class", names.get(row));
    }

    @Override
    public void close() {}
}

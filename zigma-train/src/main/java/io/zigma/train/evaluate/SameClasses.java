package io.zigma.train.evaluate;

import io.zigma.pipeline.ClassNames;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Finds classes of one list in another, by what people call them. */
final class SameClasses {

    private SameClasses() {}

    /**
     * Matches classes.
     *
     * @param names of some classes; those that are called by number mean the others in their order
     * @param others the names of the classes they are looked for among
     * @return each class's number among the others; empty if there is no class or one is not there
     */
    static Optional<int[]> numbers(List<String> names, List<String> others) {
        int[] numbers = new int[names.size()];
        for (int i = 0; i < numbers.length; i++) {
            OptionalInt found = ClassNames.find(names.get(i), others);
            if (found.isEmpty()) {
                return Optional.empty();
            }
            numbers[i] = found.getAsInt();
        }
        return names.isEmpty() ? Optional.empty() : Optional.of(numbers);
    }
}

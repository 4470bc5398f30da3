package io.zigma.cli.option;

import io.zigma.condition.ClassNames;
import java.nio.file.Path;
import java.util.List;

/** Finds the class that the user means among a model's classes. */
final class ClassChoice {

    /** With this many classes or fewer a refusal lists them all. */
    private static final int FEW = 20;

    private ClassChoice() {}

    /**
     * Returns a class's number.
     *
     * @param given its name, in any case and with spaces, hyphens or underscores, or its number
     * @param labels the names of all classes
     * @param model the checkpoint, for the refusal
     * @throws UsageException if there is no such class
     */
    static int parse(String given, List<String> labels, Path model) {
        if (labels.isEmpty()) {
            throw new UsageException(
                    "%s has no classes (it is unconditional); leave out --class".formatted(model));
        }
        return ClassNames.find(given, labels)
                .orElseThrow(() -> new UsageException(refusal(given, labels, model)));
    }

    private static String refusal(String given, List<String> labels, Path model) {
        String list =
                labels.size() <= FEW
                        ? "it has %s, numbered from 0".formatted(String.join(", ", labels))
                        : "zigma info -m %s lists all %d".formatted(model, labels.size());
        return "%s has no class '%s'%s (%s)"
                .formatted(model, given, Suggestions.didYouMean(given, labels), list);
    }
}

package io.zigma.cli.option;

import io.zigma.condition.ClassNames;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Finds the class that the user means among a model's classes. */
final class ClassChoice {

    /** With this many classes or fewer a refusal lists them all. */
    private static final int FEW = 20;

    private ClassChoice() {}

    /**
     * Returns a class's number.
     *
     * @param given its name, exactly or as the only one in another case or with other spaces,
     *     hyphens or underscores; or its number, where no name is a number
     * @param labels the names of all classes
     * @param model the checkpoint, for the refusal
     * @throws UsageException if there is no such class, or several could be meant
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
        List<String> meant = ClassNames.meant(given, labels);
        if (meant.size() > 1) {
            return "%s: class '%s' could be %s; write the one that is meant exactly"
                    .formatted(
                            model,
                            given,
                            meant.stream()
                                    .map("'%s'"::formatted)
                                    .collect(Collectors.joining(" or ")));
        }
        boolean numbers = !ClassNames.haveNumbers(labels);
        List<String> numbered = numbers ? List.of() : ClassNames.numberedOtherwise(given, labels);
        if (!numbered.isEmpty()) {
            return "%s: class '%s' could be '%s' by its position or '%s' by its name; write the name"
                    .formatted(
                            model,
                            given,
                            labels.get(Integer.parseInt(given.strip())),
                            numbered.get(0));
        }
        String list =
                labels.size() <= FEW
                        ? "it has %s%s"
                                .formatted(
                                        ClassNames.listed(labels),
                                        numbers ? ", by name only" : ", numbered from 0")
                        : "zigma info -m %s lists all %s".formatted(model, labels.size());
        // every digit is near every other one
        String proposal =
                numbers && ClassNames.anyNumber(List.of(given))
                        ? ""
                        : Suggestions.didYouMean(given, labels);
        return "%s has no class '%s'%s (%s)".formatted(model, given, proposal, list);
    }
}

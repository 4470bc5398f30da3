package io.zigma.cli.command;

import io.zigma.cli.terminal.Console;
import io.zigma.condition.ImageNet;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** What the classes of an imported model are called where nothing says it. */
final class AssumedClasses {

    private AssumedClasses() {}

    /**
     * Returns names.
     *
     * @param classes how many
     * @return ImageNet's for a thousand, as all published models of so many have, else numbers
     */
    static List<String> of(int classes) {
        return classes == ImageNet.CLASSES.size()
                ? ImageNet.CLASSES
                : IntStream.range(0, classes).mapToObj(Integer::toString).toList();
    }

    /**
     * Says that a thousand classes were taken for ImageNet's.
     *
     * @param file what was imported
     * @param given names that were given; none if they were assumed
     * @param classes how many there are
     */
    static void say(Path file, List<String> given, int classes, Console console) {
        if (given.isEmpty() && classes == ImageNet.CLASSES.size()) {
            console.say(
                    "%s does not contain the names of its %s classes; assumed: those of ImageNet, from %s to %s (--labels)"
                            .formatted(
                                    file,
                                    classes,
                                    ImageNet.CLASSES.get(0),
                                    ImageNet.CLASSES.get(classes - 1)));
        }
    }
}

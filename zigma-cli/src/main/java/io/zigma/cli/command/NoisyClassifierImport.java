package io.zigma.cli.command;

import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.ObjectiveOptions;
import io.zigma.cli.option.UsageException;
import io.zigma.cli.terminal.Console;
import io.zigma.convert.ForeignNoisyClassifier;
import io.zigma.diffusion.DiffusionProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.cli.Option;

/** {@code zigma import} of ADM's classifier, which guides sampling. */
final class NoisyClassifierImport {

    private NoisyClassifierImport() {}

    /**
     * Makes the classifier's folder.
     *
     * @param classifier found in the file
     * @param file the file
     * @param folder where to
     * @param labels names of the classes; empty for their numbers
     * @param refused options that describe a model
     * @throws UsageException if an option does not go with a classifier
     * @throws IOException if it cannot be read or written
     */
    static void run(
            ForeignNoisyClassifier classifier,
            Path file,
            Path folder,
            List<String> labels,
            List<Option> refused,
            Arguments arguments,
            Console console)
            throws IOException {
        for (Option option : refused) {
            if (arguments.has(option)) {
                throw new UsageException(
                        "%s holds a classifier of noisy pictures; leave out %s"
                                .formatted(file, Arguments.spelling(option)));
            }
        }
        int classes = classifier.config().classes();
        if (!labels.isEmpty() && labels.size() != classes) {
            throw new UsageException(
                    "%s labels for a classifier of %s classes".formatted(labels.size(), classes));
        }
        DiffusionProcess process;
        try {
            process =
                    new ObjectiveOptions(arguments)
                            .process(AssumedProcess.of(classifier.config().trainedWith()));
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
        classifier.convert(process, labels.isEmpty() ? AssumedClasses.of(classes) : labels, folder);
        console.say(
                "%s: a classifier of noisy pictures of %s, %s classes, %s"
                        .formatted(
                                file,
                                classifier.config().sample(),
                                classes,
                                classifier.config().summary()));
        AssumedClasses.say(file, labels, classes, console);
        if (!arguments.has(ObjectiveOptions.PROCESS)) {
            console.say(
                    "%s does not contain whose noise it knows; assumed: %s (--process, --process-option)"
                            .formatted(file, process.description()));
        }
        console.out().println(folder);
    }
}

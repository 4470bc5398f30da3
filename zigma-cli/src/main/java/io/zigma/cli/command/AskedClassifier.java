package io.zigma.cli.command;

import ai.djl.Device;
import io.zigma.checkpoint.NoisyClassifier;
import io.zigma.checkpoint.NoisyClassifierFolder;
import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.Flags;
import io.zigma.cli.option.UsageException;
import io.zigma.condition.InvalidRequestException;
import io.zigma.pipeline.ClassifierGuide;
import io.zigma.pipeline.ImageGenerator;
import io.zigma.pipeline.RecipeReading;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.commons.cli.Option;

/**
 * The classifier of noisy pictures that guides, if one is wanted.
 *
 * @param folder its folder
 * @param scale how strongly it guides
 * @param className the class of all pictures; empty for those of the prompts
 */
record AskedClassifier(NoisyClassifierFolder folder, double scale, Optional<String> className) {

    static final Option CLASSIFIER =
            Flags.value(
                    null,
                    "classifier",
                    "DIR",
                    "classifier guidance: each step also moves towards what this classifier of noisy"
                            + " pictures (zigma train-classifier --noisy) takes for the class; with"
                            + " --cfg-scale 1 alone, with more together with it");
    static final Option SCALE =
            Flags.value(
                    null,
                    "classifier-scale",
                    "S",
                    "how strongly the classifier guides, 1 for Bayes' rule, above 0; default 1");
    static final Option CLASS =
            Flags.value(
                    null,
                    "classifier-class",
                    "CLASS",
                    "class that the classifier guides to; default: that of --class, which a model"
                            + " without classes does not know");

    /**
     * Reads what was asked for.
     *
     * @throws UsageException if it cannot be meant
     * @throws IOException if there is no such classifier
     */
    static Optional<AskedClassifier> of(Arguments arguments) throws IOException {
        return of(
                arguments,
                arguments.number(SCALE, Double.MIN_NORMAL, ClassifierGuide.MOST, 1),
                arguments.text(CLASS));
    }

    private static Optional<AskedClassifier> of(
            Arguments arguments, double scale, Optional<String> className) throws IOException {
        Optional<Path> folder = arguments.path(CLASSIFIER);
        if (folder.isEmpty()) {
            Stream.of(SCALE, CLASS)
                    .filter(arguments::has)
                    .findFirst()
                    .ifPresent(
                            option -> {
                                throw new UsageException(
                                        "%s is for --classifier DIR, which is not there"
                                                .formatted(Arguments.spelling(option)));
                            });
            return Optional.empty();
        }
        NoisyClassifierFolder opened = NoisyClassifierFolder.open(folder.get());
        className.ifPresent(name -> number(opened, name));
        return Optional.of(new AskedClassifier(opened, scale, className));
    }

    private static void number(NoisyClassifierFolder folder, String name) {
        try {
            ClassifierGuide.number(folder, name);
        } catch (InvalidRequestException e) {
            throw new UsageException(e.getMessage());
        }
    }

    /**
     * Opens the classifier of a recipe, as strongly as there.
     *
     * @throws InvalidRequestException if it is missing, another, or was not there
     * @throws IOException if there is no such classifier
     */
    static Optional<AskedClassifier> again(RecipeReading recipe, Arguments arguments)
            throws IOException {
        for (Option option : new Option[] {SCALE, CLASS}) {
            if (arguments.has(option)) {
                throw new UsageException(
                        "the recipe says how the classifier guides; leave out %s"
                                .formatted(Arguments.spelling(option)));
            }
        }
        Optional<String> hash = recipe.classifierHash();
        Optional<AskedClassifier> given =
                of(arguments, recipe.classifierScale(), recipe.classifierClass());
        if (hash.isPresent() && given.isEmpty()) {
            throw new InvalidRequestException(
                    "a classifier guided, of weights with SHA-256 %s; give it with --classifier DIR"
                            .formatted(hash.get()));
        }
        if (given.isPresent() && !hash.equals(Optional.of(given.get().folder.weightsHash()))) {
            throw new InvalidRequestException(
                    "%s is not the classifier that guided; %s"
                            .formatted(
                                    given.get().folder.path(),
                                    hash.isPresent() ? "name another" : "leave out --classifier"));
        }
        return given;
    }

    /** Adds the classifier, if one is wanted; both are closed with the result. */
    static ImageGenerator guided(
            ImageGenerator generator, Optional<AskedClassifier> asked, Device device)
            throws IOException {
        if (asked.isEmpty()) {
            return generator;
        }
        AskedClassifier wanted = asked.get();
        try {
            NoisyClassifier classifier = wanted.folder.load(device);
            try {
                return generator.guidedBy(
                        new ClassifierGuide(
                                classifier, wanted.scale, wanted.className.orElse(null)));
            } catch (InvalidRequestException e) {
                classifier.close();
                throw new UsageException(e.getMessage());
            }
        } catch (IOException | RuntimeException e) {
            generator.close();
            throw e;
        }
    }
}

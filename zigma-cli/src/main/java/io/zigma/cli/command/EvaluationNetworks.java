package io.zigma.cli.command;

import ai.djl.Device;
import io.zigma.base.SampleShape;
import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.EvaluationOptions;
import io.zigma.cli.option.FeaturesOption;
import io.zigma.cli.terminal.Console;
import io.zigma.eval.FeatureNetworks;
import io.zigma.eval.feature.Classifier;
import io.zigma.eval.feature.ClassifierFolder;
import io.zigma.eval.feature.OfficialExtractor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The networks of an evaluation.
 *
 * @param classifier the classifier, if there is one that takes these pictures
 * @param features the network whose features are compared in place of the classifier's
 */
record EvaluationNetworks(Optional<ClassifierFolder> classifier, Optional<Path> features) {

    private static final String REMEDY =
            "name another with --classifier (zigma train-classifier makes one)";

    /**
     * Chooses.
     *
     * @param format the size of the pictures or clips
     * @throws IOException if no network is left that takes them
     */
    static EvaluationNetworks of(
            Arguments arguments, EvaluationOptions options, SampleShape format, Console console)
            throws IOException {
        Optional<Path> features = FeaturesOption.file(arguments, format);
        Path folder = options.classifier();
        if (!Files.isDirectory(folder)) {
            // the default one is not needed where other features are compared
            if (features.isPresent() && !options.namesClassifier()) {
                console.say(
                        "there is no classifier %s; its figures are left out".formatted(folder));
                return new EvaluationNetworks(Optional.empty(), features);
            }
            throw new IOException(
                    "there is no classifier %s to take features from; %s"
                            .formatted(folder, REMEDY));
        }
        ClassifierFolder classifier = ClassifierFolder.open(folder);
        return new EvaluationNetworks(
                takes(classifier, format, options.namesClassifier(), features.isPresent(), console)
                        ? Optional.of(classifier)
                        : Optional.empty(),
                features);
    }

    /** Returns whether the classifier takes the pictures; if not, there must be other features. */
    private static boolean takes(
            ClassifierFolder classifier,
            SampleShape format,
            boolean chosen,
            boolean features,
            Console console)
            throws IOException {
        // nobody asked for the default one, so that what it would make of other pictures is no
        // figure
        if (ClassifierFit.takes(classifier, format, chosen)) {
            ClassifierFit.say(classifier, format, console);
            return true;
        }
        String message = ClassifierFit.refusal(classifier, format) + "; ";
        if (!features) {
            throw new IOException(message + REMEDY);
        }
        console.say(message + "the classifier's figures are left out");
        return false;
    }

    /** Returns at what size a classifier sees the pictures, if at a smaller one than theirs. */
    Optional<String> reducedTo(SampleShape format) {
        return classifier
                .filter(folder -> ClassifierFit.isReduced(folder, format))
                .map(ClassifierFit::side);
    }

    /** Loads the networks. */
    FeatureNetworks load(Device device) throws IOException {
        if (classifier.isEmpty()) {
            return new FeatureNetworks(
                    OfficialExtractor.open(features.orElseThrow(), device), Optional.empty());
        }
        Classifier loaded = classifier.get().load(device);
        if (features.isEmpty()) {
            return FeatureNetworks.of(loaded);
        }
        try {
            return new FeatureNetworks(
                    OfficialExtractor.open(features.get(), device), Optional.of(loaded));
        } catch (IOException | RuntimeException e) {
            loaded.close();
            throw e;
        }
    }
}

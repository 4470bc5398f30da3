package io.zigma.cli.command;

import ai.djl.Device;
import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.EvaluationOptions;
import io.zigma.cli.option.FeaturesOption;
import io.zigma.cli.terminal.Console;
import io.zigma.eval.Judges;
import io.zigma.eval.feature.Classifier;
import io.zigma.eval.feature.ClassifierFolder;
import io.zigma.eval.feature.OfficialExtractor;
import io.zigma.media.PictureFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Who looks at the pictures of an evaluation.
 *
 * @param folder the classifier
 * @param classifying whether it can look at these pictures
 * @param features the network whose features are compared in place of the classifier's
 */
record EvaluationJudge(ClassifierFolder folder, boolean classifying, Optional<Path> features) {

    /**
     * Chooses.
     *
     * @throws IOException if nobody is left who could look at pictures of this format
     */
    static EvaluationJudge of(
            Arguments arguments, EvaluationOptions options, PictureFormat format, Console console)
            throws IOException {
        ClassifierFolder folder = open(options.judge());
        Optional<Path> features = FeaturesOption.file(arguments);
        boolean classifying = requireSight(folder, format, features.isPresent(), console);
        return new EvaluationJudge(folder, classifying, features);
    }

    private static ClassifierFolder open(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new IOException(
                    "there is no classifier %s to look at the pictures; name one with --judge (zigma train-classifier makes one)"
                            .formatted(folder));
        }
        return ClassifierFolder.open(folder);
    }

    /** Returns whether the judge can look at the pictures; if not, others must have features. */
    private static boolean requireSight(
            ClassifierFolder judge, PictureFormat format, boolean features, Console console)
            throws IOException {
        if (judge.config().sees(format.channels(), format.height(), format.width())) {
            return true;
        }
        String message =
                "%s looks at pictures of %d × %d × %d, the model makes %d × %d × %d; "
                        .formatted(
                                judge.path(),
                                judge.config().channels(),
                                judge.config().height(),
                                judge.config().width(),
                                format.channels(),
                                format.height(),
                                format.width());
        if (!features) {
            throw new IOException(
                    message + "name another with --judge (zigma train-classifier makes one)");
        }
        console.say(message + "what a classifier says is left out");
        return false;
    }

    /** Loads the networks. */
    Judges load(Device device) throws IOException {
        if (!classifying) {
            return new Judges(
                    OfficialExtractor.open(features.orElseThrow(), device), Optional.empty());
        }
        Classifier classifier = folder.load(device);
        if (features.isEmpty()) {
            return Judges.of(classifier);
        }
        try {
            return new Judges(
                    OfficialExtractor.open(features.get(), device), Optional.of(classifier));
        } catch (IOException | RuntimeException e) {
            classifier.close();
            throw e;
        }
    }
}

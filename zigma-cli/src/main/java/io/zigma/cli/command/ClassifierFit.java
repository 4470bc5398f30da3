package io.zigma.cli.command;

import io.zigma.base.Amount;
import io.zigma.base.SampleShape;
import io.zigma.cli.terminal.Console;
import io.zigma.eval.feature.ClassifierConfig;
import io.zigma.eval.feature.ClassifierFolder;
import java.io.IOException;
import java.util.OptionalInt;

/** Whether a classifier takes the pictures or clips of an evaluation. */
final class ClassifierFit {

    private ClassifierFit() {}

    /**
     * Returns whether it takes them, perhaps averaged down.
     *
     * @param averaged true if pictures may be averaged down, as for a classifier that somebody has
     *     chosen for them
     */
    static boolean takes(ClassifierFolder classifier, SampleShape format, boolean averaged) {
        OptionalInt reduction = classifier.config().reduction(format.shape());
        return reduction.isPresent() && (averaged || reduction.getAsInt() == 1);
    }

    /** Returns why it does not take them. */
    static String refusal(ClassifierFolder classifier, SampleShape format) {
        return "%s takes %s, these are %s"
                .formatted(
                        classifier.path(),
                        described(classifier.config().sample()),
                        described(format));
    }

    /**
     * Refuses what a chosen classifier does not take, and says if it sees pictures averaged down.
     *
     * @throws IOException if they are of other channels or frames, or not of its size times a whole
     *     number
     */
    static void require(ClassifierFolder classifier, SampleShape format, Console console)
            throws IOException {
        if (!takes(classifier, format, true)) {
            throw new IOException(
                    refusal(classifier, format) + "; train one of these (zigma train-classifier)");
        }
        say(classifier, format, console);
    }

    /** Says if it sees pictures averaged down. */
    static void say(ClassifierFolder classifier, SampleShape format, Console console) {
        if (isReduced(classifier, format)) {
            console.say(
                    "%s sees the pictures averaged down to %s"
                            .formatted(classifier.path(), side(classifier)));
        }
    }

    /** Returns whether it takes the pictures averaged down. */
    static boolean isReduced(ClassifierFolder classifier, SampleShape format) {
        return !classifier.config().sample().equals(format);
    }

    /** Returns the size that it sees. */
    static String side(ClassifierFolder classifier) {
        ClassifierConfig config = classifier.config();
        return "%s × %s".formatted(config.height(), config.width());
    }

    private static String described(SampleShape sample) {
        return "%s of %s × %s × %s%s"
                .formatted(
                        sample.isVideo() ? "clips" : "pictures",
                        sample.channels(),
                        sample.height(),
                        sample.width(),
                        sample.isVideo() ? " in " + Amount.of(sample.frames(), "frame") : "");
    }
}

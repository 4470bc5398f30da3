package io.zigma.cli.command;

import io.zigma.base.SampleShape;
import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.DataOpening;
import io.zigma.cli.option.DataOptions;
import io.zigma.cli.option.EvaluationOptions;
import io.zigma.cli.option.UsageException;
import io.zigma.cli.terminal.Console;
import io.zigma.condition.ClassNames;
import io.zigma.eval.ClassPlan;
import io.zigma.eval.RealPictures;
import io.zigma.eval.ReferenceSplit;
import io.zigma.eval.metric.FeatureStatistics;
import io.zigma.io.ContentHash;
import io.zigma.train.data.ClipOptions;
import io.zigma.train.data.ImageDataset;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What samples are compared with.
 *
 * @param real pictures, if there are any
 * @param statistics of a file, if there is one
 * @param statisticsFacts what file that is
 * @param training the training pictures as a data set, if there are any
 * @param test the test pictures as a data set, where they are compared with
 * @param description of the reference, for people
 */
record EvaluationReference(
        Optional<RealPictures> real,
        Optional<FeatureStatistics> statistics,
        Map<String, Object> statisticsFacts,
        Optional<ImageDataset> training,
        Optional<ImageDataset> test,
        String description) {

    // spread and probe of each picture; the same in every evaluation, so that models compare
    static final long LIKELIHOOD_SEED = 1;

    // float32 and float64 round to less
    private static final double COARSE = 1e-6;

    /**
     * Opens what was asked for.
     *
     * @param names of the model's classes, which IDX files may be called by
     * @param format the size of the samples, which the pictures are brought to
     * @param clips how the clips were read that a model was trained on, if that is known
     */
    static EvaluationReference of(
            Arguments arguments,
            EvaluationOptions options,
            List<String> names,
            SampleShape format,
            Optional<ClipOptions> clips,
            Console console)
            throws IOException {
        Optional<FeatureStatistics> statistics = Optional.empty();
        Map<String, Object> facts = new LinkedHashMap<>();
        if (options.reference().isPresent()) {
            FeatureStatistics read = FeatureStatistics.read(options.reference().get());
            if (read.rounding() > COARSE) {
                console.say(
                        "%s is in float16, which has three digits of a covariance; the Fréchet distance is no better than that"
                                .formatted(options.reference().get()));
            }
            statistics = Optional.of(read);
            facts.put("frechet_reference", options.reference().get());
            facts.put("frechet_reference_sha256", ContentHash.ofFile(options.reference().get()));
        }
        if (!arguments.has(DataOptions.data())) {
            return new EvaluationReference(
                    Optional.empty(),
                    statistics,
                    facts,
                    Optional.empty(),
                    Optional.empty(),
                    options.reference().get().toString());
        }
        DataOptions dataOptions = new DataOptions(arguments);
        ImageDataset training =
                new DataOpening(dataOptions, console).toCompare(format, clips, names);
        if (options.split() == ReferenceSplit.HOLDOUT) {
            return new EvaluationReference(
                    Optional.of(RealPictures.withHoldout(training)),
                    statistics,
                    facts,
                    Optional.of(training),
                    Optional.empty(),
                    "held-out training pictures of " + training.name());
        }
        ImageDataset test =
                new DataOpening(dataOptions, console)
                        .tests(options.testData(), training)
                        .orElseThrow(
                                () ->
                                        new UsageException(
                                                "%s has no test pictures; name their folder with --test-data, or compare with --reference-split holdout"
                                                        .formatted(dataOptions.folder())));
        return new EvaluationReference(
                Optional.of(RealPictures.withTest(training, test)),
                statistics,
                facts,
                Optional.of(training),
                Optional.of(test),
                "test pictures of " + test.name());
    }

    /**
     * Returns what a model with classes is asked for: as often as the training pictures have them.
     *
     * @param labels names of the model's classes
     * @throws UsageException if the pictures have others
     */
    ClassPlan classes(EvaluationOptions options, List<String> labels, Console console) {
        ClassPlan equal = ClassPlan.equal(labels.size());
        if (training.isEmpty() || !options.byData() || labels.isEmpty()) {
            return equal;
        }
        ImageDataset data = training.get();
        if (data.labels().isEmpty()) {
            console.say(
                    "%s has no classes; the model's own classes are sampled equally often"
                            .formatted(data.name()));
            return equal;
        }
        return ClassPlan.like(data, labels)
                .orElseThrow(
                        () ->
                                new UsageException(
                                        "%s has the classes %s, the model %s; use the same names, or sample the model's equally often with --classes equal"
                                                .formatted(
                                                        data.name(),
                                                        ClassNames.listed(data.labels()),
                                                        ClassNames.listed(labels))));
    }

    /** Returns what figures depend on beside networks, classes and pictures. */
    Map<String, Object> facts(EvaluationOptions options) {
        Map<String, Object> facts = new LinkedHashMap<>(statisticsFacts);
        if (options.likelihood() > 0 && test.isPresent()) {
            facts.put("likelihood_images", Math.min(options.likelihood(), test.get().size()));
            facts.put("likelihood_seed", LIKELIHOOD_SEED);
        }
        return facts;
    }
}

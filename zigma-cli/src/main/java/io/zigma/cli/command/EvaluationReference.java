package io.zigma.cli.command;

import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.DataOptions;
import io.zigma.cli.option.EvaluationOptions;
import io.zigma.cli.option.UsageException;
import io.zigma.cli.terminal.Console;
import io.zigma.eval.ClassPlan;
import io.zigma.eval.RealPictures;
import io.zigma.eval.ReferenceSplit;
import io.zigma.eval.metric.FeatureStatistics;
import io.zigma.io.ContentHash;
import io.zigma.media.PictureFormat;
import io.zigma.train.data.ImageDataset;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What samples are compared with.
 *
 * @param real pictures, if there are any
 * @param statistics of a file, if there is one
 * @param statisticsFacts what file that is
 * @param classes what to ask the model for
 * @param test the test pictures as a data set, where they are compared with
 * @param description of the reference, for people
 */
record EvaluationReference(
        Optional<RealPictures> real,
        Optional<FeatureStatistics> statistics,
        Map<String, Object> statisticsFacts,
        ClassPlan classes,
        Optional<ImageDataset> test,
        String description) {

    // spread and probe of each picture; the same in every evaluation, so that models compare
    static final long LIKELIHOOD_SEED = 1;

    /** Opens what was asked for. */
    static EvaluationReference of(
            Arguments arguments,
            EvaluationOptions options,
            CheckpointConfig config,
            PictureFormat format,
            Console console)
            throws IOException {
        Optional<FeatureStatistics> statistics = Optional.empty();
        Map<String, Object> facts = new LinkedHashMap<>();
        if (options.reference().isPresent()) {
            statistics = Optional.of(FeatureStatistics.read(options.reference().get()));
            facts.put("frechet_reference", options.reference().get());
            facts.put("frechet_reference_sha256", ContentHash.ofFile(options.reference().get()));
        }
        ClassPlan equal = ClassPlan.equal(config.labels().size());
        if (!arguments.has(DataOptions.data())) {
            return new EvaluationReference(
                    Optional.empty(),
                    statistics,
                    facts,
                    equal,
                    Optional.empty(),
                    options.reference().get().toString());
        }
        DataOptions dataOptions = new DataOptions(arguments);
        ImageDataset training = dataOptions.open(format, config.labels(), console);
        Optional<ClassPlan> like =
                options.byData() ? ClassPlan.like(training, config.labels()) : Optional.of(equal);
        if (like.isEmpty()) {
            console.say(
                    "%s has other classes than the model, which is asked for all of its own alike"
                            .formatted(dataOptions.folder()));
        }
        ClassPlan classes = like.orElse(equal);
        if (options.split() == ReferenceSplit.HOLDOUT) {
            return new EvaluationReference(
                    Optional.of(RealPictures.withHoldout(training)),
                    statistics,
                    facts,
                    classes,
                    Optional.empty(),
                    "held-out training pictures of " + training.name());
        }
        ImageDataset test =
                dataOptions
                        .test(options.testData(), training, console)
                        .orElseThrow(
                                () ->
                                        new UsageException(
                                                "%s has no test pictures; name their folder with --test-data, or compare with --reference-split holdout"
                                                        .formatted(dataOptions.folder())));
        return new EvaluationReference(
                Optional.of(RealPictures.withTest(training, test)),
                statistics,
                facts,
                classes,
                Optional.of(test),
                "test pictures of " + test.name());
    }

    /** Returns what figures depend on beside judges and pictures. */
    Map<String, Object> facts(EvaluationOptions options) {
        Map<String, Object> facts = new LinkedHashMap<>(statisticsFacts);
        if (!classes.weights().isEmpty()) {
            facts.put("class_weights", classes.weights());
        }
        if (options.likelihood() > 0 && test.isPresent()) {
            facts.put("likelihood_images", Math.min(options.likelihood(), test.get().size()));
            facts.put("likelihood_seed", LIKELIHOOD_SEED);
        }
        return facts;
    }
}

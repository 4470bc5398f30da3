package io.zigma.cli.option;

import static io.zigma.cli.option.EvaluationFlags.ATTRIBUTE;
import static io.zigma.cli.option.EvaluationFlags.CHANNELS;
import static io.zigma.cli.option.EvaluationFlags.CLASSES;
import static io.zigma.cli.option.EvaluationFlags.CLASSIFIER;
import static io.zigma.cli.option.EvaluationFlags.COUNT;
import static io.zigma.cli.option.EvaluationFlags.DEFAULT_SAMPLES;
import static io.zigma.cli.option.EvaluationFlags.FORMER_CLASSIFIER;
import static io.zigma.cli.option.EvaluationFlags.GUIDANCE;
import static io.zigma.cli.option.EvaluationFlags.HTML;
import static io.zigma.cli.option.EvaluationFlags.PROMPTS;
import static io.zigma.cli.option.EvaluationFlags.SAVE_REFERENCE;
import static io.zigma.cli.option.EvaluationFlags.SIZE;
import static io.zigma.cli.option.EvaluationFlags.SPLIT;
import static io.zigma.cli.option.EvaluationFlags.TEST_DATA;

import io.zigma.diffusion.GuidanceStrength;
import io.zigma.eval.Evaluation;
import io.zigma.eval.ReferenceSplit;
import io.zigma.io.OutputFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.cli.Option;

/** Whether the options of an evaluation go together, whatever model and data are. */
final class EvaluationCheck {

    private final EvaluationOptions options;
    private final Arguments arguments;
    private final boolean hasData;

    EvaluationCheck(EvaluationOptions options, Arguments arguments) {
        this.options = options;
        this.arguments = arguments;
        this.hasData = arguments.has(DataOptions.data());
    }

    /**
     * Checks all.
     *
     * @throws UsageException if values cannot be meant, or not together
     * @throws IOException if a result would find no place
     */
    void run() throws IOException {
        requireSubject();
        requireConditions();
        requireComparison();
        requireSweep();
        requireOutputs();
    }

    private void requireSubject() {
        if (options.samples().isPresent()) {
            requireNothingSampled();
            return;
        }
        if (!arguments.has(ModelFolder.MODEL)) {
            throw new UsageException(
                    "evaluate needs a model, -m DIR, or existing pictures, --samples DIR|FILE.npz");
        }
        arguments.requiredPath(ModelFolder.MODEL);
        for (Option option : List.of(SIZE, CHANNELS)) {
            if (arguments.has(option)) {
                throw new UsageException(
                        "%s is for --samples; a model's pictures have its size"
                                .formatted(Arguments.spelling(option)));
            }
        }
    }

    /** What concerns the sampling of a model means nothing to pictures that are there. */
    private void requireNothingSampled() {
        List<Option> sampled = new ArrayList<>(EvaluationFlags.OF_SAMPLED);
        sampled.addAll(List.of(ModelFolder.MODEL, COUNT, SamplePrecision.PRECISION));
        for (Option option : sampled) {
            if (arguments.has(option)) {
                throw new UsageException(
                        "--samples exist already, all of them are evaluated; leave out %s"
                                .formatted(Arguments.spelling(option)));
            }
        }
    }

    /** What samples are asked for, how many and how. */
    private void requireConditions() {
        if (arguments.has(CLASSIFIER) && arguments.has(FORMER_CLASSIFIER)) {
            throw new UsageException("--judge is the former name of --classifier; leave one out");
        }
        arguments.integer(
                COUNT, Evaluation.FEWEST_SAMPLES, EvaluationOptions.MOST_SAMPLES, DEFAULT_SAMPLES);
        options.attributes();
        if (arguments.has(PROMPTS) && arguments.has(CLASSES)) {
            throw new UsageException("a model follows prompts or classes; leave out --classes");
        }
        if (!arguments.has(PROMPTS) && arguments.has(ATTRIBUTE)) {
            throw new UsageException(
                    "--attribute is of what prompts ask for; name their file with --prompts");
        }
        options.seeds();
        options.byData();
        options.batch();
        options.sampling().check();
    }

    private void requireComparison() {
        if (!hasData && options.reference().isEmpty()) {
            throw new UsageException(
                    "evaluate needs --data DIR to compare with, or --reference FILE.npz");
        }
        if (!hasData && (arguments.has(TEST_DATA) || arguments.has(SPLIT) || options.sweeps())) {
            throw new UsageException(
                    "--test-data, --reference-split and --guidance-sweep need --data");
        }
        if (options.likelihood() > 0 && (!hasData || options.split() == ReferenceSplit.HOLDOUT)) {
            throw new UsageException(
                    "--likelihood is of the test pictures of --data; it needs them, and no sweep");
        }
    }

    private void requireSweep() {
        if (options.sweeps()) {
            options.sweep(GuidanceStrength.NONE);
            if (arguments.has(GUIDANCE)
                    || options.overTraining()
                    || options.reference().isPresent()) {
                throw new UsageException(
                        "--guidance-sweep tries scales by itself; leave out --cfg-scale,"
                                + " --over-training and --reference");
            }
        }
        if (options.split() == ReferenceSplit.HOLDOUT && arguments.has(TEST_DATA)) {
            throw new UsageException(
                    "held-out training pictures are compared with, and --test-data is not used;"
                            + " leave it out");
        }
    }

    private void requireOutputs() throws IOException {
        for (Option written : List.of(HTML, SAVE_REFERENCE)) {
            Optional<Path> file = arguments.path(written);
            if (file.isPresent()) {
                PictureOutput.checkFree(file.get(), arguments.has(PictureOutput.FORCE));
            }
        }
        if (options.saveReference().isPresent() && (!hasData || options.reference().isPresent())) {
            throw new UsageException(
                    "--save-reference is for statistics of the pictures of --data; give that, and no"
                            + " --reference");
        }
        OutputFolder.requireWritable(options.cache());
    }
}

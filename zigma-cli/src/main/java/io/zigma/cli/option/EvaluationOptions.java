package io.zigma.cli.option;

import static io.zigma.cli.option.EvaluationFlags.ATTRIBUTE;
import static io.zigma.cli.option.EvaluationFlags.BY_DATA;
import static io.zigma.cli.option.EvaluationFlags.CACHE;
import static io.zigma.cli.option.EvaluationFlags.CLASSES;
import static io.zigma.cli.option.EvaluationFlags.CLASSIFIER;
import static io.zigma.cli.option.EvaluationFlags.COUNT;
import static io.zigma.cli.option.EvaluationFlags.DEFAULT_BATCH;
import static io.zigma.cli.option.EvaluationFlags.DEFAULT_CLASSIFIER;
import static io.zigma.cli.option.EvaluationFlags.DEFAULT_SAMPLES;
import static io.zigma.cli.option.EvaluationFlags.DEFAULT_SEEDS;
import static io.zigma.cli.option.EvaluationFlags.EQUAL;
import static io.zigma.cli.option.EvaluationFlags.FORMER_CLASSIFIER;
import static io.zigma.cli.option.EvaluationFlags.HTML;
import static io.zigma.cli.option.EvaluationFlags.JSON;
import static io.zigma.cli.option.EvaluationFlags.LIKELIHOOD;
import static io.zigma.cli.option.EvaluationFlags.OVER_TRAINING;
import static io.zigma.cli.option.EvaluationFlags.PROMPTS;
import static io.zigma.cli.option.EvaluationFlags.REFERENCE;
import static io.zigma.cli.option.EvaluationFlags.SAMPLES;
import static io.zigma.cli.option.EvaluationFlags.SAVE_REFERENCE;
import static io.zigma.cli.option.EvaluationFlags.SEEDS;
import static io.zigma.cli.option.EvaluationFlags.SPLIT;
import static io.zigma.cli.option.EvaluationFlags.SWEEP;
import static io.zigma.cli.option.EvaluationFlags.TEST_DATA;

import ai.djl.util.Utils;
import io.zigma.checkpoint.CheckpointConfig.SamplingDefaults;
import io.zigma.diffusion.GuidanceStrength;
import io.zigma.eval.Evaluation;
import io.zigma.eval.ReferenceSplit;
import io.zigma.pipeline.CodecSource;
import io.zigma.pipeline.TextEncoderSource;
import io.zigma.sampler.Sampler;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.commons.cli.Option;

/** The options of {@code zigma evaluate}, as typed values. */
public final class EvaluationOptions {

    static final int MOST_SAMPLES = 1_000_000;
    // beyond this a sampling seed's pictures would have seeds of another's
    private static final long LARGEST_SEED = Integer.MAX_VALUE;

    private final Arguments arguments;
    private final SamplingOptions sampling;

    /**
     * Reads the options.
     *
     * @param arguments the command's
     */
    public EvaluationOptions(Arguments arguments) {
        this.arguments = arguments;
        this.sampling = new SamplingOptions(arguments);
    }

    /**
     * Refuses what is wrong whatever model and data are.
     *
     * @throws UsageException if values cannot be meant, or not together
     * @throws IOException if a result would find no place
     */
    public void check() throws IOException {
        new EvaluationCheck(this, arguments).run();
    }

    /** Returns the options of sampling. */
    SamplingOptions sampling() {
        return sampling;
    }

    /**
     * Returns the pictures that take the place of a model's.
     *
     * @return a folder or a file, if one was given
     */
    public Optional<Path> samples() {
        return arguments.path(SAMPLES);
    }

    /**
     * Returns which real pictures to compare with.
     *
     * @return the test pictures, or held-out training pictures, which a sweep always compares with
     * @throws UsageException if a sweep is to compare with the test pictures
     */
    public ReferenceSplit split() {
        String fallback = sweeps() ? "holdout" : "test";
        String chosen = arguments.choice(SPLIT, List.of("test", "holdout"), fallback);
        ReferenceSplit split = ReferenceSplit.valueOf(chosen.toUpperCase(Locale.ROOT));
        if (sweeps() && split == ReferenceSplit.TEST) {
            throw new UsageException(
                    "--guidance-sweep never uses the test pictures; leave out"
                            + " --reference-split, or give holdout");
        }
        return split;
    }

    /**
     * Returns where the real pictures are that nothing was trained on.
     *
     * @return a folder or file of pictures, if one was given
     */
    public Optional<Path> testData() {
        return arguments.path(TEST_DATA);
    }

    /**
     * Returns the statistics that the Fréchet distance is taken to.
     *
     * @return a file of another program, if one was given
     */
    public Optional<Path> reference() {
        return arguments.path(REFERENCE);
    }

    /**
     * Returns where to write the statistics of the real pictures.
     *
     * @return a file, if one was given
     */
    public Optional<Path> saveReference() {
        return arguments.path(SAVE_REFERENCE);
    }

    /**
     * Returns the classifier's folder.
     *
     * @return what was named, else that of the first attribute, else the shipped one
     */
    public Path classifier() {
        return arguments
                .path(CLASSIFIER)
                .or(() -> arguments.path(FORMER_CLASSIFIER))
                .or(() -> attributes().values().stream().findFirst())
                .orElse(DEFAULT_CLASSIFIER);
    }

    /**
     * Returns the file of what a text model is asked for.
     *
     * @return a file, if one was given
     */
    public Optional<Path> prompts() {
        return arguments.path(PROMPTS);
    }

    /**
     * Returns where the text encoder of a text model comes from.
     *
     * @return what was named, else what the checkpoint names
     */
    public TextEncoderSource textEncoder() {
        return PromptOptions.textEncoder(arguments);
    }

    /**
     * Returns where the codec of a model of latents comes from.
     *
     * @return the named folder, else what the checkpoint names
     */
    public CodecSource codec() {
        return CodecOptions.source(arguments);
    }

    /**
     * Returns the folders of the classifiers of attributes.
     *
     * @return by attribute, in the order they were given
     * @throws UsageException if one is no NAME=DIR, or an attribute has two
     */
    public Map<String, Path> attributes() {
        Map<String, Path> folders = new LinkedHashMap<>();
        for (String given : arguments.texts(ATTRIBUTE)) {
            int equals = given.indexOf('=');
            if (equals < 1
                    || equals == given.length() - 1
                    || folders.put(given.substring(0, equals), Path.of(given.substring(equals + 1)))
                            != null) {
                throw new UsageException(
                        "--attribute takes NAME=DIR, such as colour=classifiers/colour, each name once, not '%s'"
                                .formatted(given));
            }
        }
        return folders;
    }

    /**
     * Returns whether a classifier was named.
     *
     * @return false if the shipped one is taken
     */
    public boolean namesClassifier() {
        return arguments.has(CLASSIFIER)
                || arguments.has(FORMER_CLASSIFIER)
                || arguments.has(ATTRIBUTE);
    }

    /**
     * Returns how many samples of each seed are wanted.
     *
     * @param prompts how many prompts there are, 0 for none
     * @return the number given, else one for each prompt
     */
    public int count(int prompts) {
        return arguments.integer(
                COUNT,
                Evaluation.FEWEST_SAMPLES,
                MOST_SAMPLES,
                prompts == 0 ? DEFAULT_SAMPLES : Math.max(prompts, Evaluation.FEWEST_SAMPLES));
    }

    /**
     * Returns the sampling seeds.
     *
     * @return at least one, all different, from 0 on
     * @throws UsageException if one is no such number or there twice
     */
    public List<Long> seeds() {
        List<Long> seeds = list(SEEDS, DEFAULT_SEEDS, "whole numbers from 0 on", Long::valueOf);
        if (seeds.stream().anyMatch(seed -> seed < 0 || seed > LARGEST_SEED)) {
            throw new UsageException(
                    "--seeds takes whole numbers from 0 to %s, not '%s'"
                            .formatted(LARGEST_SEED, arguments.text(SEEDS).orElse("")));
        }
        return seeds;
    }

    /**
     * Returns whether classes are asked for as often as the data has them.
     *
     * @return false if each is asked for equally often
     */
    public boolean byData() {
        return arguments.choice(CLASSES, List.of(BY_DATA, EQUAL), BY_DATA).equals(BY_DATA)
                && arguments.has(DataOptions.data());
    }

    /**
     * Returns how to solve from noise to data.
     *
     * @param recommended what the checkpoint recommends
     * @return what was asked for, else that
     * @throws UsageException if the options make no sampler
     */
    public Sampler sampler(SamplingDefaults recommended) {
        return sampling.sampler(recommended);
    }

    /**
     * Returns scale and interval of the guidance.
     *
     * @param recommended what the checkpoint recommends
     * @return what was asked for, else that
     * @throws UsageException if a number is out of range
     */
    public GuidanceStrength guidance(GuidanceStrength recommended) {
        return sampling.guidance(recommended);
    }

    /**
     * Returns whether several scales of guidance are tried.
     *
     * @return true for a sweep
     */
    public boolean sweeps() {
        return arguments.has(SWEEP);
    }

    /**
     * Returns the guidance to try.
     *
     * @param recommended interval and channels, from the checkpoint
     * @return by ascending scale
     * @throws UsageException if a scale is not from 0 to 100 or there twice
     */
    public List<GuidanceStrength> sweep(GuidanceStrength recommended) {
        List<Double> scales = list(SWEEP, "", "numbers from 0 to 100", Double::valueOf);
        if (scales.stream().anyMatch(scale -> !(scale >= 0 && scale <= GuidanceStrength.LARGEST))) {
            throw new UsageException(
                    "--guidance-sweep takes numbers from 0 to 100, not '%s'"
                            .formatted(arguments.requiredText(SWEEP)));
        }
        return scales.stream()
                .sorted()
                .map(scale -> sampling.applied(recommended.withScale(scale)))
                .toList();
    }

    /**
     * Returns whether all checkpoints of a run are evaluated.
     *
     * @return true for a curve over its steps
     */
    public boolean overTraining() {
        return arguments.has(OVER_TRAINING);
    }

    /**
     * Returns of how many test pictures the likelihood is wanted.
     *
     * @return 0 for none
     */
    public int likelihood() {
        return arguments.integer(LIKELIHOOD, 1, MOST_SAMPLES, 0);
    }

    /**
     * Returns whether the results are printed as JSON.
     *
     * @return false for a table
     */
    public boolean json() {
        return arguments.has(JSON);
    }

    /**
     * Returns where to write a page of the results.
     *
     * @return a file, if one was given
     */
    public Optional<Path> html() {
        return arguments.path(HTML);
    }

    /**
     * Returns where samples and features are stored.
     *
     * @return what was given, else a folder beside DJL's cache
     */
    public Path cache() {
        return arguments
                .path(CACHE)
                .orElseGet(
                        () ->
                                Utils.getCacheDir()
                                        .toAbsolutePath()
                                        .resolveSibling(".zigma")
                                        .resolve("evaluation"));
    }

    /**
     * Returns how many samples are computed at once.
     *
     * @return at least 1
     */
    public int batch() {
        return sampling.batch(DEFAULT_BATCH);
    }

    private <T> List<T> list(
            Option option, String fallback, String what, Function<String, T> parser) {
        String given = arguments.text(option).orElse(fallback);
        try {
            List<T> values =
                    Stream.of(given.split(",", -1)).map(String::strip).map(parser).toList();
            if (values.stream().distinct().count() == values.size()) {
                return values;
            }
        } catch (NumberFormatException e) {
            // Refused below, like a number that comes twice.
        }
        throw new UsageException(
                "%s needs different %s with commas between them, not '%s'"
                        .formatted(Arguments.spelling(option), what, given));
    }
}

package io.zigma.cli.option;

import ai.djl.util.Utils;
import io.zigma.checkpoint.CheckpointConfig.SamplingDefaults;
import io.zigma.cli.command.PictureOutput;
import io.zigma.diffusion.GuidanceStrength;
import io.zigma.eval.Evaluation;
import io.zigma.eval.ReferenceSplit;
import io.zigma.io.OutputFolder;
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

    private static final int DEFAULT_SAMPLES = 10_000;
    private static final int MOST_SAMPLES = 1_000_000;
    private static final String DEFAULT_SEEDS = "1,2,3";
    private static final int DEFAULT_BATCH = 32;
    // beyond this a sampling seed's pictures would have seeds of another's
    private static final long LARGEST_SEED = Integer.MAX_VALUE;
    private static final Path DEFAULT_CLASSIFIER = Path.of("models", "fashion-classifier");

    private static final String BY_DATA = "data";
    private static final String EQUAL = "equal";

    private static final Option SAMPLES =
            Flags.value(
                    null,
                    "samples",
                    "DIR|FILE",
                    "in place of -m: existing pictures, from any program, as a folder"
                            + " (a sub-folder a class, or none) or an .npz with arr_0 of type uint8"
                            + " and shape (N, H, W, 3), perhaps arr_1 with class numbers");
    private static final Option CODEC =
            Flags.value(
                    null,
                    "codec",
                    "DIR",
                    "how much of the pictures of --data this codec keeps: PSNR, SSIM and, where a"
                            + " network takes them, the Fréchet distance");
    private static final Option SIZE =
            DataOptions.imageSize(
                    "the pictures of a folder --samples are resized and cropped to N by N, or HxW;"
                            + " default: as they are");
    private static final Option CHANNELS =
            DataOptions.channels(
                    "1 to take the pictures of a folder --samples in grey, 3 in colour; default: as"
                            + " the classifier takes them");
    private static final Option TEST_DATA =
            Flags.value(
                    null,
                    "test-data",
                    "DIR",
                    "pictures to compare with; default: the test part of IDX files");
    private static final Option SPLIT =
            Flags.value(
                    null,
                    "reference-split",
                    "PART",
                    "test (default), or holdout: a part of the training pictures, for choosing"
                            + " settings without use of the test pictures");
    private static final Option REFERENCE =
            Flags.value(
                    null,
                    "reference",
                    "FILE",
                    ".npz with mu and sigma to take the Fréchet distance to; without --data it is"
                            + " all that is compared with");
    private static final Option SAVE_REFERENCE =
            Flags.value(
                    null,
                    "save-reference",
                    "FILE",
                    "write mu and sigma of the reference pictures as .npz");
    private static final Option CLASSIFIER =
            Flags.value(
                    null,
                    "classifier",
                    "DIR",
                    "classifier whose features are compared and whose classes are counted, made"
                            + " by train-classifier; default "
                            + DEFAULT_CLASSIFIER);
    private static final Option FORMER_CLASSIFIER =
            Flags.value(null, "judge", "DIR", "the former name of --classifier");
    private static final Option PROMPTS =
            Flags.value(
                    null,
                    "prompts",
                    "FILE",
                    "prompts for a text model, used cyclically: of a .jsonl file, such as the"
                            + " metadata.jsonl of captioned pictures, the field \"text\" of each line,"
                            + " and the other fields as attributes; of another file each line");
    private static final Option ATTRIBUTE =
            Flags.value(
                    null,
                    "attribute",
                    "NAME=DIR",
                    "how often the classifier in DIR (train-classifier --attribute NAME) sees the"
                            + " attribute of the prompt, beside how often it does on the real"
                            + " pictures; may be given several times");
    private static final Option COUNT =
            Flags.value(
                    "n",
                    "count",
                    "N",
                    "samples a seed, at least "
                            + Evaluation.FEWEST_SAMPLES
                            + "; default "
                            + DEFAULT_SAMPLES
                            + ", or one for each prompt");
    private static final Option SEEDS =
            Flags.value(
                    null,
                    "seeds",
                    "A,B,...",
                    "sampling seeds; picture i of seed s has the seed s · 2^32 + i; default "
                            + DEFAULT_SEEDS);
    private static final Option GUIDANCE =
            SamplingOptions.guidance("guidance scale; default: the checkpoint's");
    private static final Option CLASSES =
            Flags.value(
                    null,
                    "classes",
                    "HOW",
                    "data (default): sample classes as often as the training pictures have them;"
                            + " equal: all equally often");
    private static final Option LABELS =
            DataOptions.labels(
                    "names of the classes of IDX files and of arr_1, in their order; default: those"
                            + " beside the files, else the model's, or the numbers");
    private static final Option SWEEP =
            Flags.value(
                    null,
                    "guidance-sweep",
                    "S,T,...",
                    "evaluate several guidance scales, always against held-out training pictures");
    private static final Option OVER_TRAINING =
            Flags.flag(null, "over-training", "evaluate every checkpoint of the run folder -m");
    private static final Option LIKELIHOOD =
            Flags.value(
                    null,
                    "likelihood",
                    "N",
                    "also the bits per dimension of N test pictures, by the steps of --steps");
    private static final Option JSON =
            Flags.flag(null, "json", "write the figures as JSON instead of a table");
    private static final Option HTML =
            Flags.value(
                    null,
                    "html",
                    "FILE",
                    "also write a page with samples, neighbours and curves, all in one file");
    private static final Option CACHE =
            Flags.value(
                    null,
                    "cache",
                    "DIR",
                    "where samples and features are stored, so that a run that was stopped resumes;"
                            + " default: .zigma/evaluation beside DJL's cache folder");
    private static final Option BATCH = SamplingOptions.batchOf(DEFAULT_BATCH);

    private final Arguments arguments;
    private final SamplingOptions sampling;

    public EvaluationOptions(Arguments arguments) {
        this.arguments = arguments;
        this.sampling = new SamplingOptions(arguments);
    }

    /** All options of the command. */
    /** Returns the options of the other subjects of an evaluation than a codec. */
    public static Option[] otherSubjects() {
        return new Option[] {
            ModelFolder.MODEL, SAMPLES, TEST_DATA, REFERENCE, PROMPTS, SWEEP, OVER_TRAINING, HTML
        };
    }

    /** Returns the option that names another network's features. */
    public static Option features() {
        return FeaturesOption.FEATURES;
    }

    public static List<OptionSection> sections() {
        return List.of(
                OptionSection.of(
                        "What to evaluate",
                        ModelFolder.MODEL,
                        OVER_TRAINING,
                        SAMPLES,
                        CODEC,
                        SIZE,
                        CHANNELS),
                OptionSection.of(
                        "What to compare with",
                        DataOptions.data(),
                        TEST_DATA,
                        LABELS,
                        SPLIT,
                        REFERENCE,
                        SAVE_REFERENCE,
                        CLASSIFIER,
                        FORMER_CLASSIFIER,
                        ATTRIBUTE,
                        FeaturesOption.FEATURES),
                OptionSection.of(
                        "How to sample",
                        COUNT,
                        SEEDS,
                        PROMPTS,
                        PromptOptions.TEXT_ENCODER,
                        CLASSES,
                        SamplingOptions.SAMPLER,
                        SamplingOptions.STEPS,
                        SamplingOptions.SAMPLER_OPTION,
                        GUIDANCE,
                        SamplingOptions.INTERVAL,
                        SamplingOptions.CHANNELS,
                        SWEEP),
                DataOptions.CLIPS,
                OptionSection.of("What else to measure", LIKELIHOOD),
                OptionSection.of("What to write", JSON, HTML, PictureOutput.FORCE),
                OptionSection.of(
                        "Where to compute",
                        CACHE,
                        BATCH,
                        ComputeOptions.THREADS,
                        ComputeOptions.DEVICE,
                        ComputeOptions.TF32));
    }

    /**
     * Refuses what is wrong whatever model and data are.
     *
     * @throws UsageException if values cannot be meant, or not together
     * @throws IOException if a result would find no place
     */
    public void check() throws IOException {
        if (samples().isPresent()) {
            checkNothingIsSampled();
        } else if (!arguments.has(ModelFolder.MODEL)) {
            throw new UsageException(
                    "evaluate needs a model, -m DIR, or existing pictures, --samples DIR|FILE.npz");
        } else {
            arguments.requiredPath(ModelFolder.MODEL);
            for (Option option : List.of(SIZE, CHANNELS)) {
                if (arguments.has(option)) {
                    throw new UsageException(
                            "%s is for --samples; a model's pictures have its size"
                                    .formatted(Arguments.spelling(option)));
                }
            }
        }
        if (arguments.has(CLASSIFIER) && arguments.has(FORMER_CLASSIFIER)) {
            throw new UsageException("--judge is the former name of --classifier; leave one out");
        }
        arguments.integer(COUNT, Evaluation.FEWEST_SAMPLES, MOST_SAMPLES, DEFAULT_SAMPLES);
        attributes();
        if (arguments.has(PROMPTS) && arguments.has(CLASSES)) {
            throw new UsageException("a model follows prompts or classes; leave out --classes");
        }
        if (!arguments.has(PROMPTS) && arguments.has(ATTRIBUTE)) {
            throw new UsageException(
                    "--attribute is of what prompts ask for; name their file with --prompts");
        }
        seeds();
        byData();
        batch();
        sampling.check();
        boolean hasData = arguments.has(DataOptions.data());
        if (!hasData && reference().isEmpty()) {
            throw new UsageException(
                    "evaluate needs --data DIR to compare with, or --reference FILE.npz");
        }
        if (!hasData && (arguments.has(TEST_DATA) || arguments.has(SPLIT) || sweeps())) {
            throw new UsageException(
                    "--test-data, --reference-split and --guidance-sweep need --data");
        }
        if (likelihood() > 0 && (!hasData || split() == ReferenceSplit.HOLDOUT)) {
            throw new UsageException(
                    "--likelihood is of the test pictures of --data; it needs them, and no sweep");
        }
        if (sweeps()) {
            sweep(GuidanceStrength.NONE);
            if (arguments.has(GUIDANCE) || overTraining() || reference().isPresent()) {
                throw new UsageException(
                        "--guidance-sweep tries scales by itself; leave out --cfg-scale,"
                                + " --over-training and --reference");
            }
        }
        if (split() == ReferenceSplit.HOLDOUT && arguments.has(TEST_DATA)) {
            throw new UsageException(
                    "held-out training pictures are compared with, and --test-data is not used;"
                            + " leave it out");
        }
        for (Option written : List.of(HTML, SAVE_REFERENCE)) {
            Optional<Path> file = arguments.path(written);
            if (file.isPresent()) {
                PictureOutput.checkFree(file.get(), arguments.has(PictureOutput.FORCE));
            }
        }
        if (saveReference().isPresent() && (!hasData || reference().isPresent())) {
            throw new UsageException(
                    "--save-reference is for statistics of the pictures of --data; give that, and no"
                            + " --reference");
        }
        OutputFolder.requireWritable(cache());
    }

    /** What concerns the sampling of a model means nothing to pictures that are there. */
    private void checkNothingIsSampled() {
        for (Option option :
                List.of(
                        ModelFolder.MODEL,
                        OVER_TRAINING,
                        COUNT,
                        SEEDS,
                        PROMPTS,
                        PromptOptions.TEXT_ENCODER,
                        ATTRIBUTE,
                        CLASSES,
                        SamplingOptions.SAMPLER,
                        SamplingOptions.STEPS,
                        GUIDANCE,
                        SamplingOptions.INTERVAL,
                        SamplingOptions.CHANNELS,
                        SWEEP,
                        LIKELIHOOD,
                        BATCH)) {
            if (arguments.has(option)) {
                throw new UsageException(
                        "--samples exist already, all of them are evaluated; leave out %s"
                                .formatted(Arguments.spelling(option)));
            }
        }
    }

    /** Returns the pictures that take the place of a model's. */
    public Optional<Path> samples() {
        return arguments.path(SAMPLES);
    }

    /** Returns which real pictures to compare with. */
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

    public Optional<Path> testData() {
        return arguments.path(TEST_DATA);
    }

    public Optional<Path> reference() {
        return arguments.path(REFERENCE);
    }

    public Optional<Path> saveReference() {
        return arguments.path(SAVE_REFERENCE);
    }

    /** Returns the classifier's folder. */
    public Path classifier() {
        return arguments
                .path(CLASSIFIER)
                .or(() -> arguments.path(FORMER_CLASSIFIER))
                .or(() -> attributes().values().stream().findFirst())
                .orElse(DEFAULT_CLASSIFIER);
    }

    /** Returns the file of what a text model is asked for. */
    public Optional<Path> prompts() {
        return arguments.path(PROMPTS);
    }

    /** Returns where the text encoder of a text model comes from. */
    public TextEncoderSource textEncoder() {
        return PromptOptions.textEncoder(arguments);
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

    /** Returns whether a classifier was named. */
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

    /** Returns the sampling seeds, all different. */
    public List<Long> seeds() {
        List<Long> seeds = list(SEEDS, DEFAULT_SEEDS, "whole numbers from 0 on", Long::valueOf);
        if (seeds.stream().anyMatch(seed -> seed < 0 || seed > LARGEST_SEED)) {
            throw new UsageException(
                    "--seeds takes whole numbers from 0 to %s, not '%s'"
                            .formatted(LARGEST_SEED, arguments.text(SEEDS).orElse("")));
        }
        return seeds;
    }

    /** Returns whether classes are asked for as often as the data has them. */
    public boolean byData() {
        return arguments.choice(CLASSES, List.of(BY_DATA, EQUAL), BY_DATA).equals(BY_DATA)
                && arguments.has(DataOptions.data());
    }

    public Sampler sampler(SamplingDefaults recommended) {
        return sampling.sampler(recommended);
    }

    public GuidanceStrength guidance(GuidanceStrength recommended) {
        return sampling.guidance(recommended);
    }

    public boolean sweeps() {
        return arguments.has(SWEEP);
    }

    /** Returns the guidance to try, by ascending scale. */
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

    public boolean overTraining() {
        return arguments.has(OVER_TRAINING);
    }

    /** Returns of how many test pictures the likelihood is wanted, 0 for none. */
    public int likelihood() {
        return arguments.integer(LIKELIHOOD, 1, MOST_SAMPLES, 0);
    }

    public boolean json() {
        return arguments.has(JSON);
    }

    public Optional<Path> html() {
        return arguments.path(HTML);
    }

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

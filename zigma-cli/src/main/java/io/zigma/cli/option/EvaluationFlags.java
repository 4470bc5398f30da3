package io.zigma.cli.option;

import io.zigma.eval.Evaluation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.cli.Option;

/** What {@code zigma evaluate} can be given; {@link EvaluationOptions} reads it. */
public final class EvaluationFlags {

    static final int DEFAULT_SAMPLES = 10_000;
    static final int DEFAULT_BATCH = 32;
    static final String DEFAULT_SEEDS = "1,2,3";
    static final Path DEFAULT_CLASSIFIER = Path.of("models", "fashion-classifier");

    static final String BY_DATA = "data";
    static final String EQUAL = "equal";

    static final Option SAMPLES =
            Flags.value(
                    null,
                    "samples",
                    "DIR|FILE",
                    "in place of -m: existing pictures, from any program, as a folder"
                            + " (a sub-folder a class, or none) or an .npz with arr_0 of type uint8"
                            + " and shape (N, H, W, 3), perhaps arr_1 with class numbers");
    static final Option CODEC =
            Flags.value(
                    null,
                    "codec",
                    "DIR",
                    "with -m: the codec that decodes the model's latents, unless the checkpoint names"
                            + " one that is beside it or in a folder codecs; without -m: how much"
                            + " of the pictures of --data this codec keeps: PSNR, SSIM and, where a"
                            + " network takes them, the Fréchet distance");
    static final Option SIZE =
            DataOptions.imageSize(
                    "the pictures of a folder --samples are resized and cropped to N by N, or HxW;"
                            + " default: as they are");
    static final Option CHANNELS =
            DataOptions.channels(
                    "1 to take the pictures of a folder --samples in grey, 3 in colour; default: as"
                            + " the classifier takes them");
    static final Option TEST_DATA =
            Flags.value(
                    null,
                    "test-data",
                    "DIR",
                    "pictures to compare with; default: the test part of IDX files");
    static final Option SPLIT =
            Flags.value(
                    null,
                    "reference-split",
                    "PART",
                    "test (default), or holdout: a part of the training pictures, for choosing"
                            + " settings without use of the test pictures");
    static final Option REFERENCE =
            Flags.value(
                    null,
                    "reference",
                    "FILE",
                    ".npz with mu and sigma to take the Fréchet distance to; without --data it is"
                            + " all that is compared with");
    static final Option SAVE_REFERENCE =
            Flags.value(
                    null,
                    "save-reference",
                    "FILE",
                    "write mu and sigma of the reference pictures as .npz");
    static final Option CLASSIFIER =
            Flags.value(
                    null,
                    "classifier",
                    "DIR",
                    "classifier whose features are compared and whose classes are counted, made"
                            + " by train-classifier; default "
                            + DEFAULT_CLASSIFIER);
    static final Option FORMER_CLASSIFIER =
            Flags.value(null, "judge", "DIR", "the former name of --classifier");
    static final Option PROMPTS =
            Flags.value(
                    null,
                    "prompts",
                    "FILE",
                    "prompts for a text model, used cyclically: of a .jsonl file, such as the"
                            + " metadata.jsonl of captioned pictures, the field \"text\" of each line,"
                            + " and the other fields as attributes; of another file each line");
    static final Option ATTRIBUTE =
            Flags.value(
                    null,
                    "attribute",
                    "NAME=DIR",
                    "how often the classifier in DIR (train-classifier --attribute NAME) sees the"
                            + " attribute of the prompt, beside how often it does on the real"
                            + " pictures; may be given several times");
    static final Option COUNT =
            Flags.value(
                    "n",
                    "count",
                    "N",
                    "samples a seed, at least "
                            + Evaluation.FEWEST_SAMPLES
                            + "; default "
                            + DEFAULT_SAMPLES
                            + ", or one for each prompt");
    static final Option SEEDS =
            Flags.value(
                    null,
                    "seeds",
                    "A,B,...",
                    "sampling seeds; picture i of seed s has the seed s · 2^32 + i; default "
                            + DEFAULT_SEEDS);
    static final Option GUIDANCE =
            SamplingOptions.guidance("guidance scale; default: the checkpoint's");
    static final Option CLASSES =
            Flags.value(
                    null,
                    "classes",
                    "HOW",
                    "data (default): sample classes as often as the training pictures have them;"
                            + " equal: all equally often");
    static final Option LABELS =
            DataOptions.labels(
                    "names of the classes of IDX files and of arr_1, in their order; default: those"
                            + " beside the files, else the model's, or the numbers");
    static final Option SWEEP =
            Flags.value(
                    null,
                    "guidance-sweep",
                    "S,T,...",
                    "evaluate several guidance scales, always against held-out training pictures");
    static final Option OVER_TRAINING =
            Flags.flag(null, "over-training", "evaluate every checkpoint of the run folder -m");
    static final Option LIKELIHOOD =
            Flags.value(
                    null,
                    "likelihood",
                    "N",
                    "also the bits per dimension of N test pictures, by the steps of --steps");
    static final Option JSON =
            Flags.flag(null, "json", "write the figures as JSON instead of a table");
    static final Option HTML =
            Flags.value(
                    null,
                    "html",
                    "FILE",
                    "also write a page with samples, neighbours and curves, all in one file");
    static final Option CACHE =
            Flags.value(
                    null,
                    "cache",
                    "DIR",
                    "where samples and features are stored, so that a run that was stopped resumes;"
                            + " default: .zigma/evaluation beside DJL's cache folder");
    static final Option BATCH = SamplingOptions.batchOf(DEFAULT_BATCH);

    /** What says how a model is sampled, and for what: it means nothing without one. */
    static final List<Option> OF_SAMPLED =
            List.of(
                    OVER_TRAINING,
                    SEEDS,
                    PROMPTS,
                    PromptOptions.TEXT_ENCODER,
                    ATTRIBUTE,
                    CLASSES,
                    SamplingOptions.SAMPLER,
                    SamplingOptions.STEPS,
                    SamplingOptions.SAMPLER_OPTION,
                    GUIDANCE,
                    SamplingOptions.INTERVAL,
                    SamplingOptions.CHANNELS,
                    SWEEP,
                    LIKELIHOOD,
                    BATCH);

    private EvaluationFlags() {}

    /**
     * Returns the options that mean nothing where a codec alone is evaluated.
     *
     * @return those that do not go with {@code --codec} without {@code -m}
     */
    public static List<Option> otherSubjects() {
        List<Option> others = new ArrayList<>(OF_SAMPLED);
        others.addAll(List.of(SAMPLES, TEST_DATA, SPLIT, REFERENCE, SAVE_REFERENCE, HTML));
        return others;
    }

    /**
     * Returns the option that names another network's features.
     *
     * @return {@code --features}
     */
    public static Option features() {
        return FeaturesOption.FEATURES;
    }

    /**
     * Returns all options of the command.
     *
     * @return in the order of its help
     */
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
                        SWEEP,
                        SamplePrecision.PRECISION),
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
}

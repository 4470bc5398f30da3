package io.zigma.cli.option;

import io.zigma.base.Settings;
import io.zigma.checkpoint.CheckpointConfig.SamplingDefaults;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.condition.InvalidRequestException;
import io.zigma.diffusion.GuidanceStrength;
import io.zigma.pipeline.GuidanceChoice.Interval;
import io.zigma.pipeline.SamplerChoice;
import io.zigma.sampler.Sampler;
import io.zigma.sampler.SamplerSpec;
import io.zigma.sampler.Samplers;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.cli.Option;

/** The options that say how pictures come out of the noise, and how many at once. */
public final class SamplingOptions {

    public static final Option SAMPLER =
            Flags.value(
                    null,
                    "sampler",
                    "NAME",
                    String.join(", ", Samplers.KINDS.names())
                            + "; default: the checkpoint's (zigma help samplers)");
    public static final Option SAMPLER_OPTION =
            Flags.value(
                    null,
                    "sampler-option",
                    "NAME=VALUE",
                    "one of the sampler's own options, such as eta=0.5; may be given several times"
                            + " (zigma help samplers lists all)");
    public static final Option STEPS =
            Flags.value(
                    null, "steps", "N", "steps from noise to picture; default: the checkpoint's");
    public static final Option GUIDANCE =
            guidance(
                    "guidance scale of the class or text: 1 is no guidance, more is clearer and less"
                            + " varied; default: the checkpoint's");

    public static final Option INTERVAL =
            Flags.value(
                    null,
                    "cfg-interval",
                    "FROM,TO",
                    "when to guide: times between 0 (noise) and 1 (picture), no guidance at"
                            + " others; default: the checkpoint's");

    public static final Option CHANNELS =
            Flags.value(
                    null,
                    "cfg-channels",
                    "N",
                    "guide the first N channels only, 0 for all; official DiT and SiT guide 3 of"
                            + " their latents' 4; default: the checkpoint's");

    private static final int LARGEST_BATCH = 4096;

    private final Arguments arguments;

    public SamplingOptions(Arguments arguments) {
        this.arguments = arguments;
    }

    /** Makes the option that {@link #guidance(double)} reads, for another command. */
    static Option guidance(String meaning) {
        return Flags.value(null, "cfg-scale", "S", meaning);
    }

    /** Makes the option that {@link #batch} reads. */
    public static Option batchOf(int defaults) {
        return Flags.value(
                null,
                "batch",
                "N",
                "pictures computed at once, a matter of speed and memory; default " + defaults);
    }

    /**
     * Refuses what is wrong for any checkpoint.
     *
     * @throws UsageException if a value cannot be meant
     */
    public void check() {
        arguments.choice(SAMPLER, Samplers.KINDS.names(), SamplingDefaults.PLAIN.sampler());
        arguments.integer(STEPS, 1, SamplingDefaults.PLAIN.steps());
        split();
        guidance(GuidanceStrength.NONE);
    }

    /**
     * Returns the sampler that was asked for, or as far as none was, the checkpoint's. One that is
     * named has standard values but for the options that are given.
     *
     * @param recommended what the checkpoint recommends
     * @return the sampler
     * @throws UsageException if it has no such option
     */
    public Sampler sampler(SamplingDefaults recommended) {
        return spec(recommended, STEPS).create();
    }

    /**
     * Returns the sampler as it is named in files.
     *
     * @param recommended what holds where nothing is given
     * @param steps the option that says how many
     * @return the sampler's name, steps and options
     * @throws UsageException if it has no such option
     */
    SamplerSpec spec(SamplingDefaults recommended, Option steps) {
        String name =
                arguments.has(SAMPLER)
                        ? arguments.choice(SAMPLER, Samplers.KINDS.names(), recommended.sampler())
                        : recommended.sampler();
        Map<String, String> options = new LinkedHashMap<>();
        if (!arguments.has(SAMPLER)) {
            options.putAll(recommended.options());
        }
        Map<String, String> given = split();
        options.putAll(given);
        int count = arguments.integer(steps, 1, recommended.steps());
        if (given.isEmpty()) {
            return new SamplerSpec(name, count, options);
        }
        try {
            return new SamplerSpec(name, count, options);
        } catch (IllegalArgumentException e) {
            throw new UsageException(
                    "%s: %s".formatted(Arguments.spelling(SAMPLER_OPTION), e.getMessage()));
        }
    }

    /**
     * Returns the sampler as far as it was asked for; the rest is left to a checkpoint.
     *
     * @return its name, steps and options
     * @throws UsageException if a value cannot be meant
     */
    public SamplerChoice.Named choice() {
        return new SamplerChoice.Named(
                arguments.text(SAMPLER).orElse(null),
                arguments.has(STEPS)
                        ? arguments.integer(STEPS, 1, SamplingDefaults.PLAIN.steps())
                        : null,
                split());
    }

    private Map<String, String> split() {
        try {
            return Settings.split(arguments.texts(SAMPLER_OPTION));
        } catch (IllegalArgumentException e) {
            throw new UsageException(
                    "%s: %s".formatted(Arguments.spelling(SAMPLER_OPTION), e.getMessage()));
        }
    }

    /** Returns scale and interval of the guidance. */
    public GuidanceStrength guidance(GuidanceStrength defaults) {
        double scale = arguments.number(GUIDANCE, 0, GuidanceStrength.LARGEST, defaults.scale());
        return applied(defaults.withScale(scale));
    }

    /**
     * Returns the same scale in the interval of times and in the channels that were asked for.
     *
     * @throws UsageException if it is none
     */
    GuidanceStrength applied(GuidanceStrength recommended) {
        GuidanceStrength guidance =
                recommended.withChannels(arguments.integer(CHANNELS, 0, recommended.channels()));
        Optional<String> given = arguments.text(INTERVAL);
        if (given.isEmpty()) {
            return guidance;
        }
        try {
            Interval interval = Interval.parse(given.get());
            return guidance.withInterval(interval.from(), interval.to());
        } catch (InvalidRequestException e) {
            throw new UsageException("--cfg-interval takes " + e.getMessage());
        }
    }

    /**
     * Returns scale and interval of the guidance of a model. * * @throws UsageException if it
     * cannot be guided
     */
    public GuidanceStrength guidance(CheckpointFolder checkpoint) {
        GuidanceStrength guidance = guidance(checkpoint.config().sampling().guidance());
        requireGuidable(checkpoint, guidance);
        return guidance;
    }

    /**
     * Refuses to guide a model that cannot be guided.
     *
     * @throws UsageException if it is to be guided all the same
     */
    public static void requireGuidable(CheckpointFolder checkpoint, GuidanceStrength guidance) {
        if (guidance.guides() && !checkpoint.config().model().conditioning().guidable()) {
            throw new UsageException(
                    "%s cannot be guided (it was trained without a null class); leave out --cfg-scale, or give 1"
                            .formatted(checkpoint.path()));
        }
    }

    /**
     * Returns a checkpoint's sampling defaults with the options applied.
     *
     * @throws UsageException if the model cannot be guided
     */
    public SamplingDefaults recommended(CheckpointFolder checkpoint) {
        return new SamplingDefaults(
                spec(checkpoint.config().sampling(), STEPS), guidance(checkpoint));
    }

    /** Returns how many pictures to compute at once. */
    public int batch(int defaults) {
        return arguments.integer(batchOf(defaults), 1, LARGEST_BATCH, defaults);
    }
}

package io.zigma.cli;

import io.zigma.checkpoint.CheckpointConfig.SamplingDefaults;
import io.zigma.sampler.Sampler;
import org.apache.commons.cli.Option;

/** The options that say how pictures come out of the noise, and how many at once. */
final class SamplingOptions {

    /** The largest scale that can be meant. */
    static final double LARGEST_GUIDANCE = 100;

    static final Option SAMPLER =
            Flags.value(
                    null,
                    "sampler",
                    "NAME",
                    String.join(", ", Sampler.names()) + "; default: the checkpoint's");
    static final Option STEPS =
            Flags.value(
                    null, "steps", "N", "steps from noise to picture; default: the checkpoint's");
    static final Option GUIDANCE =
            guidance(
                    "how hard to follow the class or text: 1 as learnt, more is clearer and less"
                            + " varied; default: the checkpoint's");

    private static final int LARGEST_BATCH = 4096;

    private final Arguments arguments;

    SamplingOptions(Arguments arguments) {
        this.arguments = arguments;
    }

    /** Makes the option that {@link #guidance(double)} reads, for another command. */
    static Option guidance(String meaning) {
        return Flags.value(null, "cfg-scale", "S", meaning);
    }

    /** Makes the option that {@link #batch} reads. */
    static Option batchOf(int usual) {
        return Flags.value(
                null,
                "batch",
                "N",
                "pictures computed at once, a matter of speed and memory; default " + usual);
    }

    /**
     * Refuses what is wrong whatever the checkpoint says.
     *
     * @throws UsageException if a value cannot be meant
     */
    void check() {
        arguments.choice(SAMPLER, Sampler.names(), SamplingDefaults.PLAIN.sampler());
        arguments.integer(STEPS, 1, SamplingDefaults.PLAIN.steps());
        guidance(1);
    }

    /** Returns the sampler that was asked for, or as far as none was, the checkpoint's. */
    Sampler sampler(SamplingDefaults usual) {
        return Sampler.parse(
                arguments.text(SAMPLER).orElse(usual.sampler()),
                arguments.integer(STEPS, 1, usual.steps()));
    }

    /** Returns how hard to follow what the model is told. */
    double guidance(double usual) {
        return arguments.number(GUIDANCE, 0, LARGEST_GUIDANCE, usual);
    }

    /** Returns how many pictures to compute at once. */
    int batch(int usual) {
        return arguments.integer(batchOf(usual), 1, LARGEST_BATCH, usual);
    }
}

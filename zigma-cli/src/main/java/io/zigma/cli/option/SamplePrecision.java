package io.zigma.cli.option;

import io.zigma.op.Precision;
import java.util.Arrays;
import org.apache.commons.cli.Option;

/** The option that says in what precision samples, or latents of pictures, are computed. */
public final class SamplePrecision {

    public static final Option PRECISION =
            Flags.value(
                    null,
                    "precision",
                    "NAME",
                    "f32 (default), or bf16: large matrix products and convolutions in bfloat16,"
                            + " faster on processors that have it, with almost the same result");

    private SamplePrecision() {}

    /**
     * Returns the precision that was asked for.
     *
     * @throws UsageException if there is none of that name, or the device has not got it
     */
    public static Precision of(Arguments arguments, ComputeOptions compute) {
        Precision precision = named(arguments, PRECISION, Precision.FLOAT32);
        try {
            precision.require(compute.device());
        } catch (IllegalArgumentException e) {
            throw new UsageException(
                    "%s: %s".formatted(Arguments.spelling(PRECISION), e.getMessage()));
        }
        return precision;
    }

    /** Returns the precision that an option names, without asking whether the device has it. */
    static Precision named(Arguments arguments, Option option, Precision fallback) {
        return Precision.parse(
                arguments.choice(
                        option,
                        Arrays.stream(Precision.values()).map(Precision::label).toList(),
                        fallback.label()));
    }
}

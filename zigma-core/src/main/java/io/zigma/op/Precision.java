package io.zigma.op;

import ai.djl.Device;
import java.util.Arrays;
import java.util.stream.Collectors;

/** What the factors of large matrix products are rounded to while sampling. */
public enum Precision {
    /** Not at all: everything is float32. */
    FLOAT32("f32"),

    /**
     * Eight bits of mantissa: about twice as fast on processors that multiply in it. Sums, and all
     * operations beside the products, stay float32.
     */
    BFLOAT16("bf16");

    private final String label;

    Precision(String label) {
        this.label = label;
    }

    /**
     * Returns the short name.
     *
     * @return {@code f32} or {@code bf16}
     */
    public String label() {
        return label;
    }

    /**
     * Finds a precision by its short name.
     *
     * @param label {@code f32} or {@code bf16}
     * @return the precision
     * @throws IllegalArgumentException for another name; the message lists the right ones
     */
    public static Precision parse(String label) {
        for (Precision precision : values()) {
            if (precision.label.equals(label)) {
                return precision;
            }
        }
        throw new IllegalArgumentException(
                "there is no precision '%s', only %s"
                        .formatted(
                                label,
                                Arrays.stream(values())
                                        .map(Precision::label)
                                        .collect(Collectors.joining(", "))));
    }

    /**
     * Refuses what a device cannot do or was never tried on.
     *
     * @param device where the products will be taken
     * @throws IllegalArgumentException if this is bfloat16 and the device is not a processor that
     *     multiplies in it
     */
    public void require(Device device) {
        require(device, Processor.own());
    }

    /**
     * Returns whether a device can do this.
     *
     * @param device where the products would be taken
     * @return false where {@link #require} would refuse
     */
    public boolean isAvailable(Device device) {
        return this == FLOAT32
                || device.equals(Device.cpu()) && multipliesInBfloat16(Processor.own());
    }

    private static boolean multipliesInBfloat16(Processor processor) {
        return processor.has("avx512_bf16") || processor.has("amx_bf16");
    }

    void require(Device device, Processor processor) {
        if (this == FLOAT32) {
            return;
        }
        if (!device.equals(Device.cpu())) {
            throw new IllegalArgumentException(
                    "bf16 is for processors and was not tried on %s; use f32".formatted(device));
        }
        if (!multipliesInBfloat16(processor)) {
            throw new IllegalArgumentException(
                    "bf16 needs a processor with AVX-512 BF16 or AMX, which %s does not say it has; use f32"
                            .formatted(processor.identity()));
        }
    }
}

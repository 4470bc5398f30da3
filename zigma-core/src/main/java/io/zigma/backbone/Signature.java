package io.zigma.backbone;

import io.zigma.base.SampleShape;
import io.zigma.condition.Conditioning;

/**
 * Inputs and outputs of a backbone, independent of its architecture.
 *
 * @param sample the size of the samples
 * @param outputChannels channels of the output; those of the samples, or twice as many where the
 *     variance of the reverse process is learned too (Nichol and Dhariwal 2021)
 * @param conditioning what it is conditioned on
 * @param timeScale what times are multiplied by before they are embedded: 1000 for the times 0 … 1
 *     of ZigMa's interpolants, 1 for SiT's, and 1 for the steps 0 … T − 1 of DDPM
 */
public record Signature(
        SampleShape sample, int outputChannels, Conditioning conditioning, double timeScale) {

    /** Times 0 … 1 become 0 … 1000, as in the official ZigMa. */
    public static final double THOUSAND = 1000;

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if the output has other channels, or the scale is no
     *     positive number
     */
    public Signature {
        if (outputChannels != sample.channels() && outputChannels != 2L * sample.channels()) {
            throw new IllegalArgumentException(
                    "the number of output channels is %s, samples of %s channels need as many, or twice as many with a learned variance"
                            .formatted(outputChannels, sample.channels()));
        }
        if (!(timeScale > 0) || Double.isInfinite(timeScale)) {
            throw new IllegalArgumentException(
                    "the scale of times is %s, use a positive number".formatted(timeScale));
        }
    }

    /**
     * Describes a backbone whose output has the samples' channels and whose times are 0 … 1.
     *
     * @param sample the size of the samples
     * @param conditioning what it is conditioned on
     * @return the signature
     */
    public static Signature of(SampleShape sample, Conditioning conditioning) {
        return new Signature(sample, sample.channels(), conditioning, THOUSAND);
    }

    /**
     * Returns the same for another conditioning.
     *
     * @param changed what it is conditioned on
     * @return a changed copy
     */
    public Signature withConditioning(Conditioning changed) {
        return new Signature(sample, outputChannels, changed, timeScale);
    }
}

package io.zigma.op.cpu;

/**
 * The sizes of a depthwise causal convolution.
 *
 * @param batch sequences, at least 1
 * @param length tokens of a sequence, at least 1
 * @param channels E, at least 1
 * @param taps K, the width of the kernel, at least 1
 */
public record ConvolutionShape(int batch, int length, int channels, int taps) {

    /**
     * Checks that no size is empty.
     *
     * @throws IllegalArgumentException if a size is not positive
     */
    public ConvolutionShape {
        if (batch < 1 || length < 1 || channels < 1 || taps < 1) {
            throw new IllegalArgumentException(
                    "a convolution needs at least one sequence, token, channel and tap, not %s, %s, %s, %s"
                            .formatted(batch, length, channels, taps));
        }
    }

    int chunks() {
        return (length + ConvolutionTile.STEPS - 1) / ConvolutionTile.STEPS;
    }

    int tiles() {
        return (channels + ConvolutionTile.CHANNELS - 1) / ConvolutionTile.CHANNELS;
    }
}

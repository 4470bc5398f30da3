package io.zigma.op.cpu;

/**
 * The sizes of a selective scan.
 *
 * @param batch sequences, at least 1
 * @param length tokens of a sequence, at least 1
 * @param channels E, at least 1
 * @param states N, states of a channel, at least 1
 */
public record ScanShape(int batch, int length, int channels, int states) {

    /**
     * Checks that no size is empty.
     *
     * @throws IllegalArgumentException if a size is not positive
     */
    public ScanShape {
        if (batch < 1 || length < 1 || channels < 1 || states < 1) {
            throw new IllegalArgumentException(
                    "a scan needs at least one sequence, token, channel and state, not %s, %s, %s, %s"
                            .formatted(batch, length, channels, states));
        }
    }

    /**
     * Returns how many floats the forward scan saves for the backward scan.
     *
     * @return the states between chunks, all channels and sequences; 0 if there is one chunk
     */
    public long checkpointSize() {
        return (long) batch * (chunks() - 1) * states * channels;
    }

    int chunks() {
        return (length + ScanTile.STEPS - 1) / ScanTile.STEPS;
    }

    int tiles() {
        return (channels + ScanTile.CHANNELS - 1) / ScanTile.CHANNELS;
    }

    int tokenSize() {
        return batch * length * states;
    }
}

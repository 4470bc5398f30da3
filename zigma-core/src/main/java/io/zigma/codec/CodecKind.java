package io.zigma.codec;

import io.zigma.io.CheckpointException;
import io.zigma.io.Fields;
import java.util.Optional;

/**
 * A codec in the registry: its name in {@code config.json}, and what it needs. One without weights
 * is there always; one with weights is a folder, which models name by its hash.
 */
public interface CodecKind {

    /**
     * Returns the name in {@code config.json}.
     *
     * @return in lower case
     */
    String name();

    /**
     * Returns the codec if it needs no weights.
     *
     * @return a codec that the caller closes, or nothing for one with weights
     */
    default Optional<SampleCodec> withoutWeights() {
        return Optional.empty();
    }

    /**
     * Reads the shape of a codec with weights.
     *
     * @param json what {@link CodecSpec#json} wrote
     * @return the shape
     * @throws CheckpointException if a field is missing, unknown or wrong, or the codec has none
     */
    default CodecSpec read(Fields json) throws CheckpointException {
        throw new CheckpointException(
                "%s: the codec %s has no weights and needs no folder"
                        .formatted(json.file(), name()));
    }
}

package io.zigma.train.config;

import io.zigma.checkpoint.CheckpointFolder;
import java.util.List;

/**
 * Which weights a run starts from, and which of them stay as they are.
 *
 * @param checkpoint name of the checkpoint whose weights they are, empty for random weights
 * @param weightsHash SHA-256 of that checkpoint's weights, empty for random weights
 * @param frozen beginnings of names of weights that are not trained, such as {@code x_embedder} or
 *     {@code blocks.0.}; names are those of the official state_dict, as {@code namedParameters} has
 *     them
 */
public record Origin(String checkpoint, String weightsHash, List<String> frozen) {

    /** All weights random, and all trained. */
    public static final Origin RANDOM = new Origin("", "", List.of());

    /**
     * Checks the names.
     *
     * @throws IllegalArgumentException if one is empty, which would freeze everything
     */
    public Origin {
        frozen = List.copyOf(frozen);
        if (frozen.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException(
                    "weights are frozen by the beginnings of their names, an empty one is none");
        }
    }

    /**
     * Returns a checkpoint's weights, all of them to be trained.
     *
     * @param checkpoint an opened folder
     * @return the origin of a run that starts from it
     */
    public static Origin of(CheckpointFolder checkpoint) {
        return new Origin(
                String.valueOf(checkpoint.path().toAbsolutePath().normalize().getFileName()),
                checkpoint.weightsHash(),
                List.of());
    }

    /**
     * Returns the same with other weights frozen.
     *
     * @param changed beginnings of names
     * @return a changed copy
     */
    public Origin withFrozen(List<String> changed) {
        return new Origin(checkpoint, weightsHash, changed);
    }

    /**
     * Returns whether the weights are those of a checkpoint.
     *
     * @return false if they are random
     */
    public boolean isCheckpoint() {
        return !weightsHash.isEmpty();
    }
}

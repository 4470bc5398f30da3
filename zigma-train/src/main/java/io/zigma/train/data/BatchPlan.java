package io.zigma.train.data;

/**
 * How pictures are put into batches.
 *
 * @param batchSize pictures a batch
 * @param seed decides order and mirroring
 * @param flips true to mirror every other picture at random
 */
public record BatchPlan(int batchSize, long seed, boolean flips) {

    /**
     * Checks the size.
     *
     * @throws IllegalArgumentException if a batch would be empty
     */
    public BatchPlan {
        if (batchSize < 1) {
            throw new IllegalArgumentException(
                    "a batch needs at least one picture, not " + batchSize);
        }
    }
}

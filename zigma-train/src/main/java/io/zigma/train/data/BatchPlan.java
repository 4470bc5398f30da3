package io.zigma.train.data;

/**
 * How pictures are put into batches.
 *
 * @param batchSize pictures a batch
 * @param seed decides order and mirroring
 * @param flips true to mirror every other picture at random
 * @param shuffleBuffer 0 to draw each epoch from all pictures; else shards follow each other in
 *     random order, and so many pictures that follow each other are shuffled
 */
public record BatchPlan(int batchSize, long seed, boolean flips, int shuffleBuffer) {

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if a batch would be empty, or the buffer is negative
     */
    public BatchPlan {
        if (batchSize < 1) {
            throw new IllegalArgumentException(
                    "a batch needs at least one picture, not " + batchSize);
        }
        if (shuffleBuffer < 0) {
            throw new IllegalArgumentException(
                    "a shuffle buffer has 0 pictures or more, not " + shuffleBuffer);
        }
    }

    /**
     * Plans batches from all pictures of the data set.
     *
     * @param batchSize pictures a batch
     * @param seed decides order and mirroring
     * @param flips true to mirror every other picture at random
     * @throws IllegalArgumentException if a batch would be empty
     */
    public BatchPlan(int batchSize, long seed, boolean flips) {
        this(batchSize, seed, flips, 0);
    }
}

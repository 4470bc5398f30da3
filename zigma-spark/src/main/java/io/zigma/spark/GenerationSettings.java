package io.zigma.spark;

import io.zigma.op.Precision;
import java.io.Serializable;

/**
 * How pictures are made, the same for all of them.
 *
 * @param shardSize rows of a shard, at least 1: a shard is a task, and a file where shards are
 *     written
 * @param batchSize pictures computed at once, at least 1; a matter of speed and memory
 * @param threads of the engine of each executor, at least 1
 * @param precision what large matrix products are taken in
 * @param metadata whether PNG files contain their recipe
 */
public record GenerationSettings(
        int shardSize, int batchSize, int threads, Precision precision, boolean metadata)
        implements Serializable {

    private static final long serialVersionUID = 1;

    /** What {@code zigma generate} does, in shards of 1,000 on one thread. */
    public static final GenerationSettings STANDARD =
            new GenerationSettings(1000, 16, 1, Precision.FLOAT32, true);

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if one is less than 1
     */
    public GenerationSettings {
        if (shardSize < 1 || batchSize < 1 || threads < 1) {
            throw new IllegalArgumentException(
                    "shards of %s rows in batches of %s on %s threads; each must be 1 or more"
                            .formatted(shardSize, batchSize, threads));
        }
    }

    /**
     * Returns the same with shards of another size.
     *
     * @param changed rows of a shard, at least 1
     * @return a changed copy
     */
    public GenerationSettings withShardSize(int changed) {
        return new GenerationSettings(changed, batchSize, threads, precision, metadata);
    }

    /**
     * Returns the same with other threads.
     *
     * @param changed threads of the engine of each executor, at least 1
     * @return a changed copy
     */
    public GenerationSettings withThreads(int changed) {
        return new GenerationSettings(shardSize, batchSize, changed, precision, metadata);
    }
}

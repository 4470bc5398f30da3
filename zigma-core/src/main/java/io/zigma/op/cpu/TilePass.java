package io.zigma.op.cpu;

/**
 * One loop over the steps of a tile's chunk.
 *
 * <p>A kernel runs its passes from a list, so that the call has many targets and the compiler makes
 * each pass a compilation of its own. Were they inlined into one another, they would grow beyond
 * the size at which it stops inlining the vector operations themselves, whose results would then be
 * boxed: some thirty times slower.
 */
@FunctionalInterface
interface TilePass {

    /**
     * Runs over a chunk.
     *
     * @param tile what it reads and writes
     * @param steps how many steps the chunk has, 1 … {@link ScanTile#STEPS}
     */
    void run(ScanTile tile, int steps);
}

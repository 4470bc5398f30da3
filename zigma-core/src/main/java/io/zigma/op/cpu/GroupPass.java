package io.zigma.op.cpu;

/** One loop over the pixels of a tile; separate for the reason that {@link TilePass} gives. */
@FunctionalInterface
interface GroupPass {

    /**
     * Runs over a tile.
     *
     * @param tile what it reads and writes
     * @param count how many pixels it holds, 1 … {@link GroupNormTile#PIXELS}
     */
    void run(GroupNormTile tile, int count);
}

package io.zigma.op.cpu;

/** One loop over the rows of a tile; separate for the reason that {@link TilePass} gives. */
@FunctionalInterface
interface RowPass {

    /**
     * Runs over a tile.
     *
     * @param tile what it reads and writes
     * @param rows how many rows it holds, 1 … {@link NormTile#ROWS}
     */
    void run(NormTile tile, int rows);
}

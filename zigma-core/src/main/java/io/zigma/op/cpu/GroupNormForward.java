package io.zigma.op.cpu;

import java.nio.FloatBuffer;
import java.util.List;

/**
 * Group norm, alone or followed by SiLU: each group is read once for its mean and variance and once
 * more to write the result. Sums of a tile are in float32 and those of the tiles in float64, so
 * that the mean of half a million pixels is as good as that of a few.
 */
public final class GroupNormForward {

    private static final List<GroupPass> STATISTICS =
            List.of(GroupNormTile::sum, GroupNormTile::squares);
    private static final List<GroupPass> PLAIN =
            List.of(GroupNormTile::normalise, GroupNormTile::transform);
    private static final List<GroupPass> SILU =
            List.of(GroupNormTile::normalise, GroupNormTile::transformSilu);

    private final GroupNormShape shape;
    private final GroupNormArrays in;
    private final FloatBuffer y;
    private final float[] statistics;

    private GroupNormForward(
            GroupNormShape shape, GroupNormArrays in, FloatBuffer y, float[] statistics) {
        this.shape = shape;
        this.in = in;
        this.y = y;
        this.statistics = statistics;
    }

    /**
     * Normalises all pictures.
     *
     * @param shape sizes and kind
     * @param in operands
     * @param y receives the result (B, C, H, W)
     * @param threads how many threads may work; the result does not depend on it
     * @return mean and 1 / √(variance + ε) of each group of each picture, for the backward pass
     */
    public static float[] run(
            GroupNormShape shape, GroupNormArrays in, FloatBuffer y, int threads) {
        GroupNormForward norm = new GroupNormForward(shape, in, y, new float[2 * shape.tasks()]);
        Workers.run(shape.tasks(), threads, norm::group);
        return norm.statistics;
    }

    private void group(int task) {
        GroupNormTile tile = GroupNormTile.get();
        measure(tile, task);
        List<GroupPass> passes = shape.silu() ? SILU : PLAIN;
        for (int channel = 0; channel < shape.width(); channel++) {
            int parameter = shape.parameter(task) + channel;
            tile.weight = in.weight().get(parameter);
            tile.bias = in.bias().get(parameter);
            int first = (task * shape.width() + channel) * shape.pixels();
            for (int done = 0; done < shape.pixels(); done += GroupNormTile.PIXELS) {
                int count = Math.min(GroupNormTile.PIXELS, shape.pixels() - done);
                GroupNormTile.load(in.x(), first + done, tile.x, count);
                for (GroupPass pass : passes) {
                    pass.run(tile, count);
                }
                y.put(first + done, tile.x, 0, count);
            }
        }
    }

    /** Joins means and squares of the tiles (Chan, Golub and LeVeque 1983, equation 2.1). */
    private void measure(GroupNormTile tile, int task) {
        int size = shape.width() * shape.pixels();
        int first = task * size;
        double mean = 0;
        double squares = 0;
        for (int done = 0; done < size; done += GroupNormTile.PIXELS) {
            int count = Math.min(GroupNormTile.PIXELS, size - done);
            GroupNormTile.load(in.x(), first + done, tile.x, count);
            for (GroupPass pass : STATISTICS) {
                pass.run(tile, count);
            }
            double difference = (double) tile.sum / count - mean;
            int all = done + count;
            mean += difference * count / all;
            squares += tile.squares + difference * difference * done / all * count;
        }
        tile.mean = (float) mean;
        tile.inverse = (float) (1 / Math.sqrt(squares / size + shape.epsilon()));
        statistics[2 * task] = tile.mean;
        statistics[2 * task + 1] = tile.inverse;
    }
}

package io.zigma.op.cpu;

import java.nio.FloatBuffer;
import java.util.List;

/**
 * Gradients of the group norm, alone or followed by SiLU, with respect to its operands.
 *
 * <p>With x̂ the normalised x and g the gradient of x̂·weight + bias, that of x is (weight·g −
 * mean(weight·g) − x̂·mean(weight·g·x̂)) / √(variance + ε), the means being those of the group. x̂
 * is recomputed.
 */
public final class GroupNormBackward {

    private static final List<GroupPass> PLAIN =
            List.of(GroupNormTile::normalise, GroupNormTile::sumGradients);
    private static final List<GroupPass> SILU =
            List.of(
                    GroupNormTile::normalise,
                    GroupNormTile::throughSilu,
                    GroupNormTile::sumGradients);
    private static final List<GroupPass> NORM =
            List.of(GroupNormTile::normalise, GroupNormTile::throughNorm);

    private final GroupNormShape shape;
    private final GroupNormArrays in;
    private final float[] statistics;
    private final FloatBuffer gradient;
    private final GroupNormArrays out;
    private final float[] weights; // (B, C)
    private final float[] biases; // (B, C)

    private GroupNormBackward(
            GroupNormShape shape,
            GroupNormArrays in,
            float[] statistics,
            FloatBuffer gradient,
            GroupNormArrays out) {
        this.shape = shape;
        this.in = in;
        this.statistics = statistics;
        this.gradient = gradient;
        this.out = out;
        weights = new float[shape.batch() * shape.channels()];
        biases = new float[shape.batch() * shape.channels()];
    }

    /**
     * Computes all gradients.
     *
     * @param shape sizes and kind
     * @param in operands of the forward pass
     * @param statistics what it returned
     * @param gradient of the result (B, C, H, W)
     * @param out receives the gradients
     * @param threads how many threads may work; the result does not depend on it
     */
    public static void run(
            GroupNormShape shape,
            GroupNormArrays in,
            float[] statistics,
            FloatBuffer gradient,
            GroupNormArrays out,
            int threads) {
        GroupNormBackward norm = new GroupNormBackward(shape, in, statistics, gradient, out);
        Workers.run(shape.tasks(), threads, norm::group);
        norm.put(norm.weights, out.weight());
        norm.put(norm.biases, out.bias());
    }

    private void group(int task) {
        GroupNormTile tile = GroupNormTile.get();
        tile.mean = statistics[2 * task];
        tile.inverse = statistics[2 * task + 1];
        double gradients = 0;
        double products = 0;
        for (int channel = 0; channel < shape.width(); channel++) {
            int at = task * shape.width() + channel;
            sumChannel(tile, task, channel);
            gradients += (double) tile.weight * biases[at];
            products += (double) tile.weight * weights[at];
        }
        long size = (long) shape.width() * shape.pixels();
        tile.meanGradient = (float) (gradients / size);
        tile.meanProduct = (float) (products / size);
        for (int channel = 0; channel < shape.width(); channel++) {
            tile.weight = in.weight().get(shape.parameter(task) + channel);
            int first = (task * shape.width() + channel) * shape.pixels();
            for (int done = 0; done < shape.pixels(); done += GroupNormTile.PIXELS) {
                int count = Math.min(GroupNormTile.PIXELS, shape.pixels() - done);
                GroupNormTile.load(in.x(), first + done, tile.x, count);
                GroupNormTile.load(out.x(), first + done, tile.gradient, count);
                for (GroupPass pass : NORM) {
                    pass.run(tile, count);
                }
                out.x().put(first + done, tile.gradient, 0, count);
            }
        }
    }

    /** Takes a channel's gradient through SiLU and leaves it where that of x will be. */
    private void sumChannel(GroupNormTile tile, int task, int channel) {
        int parameter = shape.parameter(task) + channel;
        tile.weight = in.weight().get(parameter);
        tile.bias = in.bias().get(parameter);
        int at = task * shape.width() + channel;
        int first = at * shape.pixels();
        double sum = 0;
        double products = 0;
        for (int done = 0; done < shape.pixels(); done += GroupNormTile.PIXELS) {
            int count = Math.min(GroupNormTile.PIXELS, shape.pixels() - done);
            GroupNormTile.load(in.x(), first + done, tile.x, count);
            GroupNormTile.load(gradient, first + done, tile.gradient, count);
            for (GroupPass pass : shape.silu() ? SILU : PLAIN) {
                pass.run(tile, count);
            }
            sum += tile.sum;
            products += tile.products;
            out.x().put(first + done, tile.gradient, 0, count);
        }
        biases[at] = (float) sum;
        weights[at] = (float) products;
    }

    /** Writes the sums of the pictures, added in their order where they share their weights. */
    private void put(float[] sums, FloatBuffer to) {
        if (!shape.perPicture()) {
            for (int i = shape.channels(); i < sums.length; i++) {
                sums[i % shape.channels()] += sums[i];
            }
        }
        to.put(0, sums, 0, shape.perPicture() ? sums.length : shape.channels());
    }
}

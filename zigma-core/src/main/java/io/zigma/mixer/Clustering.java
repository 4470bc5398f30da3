package io.zigma.mixer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import io.zigma.base.EngineMemory;
import io.zigma.nn.OperationCount;
import io.zigma.scan.Grid;

/**
 * Context clustering (Ma et al. 2023, Image as Set of Points, section 3.2): every point of a region
 * joins the most similar of a few centres, a centre takes the mean of its points weighted by
 * similarity, and each point gets its centre's result back by the same weight.
 *
 * <p>Centres are averages over bins ⌊i·n/m⌋ … ⌈(i+1)·n/m⌉ of a side (PyTorch's adaptive pooling),
 * which overlap where m does not divide n. The choice of a centre is an arg max; no gradient flows
 * through it.
 */
final class Clustering {

    /** The smallest length that a vector is divided by, squared: 10⁻²⁴. */
    private static final double SMALLEST_SQUARE = 1e-24;

    private final Regions regions;
    private final Grid centres;
    private final float[] pooling; // (M, P)

    /**
     * Prepares clustering.
     *
     * @param regions what is clustered by itself
     * @param centres how many there are in a region, from top to bottom and from left to right
     */
    Clustering(Regions regions, Grid centres) {
        this.regions = regions;
        this.centres = centres;
        pooling = pooling(regions.region(), centres);
    }

    /**
     * Every step of the computation; G = B · heads · regions sequences of P points, M centres each.
     *
     * @param centres of the similarity features (G, M, d)
     * @param valueCentres of the values (G, M, e)
     * @param cosines between centres and points (G, M, P)
     * @param similarity sigmoid(beta + alpha · cosine) where a centre has the point, else 0 (G, M,
     *     P)
     * @param aggregates of the centres (G, M, e)
     * @param points what each gets back (G, P, e)
     */
    record Stages(
            NDArray centres,
            NDArray valueCentres,
            NDArray cosines,
            NDArray similarity,
            NDArray aggregates,
            NDArray points) {}

    /**
     * Clusters the points of a batch.
     *
     * @param features by which points are similar (B, L, heads · d)
     * @param values which they exchange (B, L, heads · e)
     * @param alpha factor of the cosine (1)
     * @param beta added to it (1)
     * @return every step
     */
    Stages stages(NDArray features, NDArray values, NDArray alpha, NDArray beta) {
        NDArray f = regions.cut(features); // (G, P, d)
        NDArray v = regions.cut(values); // (G, P, e)
        NDArray pool = pool(f);
        NDArray centre = pool.matMul(f); // (G, M, d)
        NDArray valueCentre = pool.matMul(v); // (G, M, e)
        NDArray cosines = normalised(centre).matMul(normalised(f).transpose(0, 2, 1)); // (G, M, P)
        NDArray similarity = ofOwnCentre(Activation.sigmoid(cosines.mul(alpha).add(beta)));
        NDArray aggregates =
                valueCentre
                        .add(similarity.matMul(v))
                        .div(similarity.sum(new int[] {2}, true).add(1)); // (G, M, e)
        NDArray points = similarity.transpose(0, 2, 1).matMul(aggregates); // (G, P, e)
        return new Stages(centre, valueCentre, cosines, similarity, aggregates, points);
    }

    /** Returns what the tokens get (B, L, heads · e). */
    NDArray points(Stages stages) {
        return regions.join(stages.points(), regions.region());
    }

    /** Returns the aggregates as a smaller map (B, rows · columns · M, heads · e). */
    NDArray aggregates(Stages stages) {
        return regions.join(stages.aggregates(), centres);
    }

    /** Counts the products of points with centres, d and e being one size. */
    OperationCount operations(long tokens, long channels) {
        return OperationCount.ofAttention(3 * tokens * centres.tokens() * channels);
    }

    /** Leaves each point only the largest of its similarities, the first where several are. */
    private static NDArray ofOwnCentre(NDArray similarity) {
        NDManager manager = similarity.getManager();
        long count = similarity.getShape().get(1);
        NDArray own = similarity.argMax(1).expandDims(1); // (G, 1, P)
        NDArray numbers =
                manager.arange(0, (int) count, 1, own.getDataType())
                        .toDevice(similarity.getDevice(), false)
                        .reshape(1, count, 1);
        return similarity.mul(own.eq(numbers).toType(DataType.FLOAT32, false));
    }

    private static NDArray normalised(NDArray x) {
        NDArray square = x.square().sum(new int[] {2}, true);
        return x.div(square.clip(SMALLEST_SQUARE, Float.MAX_VALUE).sqrt());
    }

    private NDArray pool(NDArray like) {
        Shape shape = new Shape(centres.tokens(), regions.region().tokens());
        return EngineMemory.copy(like.getManager(), pooling, shape)
                .toDevice(like.getDevice(), false);
    }

    /** Returns the matrix of adaptive average pooling from n to m places, in both directions. */
    private static float[] pooling(Grid points, Grid centres) {
        float[] weights = new float[centres.tokens() * points.tokens()];
        for (int centre = 0; centre < centres.tokens(); centre++) {
            int row = centre / centres.width();
            int column = centre % centres.width();
            int top = start(row, points.height(), centres.height());
            int bottom = end(row, points.height(), centres.height());
            int left = start(column, points.width(), centres.width());
            int right = end(column, points.width(), centres.width());
            float weight = (float) (1.0 / ((bottom - top) * (double) (right - left)));
            for (int y = top; y < bottom; y++) {
                for (int x = left; x < right; x++) {
                    weights[centre * points.tokens() + y * points.width() + x] = weight;
                }
            }
        }
        return weights;
    }

    private static int start(int bin, int points, int bins) {
        return Math.toIntExact((long) bin * points / bins);
    }

    private static int end(int bin, int points, int bins) {
        return Math.toIntExact(((bin + 1L) * points + bins - 1) / bins);
    }
}

package io.zigma.mixer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.zigma.nn.Dense;
import io.zigma.nn.LayerNorm;
import io.zigma.nn.OperationCount;
import io.zigma.nn.Pass;
import io.zigma.nn.UnaryBlock;
import io.zigma.op.Bfloat16;
import io.zigma.op.DenseProduct;
import io.zigma.op.GradientTape;
import io.zigma.op.Scratch;
import io.zigma.op.SelectiveScan;
import io.zigma.op.Silu;
import io.zigma.op.StateMatrix;
import io.zigma.op.TokenOrder;
import io.zigma.scan.Grid;
import io.zigma.scan.ScanPath;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Selective scan of a map in several directions at once (VMamba 2024, figure 3 and equation 4;
 * official {@code SS2D}).
 *
 * <p>The map passes a depthwise convolution once. Each direction reads it along a path of its own
 * with a state space of its own; the paths are folded into the kernels, so that all tensors stay in
 * raster order and results of all directions are summed as they are. The sum is normalised, and
 * gated only then.
 *
 * <p>With clusters (CCViM 2024; official {@code multi_selective_scan}), a direction may read the
 * clusters' result in place of the map.
 */
final class MapScan extends UnaryBlock {

    private static final double EPSILON = 1e-5;

    private final int innerSize;
    private final int stateSize;
    private final int dtRank;
    private final List<MapDirection> directions; // K

    private final Dense inProj; // D → 2E, or E without a gate
    private final boolean gated;
    private final @Nullable MapConvolution convolution;
    private final @Nullable LocalCluster clusters;
    private final Parameter xProj; // (K, R + 2N, E)
    private final Parameter dtProj; // (K, E, R)
    private final Parameter dtBias; // (K, E)
    private final Parameter aLogs; // (K·E, N), A = −exp(aLogs)
    private final Parameter ds; // D (K·E)
    private final LayerNorm outNorm;
    private final Dense outProj; // E → D

    /**
     * Creates a mixer.
     *
     * @param hiddenSize channels D of input and output
     * @param sizes inner sizes
     * @param gated whether SiLU of a second half of the projected channels multiplies the result
     * @param grid the map
     * @param directions one or more
     * @param clusters of E channels, which some of the directions read, or null
     */
    MapScan(
            int hiddenSize,
            ScanSizes sizes,
            boolean gated,
            Grid grid,
            List<MapDirection> directions,
            @Nullable LocalCluster clusters) {
        this.gated = gated;
        this.directions = List.copyOf(directions);
        innerSize = sizes.innerSize(hiddenSize);
        stateSize = sizes.states();
        dtRank = sizes.dtRank(hiddenSize);
        int count = directions.size();
        xProj =
                parameter(
                        "x_proj_weight",
                        Parameter.Type.WEIGHT,
                        count,
                        dtRank + 2L * stateSize,
                        innerSize);
        dtProj = parameter("dt_projs_weight", Parameter.Type.WEIGHT, count, innerSize, dtRank);
        dtBias = parameter("dt_projs_bias", Parameter.Type.BIAS, count, innerSize);
        aLogs = parameter("A_logs", Parameter.Type.WEIGHT, (long) count * innerSize, stateSize);
        ds = parameter("Ds", Parameter.Type.GAMMA, (long) count * innerSize);
        inProj = child("in_proj", new Dense(hiddenSize, gated ? 2 * innerSize : innerSize, false));
        convolution =
                sizes.convolves()
                        ? child(
                                "conv2d",
                                new MapConvolution(
                                        grid,
                                        innerSize,
                                        sizes.convolutionWidth(),
                                        sizes.convolutionBias()))
                        : null;
        this.clusters = clusters == null ? null : child("multi_scan.local_cluster", clusters);
        outNorm = child("out_norm", new LayerNorm(innerSize, EPSILON));
        outProj = child("out_proj", new Dense(innerSize, hiddenSize, false));
    }

    /** Mixes (B, L, D) in raster order; (B, L, D). */
    @Override
    public NDArray apply(Pass pass, NDArray x) {
        return Scratch.freed(() -> mix(pass, x));
    }

    private NDArray mix(Pass pass, NDArray x) {
        NDArray inner;
        NDArray gate = null;
        if (gated) {
            NDList halves = inProj.applyHalves(pass, x);
            inner = Bfloat16.widened(halves.get(0)); // (B, L, E)
            gate = Bfloat16.widened(halves.get(1)); // (B, L, E)
        } else {
            inner = inProj.apply(pass, x);
        }
        NDArray u = convolved(pass, inner); // (B, L, E)
        NDArray y = outNorm.apply(pass, sum(directions(pass, u))); // (B, L, E)
        return outProj.apply(pass, gate == null ? y : y.mul(Silu.apply(gate))); // (B, L, D)
    }

    /** Returns SiLU of the convolution of (B, L, E), which every direction reads (B, L, E). */
    NDArray convolved(Pass pass, NDArray inner) {
        NDArray map = convolution == null ? inner : convolution.apply(pass, inner);
        return GradientTape.accumulateAt(Silu.apply(map));
    }

    /** Returns what each direction makes of u (B, L, E), in raster order: K of (B, L, E). */
    NDList directions(Pass pass, NDArray u) {
        int count = directions.size();
        NDArray clustered =
                clusters == null ? u : GradientTape.accumulateAt(clusters.apply(pass, u));
        NDList xProjs = value(pass, xProj, u).split(count);
        NDList dtProjs = value(pass, dtProj, u).split(count);
        NDList dtBiases = value(pass, dtBias, u).split(count);
        NDList as = StateMatrix.fromLog(value(pass, aLogs, u)).split(count); // A (E, N)
        NDList skips = value(pass, ds, u).split(count); // D (E)
        NDList results = new NDList(count);
        for (int k = 0; k < count; k++) {
            MapDirection direction = directions.get(k);
            NDArray read = direction.clustered() ? clustered : u;
            NDArray dtBC = // (B, L, R + 2N)
                    DenseProduct.apply(
                            read, xProjs.get(k).reshape(dtRank + 2L * stateSize, innerSize), null);
            NDArray y =
                    SelectiveScan.apply(
                            read,
                            dtBC,
                            dtProjs.get(k).reshape(innerSize, dtRank),
                            as.get(k),
                            skips.get(k),
                            null,
                            dtBiases.get(k).reshape(innerSize),
                            direction.path());
            ScanPath rearranged = direction.rearranged();
            results.add(rearranged == null ? y : TokenOrder.gather(y, rearranged));
        }
        return results;
    }

    private static NDArray sum(NDList parts) {
        NDArray sum = parts.get(0);
        for (NDArray part : parts.subList(1, parts.size())) {
            sum = sum.add(part);
        }
        return sum;
    }

    /** Adds the projections and the recurrences, which no child counts. */
    @Override
    public OperationCount operations(long vectors) {
        long each = vectors * innerSize;
        long products = each * (dtRank + 2L * stateSize) + each * dtRank;
        long recurrence = each * (4L * stateSize + 2); // as StateSpace counts, but no gate
        return super.operations(vectors)
                .plus(OperationCount.ofMatrixProducts(directions.size() * products))
                .plus(OperationCount.ofScan(directions.size() * recurrence));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return inputShapes;
    }
}

package io.zigma.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import io.zigma.op.Scratch;
import io.zigma.scan.ScanPath;
import java.util.ArrayList;
import java.util.List;

/**
 * Mamba mixer that scans the tokens along one path or several.
 *
 * <p>Input and output are (B, L, D) in raster order. Inside, E = expand · D channels carry N states
 * each. Gu and Dao 2023, figure 3 and algorithm 2; the path is ZigMa 2024, equation 1: gather by Ω,
 * scan, scatter by Ω̄, both folded into the indexing of the convolution and the scan, so that all
 * tensors stay in raster order.
 *
 * <p>Several paths share the projections at both ends. Each has a convolution and a state space of
 * its own, is gated by itself, and their sum is what is projected (Vim 2024, algorithm 1; official
 * {@code v2}).
 */
public final class MambaMixer extends UnaryBlock {

    private final Dense inProj; // D → 2E: what is scanned, then its gate
    private final List<StateSpace> directions = new ArrayList<>();
    private final Dense outProj; // E → D

    /**
     * Creates a mixer of one path.
     *
     * @param hiddenSize channels D of input and output
     * @param config inner sizes
     * @param path the order in which tokens are visited; its length is the number of tokens L
     */
    public MambaMixer(int hiddenSize, MambaConfig config, ScanPath path) {
        this(hiddenSize, config, List.of(new Direction("", path)));
    }

    private MambaMixer(int hiddenSize, MambaConfig config, List<Direction> directions) {
        int innerSize = config.innerSize(hiddenSize);
        inProj = child("in_proj", new Dense(hiddenSize, 2 * innerSize, config.projectionBias()));
        for (Direction direction : directions) {
            this.directions.add(
                    new StateSpace(this, hiddenSize, config, direction.ending, direction.path));
        }
        outProj = child("out_proj", new Dense(innerSize, hiddenSize, config.projectionBias()));
    }

    /**
     * Creates a mixer that scans a path in both directions (official {@code v2}).
     *
     * @param hiddenSize channels D of input and output
     * @param config inner sizes
     * @param path the forward direction
     * @return a mixer of two directions
     */
    public static MambaMixer bothWays(int hiddenSize, MambaConfig config, ScanPath path) {
        return new MambaMixer(
                hiddenSize,
                config,
                List.of(new Direction("", path), new Direction("_b", path.reversed())));
    }

    /**
     * Creates a mixer that scans several paths side by side (the k-Mamba of ZigMa 2024, section
     * 3.2; official {@code parallelN}, whose names the parameters have).
     *
     * @param hiddenSize channels D of input and output
     * @param config inner sizes
     * @param paths one path or more over the same tokens
     * @return a mixer of as many directions
     */
    public static MambaMixer sideBySide(int hiddenSize, MambaConfig config, List<ScanPath> paths) {
        List<Direction> directions = new ArrayList<>();
        for (ScanPath path : paths) {
            directions.add(new Direction("_b_list." + directions.size(), path));
        }
        return new MambaMixer(hiddenSize, config, directions);
    }

    /**
     * Mixes the tokens.
     *
     * @param pass parameter values and randomness of this forward pass
     * @param x (B, L, D) in raster order
     * @return (B, L, D) in raster order
     */
    @Override
    public NDArray apply(Pass pass, NDArray x) {
        return Scratch.freed(() -> mix(pass, x));
    }

    private NDArray mix(Pass pass, NDArray x) {
        NDList halves = inProj.applyHalves(pass, x);
        NDArray u = halves.get(0); // (B, L, E)
        NDArray gate = halves.get(1); // (B, L, E)
        NDArray y = directions.get(0).apply(pass, u, gate); // (B, L, E)
        for (StateSpace direction : directions.subList(1, directions.size())) {
            y = y.add(direction.apply(pass, u, gate));
        }
        return outProj.apply(pass, y); // (B, L, D)
    }

    /** Adds the recurrences, which no child counts. */
    @Override
    public OperationCount operations(long vectors) {
        OperationCount sum = super.operations(vectors);
        for (StateSpace direction : directions) {
            sum = sum.plus(direction.recurrence(vectors));
        }
        return sum;
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return inputShapes;
    }

    /**
     * A path and how its parameters' official names end.
     *
     * @param ending empty for the first
     * @param path the order in which tokens are visited
     */
    private record Direction(String ending, ScanPath path) {}
}

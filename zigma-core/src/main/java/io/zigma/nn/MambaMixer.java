package io.zigma.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.zigma.op.CausalConvolution;
import io.zigma.op.DenseProduct;
import io.zigma.op.Scratch;
import io.zigma.op.SelectiveScan;
import io.zigma.scan.ScanPath;
import org.jspecify.annotations.Nullable;

/**
 * Single-scan Mamba mixer that visits the tokens along one scan path.
 *
 * <p>Input and output are (B, L, D) in raster order. Inside, E = expand · D channels carry N states
 * each. Gu and Dao 2023, figure 3 and algorithm 2; the path is ZigMa 2024, equation 1: gather by Ω,
 * scan, scatter by Ω̄, both folded into the indexing of the convolution and the scan, so that all
 * tensors stay in raster order.
 */
public final class MambaMixer extends UnaryBlock {

    private final ScanPath path;
    private final int innerSize;
    private final int stateSize;
    private final int timeRank;

    private final Parameter decayLog; // (E, N)
    private final Parameter skip; // (E)
    private final Dense input; // D → 2E: what is scanned, then its gate
    private final Convolution convolution; // (E, 1, K)
    private final Dense selection; // E → R + 2N
    private final Dense time; // R → E
    private final Dense output; // E → D

    /**
     * Creates a mixer.
     *
     * @param hiddenSize channels D of input and output
     * @param config sizes of the inside
     * @param path the order in which tokens are visited; its length is the number of tokens L
     */
    public MambaMixer(int hiddenSize, MambaConfig config, ScanPath path) {
        this.path = path;
        innerSize = config.innerSize(hiddenSize);
        stateSize = config.stateSize();
        timeRank = config.timeRank(hiddenSize);
        decayLog = parameter("A_log", Parameter.Type.WEIGHT, innerSize, stateSize);
        skip = parameter("D", Parameter.Type.GAMMA, innerSize);
        input = child("in_proj", new Dense(hiddenSize, 2 * innerSize, config.projectionBias()));
        convolution =
                child(
                        "conv1d",
                        new Convolution(
                                innerSize, config.convolutionWidth(), config.convolutionBias()));
        selection = child("x_proj", new Dense(innerSize, timeRank + 2 * stateSize, false));
        time = child("dt_proj", new Dense(timeRank, innerSize, true));
        output = child("out_proj", new Dense(innerSize, hiddenSize, config.projectionBias()));
    }

    /**
     * Mixes the tokens.
     *
     * @param store where the parameters' values come from
     * @param x (B, L, D) in raster order
     * @param training true in a training pass
     * @return (B, L, D) in raster order
     */
    @Override
    public NDArray apply(ParameterStore store, NDArray x, boolean training) {
        return Scratch.freed(() -> mix(store, x, training));
    }

    private NDArray mix(ParameterStore store, NDArray x, boolean training) {
        // Two products instead of one keep the halves apart, in memory and in the graph of
        // gradients.
        NDArray u = input.applyRows(store, x, 0, innerSize, training); // (B, L, E)
        NDArray gate = input.applyRows(store, x, innerSize, 2 * innerSize, training); // (B, L, E)
        u = convolution.silu(store, u, path, training); // (B, L, E)

        NDArray selected = selection.apply(store, u, training); // (B, L, R + 2N)
        NDList parts = selected.split(new long[] {timeRank, timeRank + stateSize}, 2);
        NDArray timeWeight = time.weight(store, x, training);
        NDArray delta = DenseProduct.apply(parts.get(0), timeWeight, null); // (B, L, E)
        NDArray timeBias = time.bias(store, x, training);

        NDArray decay = value(store, decayLog, x, training).exp().neg(); // (E, N), negative
        NDArray y =
                SelectiveScan.apply(
                        u,
                        delta,
                        decay,
                        parts.get(1),
                        parts.get(2),
                        value(store, skip, x, training),
                        gate,
                        timeBias,
                        path); // (B, L, E)
        return output.apply(store, y, training); // (B, L, D)
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return inputShapes;
    }

    /** Depthwise causal convolution along the path, then SiLU; it only holds the parameters. */
    private static final class Convolution extends NamedBlock {

        private final Parameter weight;
        private final @Nullable Parameter bias;

        Convolution(int channels, int width, boolean biased) {
            weight = parameter("weight", Parameter.Type.WEIGHT, channels, 1, width);
            bias = biased ? parameter("bias", Parameter.Type.BIAS, channels) : null;
        }

        NDArray silu(ParameterStore store, NDArray x, ScanPath path, boolean training) {
            return CausalConvolution.silu(
                    x,
                    value(store, weight, x, training),
                    bias == null ? null : value(store, bias, x, training),
                    path);
        }

        @Override
        protected NDList forwardInternal(
                ParameterStore store,
                NDList inputs,
                boolean training,
                PairList<String, Object> ignored) {
            NDArray x = inputs.singletonOrThrow();
            return new NDList(
                    silu(store, x, ScanPath.straight((int) x.getShape().get(1)), training));
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputShapes) {
            return inputShapes;
        }
    }
}

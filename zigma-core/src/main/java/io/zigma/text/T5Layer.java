package io.zigma.text;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.zigma.nn.Dense;
import io.zigma.nn.NamedBlock;
import io.zigma.nn.Pass;
import io.zigma.nn.RmsNorm;
import io.zigma.op.BiasedAttention;
import io.zigma.op.Scratch;
import org.jspecify.annotations.Nullable;

/**
 * A layer of T5's encoder: attention, then a network for each token, each on the normalised input
 * and added to it. As a DJL block it takes tokens (B, L, d) and bias (1, H, L, L) and returns (B,
 * L, d).
 */
final class T5Layer extends NamedBlock {

    private final HiddenActivation activation;
    private final Dense queries; // d → H·k
    private final Dense keys; // d → H·k
    private final Dense values; // d → H·k
    private final Dense output; // H·k → d
    private final RmsNorm attentionNorm;
    private final Dense up; // d → I
    private final @Nullable Dense gate; // d → I
    private final Dense down; // I → d
    private final RmsNorm networkNorm;

    /**
     * Creates a layer.
     *
     * @param config the encoder's shape
     */
    T5Layer(T5Config config) {
        int size = config.size();
        int inner = config.heads() * config.headSize();
        activation = config.activation();
        queries = child("layer.0.SelfAttention.q", new Dense(size, inner, false));
        keys = child("layer.0.SelfAttention.k", new Dense(size, inner, false));
        values = child("layer.0.SelfAttention.v", new Dense(size, inner, false));
        output = child("layer.0.SelfAttention.o", new Dense(inner, size, false));
        attentionNorm = child("layer.0.layer_norm", new RmsNorm(size, config.epsilon()));
        String network = "layer.1.DenseReluDense.";
        up =
                child(
                        network + (config.gated() ? "wi_0" : "wi"),
                        new Dense(size, config.innerSize(), false));
        gate =
                config.gated()
                        ? child(network + "wi_1", new Dense(size, config.innerSize(), false))
                        : null;
        down = child(network + "wo", new Dense(config.innerSize(), size, false));
        networkNorm = child("layer.1.layer_norm", new RmsNorm(size, config.epsilon()));
    }

    /**
     * Applies the layer.
     *
     * @param pass parameter values
     * @param x (B, L, d)
     * @param bias what each head adds to its scores (1, H, L, L)
     * @return (B, L, d)
     */
    NDArray apply(Pass pass, NDArray x, NDArray bias) {
        return Scratch.freed(
                () -> {
                    NDArray n = attentionNorm.apply(pass, x); // (B, L, d)
                    NDArray q = queries.apply(pass, n); // (B, L, H·k)
                    NDArray k = keys.apply(pass, n); // (B, L, H·k)
                    NDArray v = values.apply(pass, n); // (B, L, H·k)
                    NDArray attended = BiasedAttention.apply(q, k, v, bias); // (B, L, H·k)
                    NDArray middle = output.apply(pass, attended).add(x); // (B, L, d)
                    NDArray m = networkNorm.apply(pass, middle); // (B, L, d)
                    NDArray inner = activation.apply(up.apply(pass, m)); // (B, L, I)
                    if (gate != null) {
                        inner = inner.mul(gate.apply(pass, m));
                    }
                    return down.apply(pass, inner).add(middle);
                });
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store,
            NDList inputs,
            boolean training,
            PairList<String, Object> ignored) {
        return new NDList(apply(Pass.inference(store), inputs.get(0), inputs.get(1)));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {inputShapes[0]};
    }
}

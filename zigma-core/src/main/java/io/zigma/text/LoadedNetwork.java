package io.zigma.text;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import io.zigma.base.GradientMode;
import io.zigma.nn.Pass;
import java.io.IOException;

/** A network with its weights on a device. Several threads may use it at once. */
final class LoadedNetwork implements AutoCloseable {

    private final TextNetwork network;
    private final NDManager manager;

    /**
     * Loads the weights.
     *
     * @param spec the network's shape
     * @param weights what there is; closed by the caller
     * @param device where to
     * @throws IOException if they do not fit or cannot be read
     */
    LoadedNetwork(TextModelSpec spec, TextWeights weights, Device device) throws IOException {
        network = spec.network();
        manager = NDManager.newBaseManager(device);
        try {
            WeightFeed.fill(network, weights, manager);
        } catch (IOException | RuntimeException | Error e) {
            manager.close();
            throw e;
        }
    }

    /**
     * What the network makes of some texts of one length.
     *
     * @param hidden one vector a token, B · L · d
     * @param pooled one vector a text, B · p
     */
    record Output(float[] hidden, float[] pooled) {}

    /**
     * Runs the network. Nothing is recorded, and nothing but the result stays in memory.
     *
     * @param ids numbers of the tokens, B of the same length L
     * @return its output
     */
    Output run(int[][] ids) {
        return GradientMode.off(
                () -> {
                    try (NDManager scratch = manager.newSubManager()) {
                        Pass pass = Pass.inference(new ParameterStore(scratch, false));
                        NDArray hidden = network.apply(pass, array(scratch, ids)); // (B, L, d)
                        NDArray pooled = network.pool(pass, hidden, ids); // (B, p)
                        return new Output(hidden.toFloatArray(), pooled.toFloatArray());
                    }
                });
    }

    private static NDArray array(NDManager scratch, int[][] ids) {
        int length = ids[0].length;
        long[] all = new long[ids.length * length];
        for (int i = 0; i < all.length; i++) {
            all[i] = ids[i / length][i % length];
        }
        return scratch.create(all, new Shape(ids.length, length));
    }

    @Override
    public void close() {
        manager.close();
    }
}

package io.zigma.eval.feature;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import io.zigma.convert.StateDict;
import io.zigma.engine.EngineStart;
import io.zigma.eval.metric.FeatureMatrix;
import io.zigma.io.ContentHash;
import io.zigma.nn.Pass;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * The network that published Fréchet Inception distances and Inception Scores are computed with
 * (Heusel et al. 2017; Salimans et al. 2016), read from a user's file.
 *
 * <p>Pictures of any size are brought to 299 × 299 by TensorFlow 1's bilinear resizing and to its
 * range by (byte − 128) / 128, both of which are part of the published graph.
 */
public final class InceptionV3 implements FeatureExtractor {

    /** So many pictures go through the network at once; the first layers take 17 MB for each. */
    private static final int BATCH = 8;

    private final String hash;
    private final InceptionNetwork network;
    private final NDManager manager;
    private final Pass pass;

    private InceptionV3(String hash, InceptionNetwork network, NDManager manager) {
        this.hash = hash;
        this.network = network;
        this.manager = manager;
        this.pass = Pass.inference(new ParameterStore(manager, false));
    }

    /**
     * Reads the network.
     *
     * @param file {@code pt_inception-2015-12-05-6726825d.pth} of the pytorch-fid project, or its
     *     tensors as safetensors
     * @param device where to compute
     * @return the network, to be closed
     * @throws IOException if the file is missing, damaged or of another network
     */
    public static InceptionV3 open(Path file, Device device) throws IOException {
        InceptionNetwork network = new InceptionNetwork();
        Map<String, Parameter> parameters = network.namedParameters();
        parameters.values().forEach(parameter -> parameter.freeze(true));
        NDManager manager = EngineStart.newManager(device);
        try (StateDict weights = StateDict.open(file)) {
            weights.feed(
                    "Inception v3 with 1008 outputs",
                    parameters,
                    // counts training batches, which nothing depends on
                    name -> name.endsWith(".bn.num_batches_tracked"));
            network.initialize(manager);
            return new InceptionV3(ContentHash.ofFile(file), network, manager);
        } catch (UncheckedIOException e) {
            manager.close();
            throw e.getCause();
        } catch (IOException | RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    @Override
    public String name() {
        return "inception-v3";
    }

    @Override
    public String sha256() {
        return hash;
    }

    @Override
    public int dimension() {
        return InceptionNetwork.FEATURES;
    }

    @Override
    public FeatureMatrix features(NDArray images) {
        return classify(images).features();
    }

    /**
     * Computes both features and the 1008 logits of the published Inception Score, which have no
     * names in the file.
     *
     * @param images (B, 1 or 3, H, W) from −1 to 1
     * @return features (B, 2048) and logits (B, 1008)
     * @throws IllegalArgumentException if they have another shape
     */
    public ClassifierOutput classify(NDArray images) {
        Photographs pictures = Photographs.of(name(), images);
        ResampledSide rows =
                ResampledSide.tensorFlowBilinear(pictures.height(), InceptionNetwork.SIDE);
        ResampledSide columns =
                ResampledSide.tensorFlowBilinear(pictures.width(), InceptionNetwork.SIDE);
        float[] features = new float[pictures.count() * InceptionNetwork.FEATURES];
        float[] logits = new float[pictures.count() * InceptionNetwork.LOGITS];
        for (int from = 0; from < pictures.count(); from += BATCH) {
            int to = Math.min(pictures.count(), from + BATCH);
            float[] pixels = scaled(pictures.resized(from, to, rows, columns));
            try (NDManager scope = manager.newSubManager()) {
                NDArray x =
                        scope.create(
                                pixels,
                                new Shape(
                                        to - from,
                                        Photographs.CHANNELS,
                                        InceptionNetwork.SIDE,
                                        InceptionNetwork.SIDE));
                NDArray seen = network.features(pass, x); // (B, 2048)
                copy(seen, features, from * InceptionNetwork.FEATURES);
                copy(network.logits(pass, seen), logits, from * InceptionNetwork.LOGITS);
            }
        }
        return new ClassifierOutput(
                FeatureMatrix.of(InceptionNetwork.FEATURES, features),
                FeatureMatrix.of(InceptionNetwork.LOGITS, logits));
    }

    /** From −1 … 1 over bytes 0 … 255 to (byte − 128) / 128. */
    private static float[] scaled(float[] pixels) {
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = ((pixels[i] + 1) * 127.5f - 128) / 128;
        }
        return pixels;
    }

    private static void copy(NDArray rows, float[] target, int offset) {
        float[] values = rows.toFloatArray();
        System.arraycopy(values, 0, target, offset, values.length);
    }

    @Override
    public void close() {
        manager.close();
    }
}

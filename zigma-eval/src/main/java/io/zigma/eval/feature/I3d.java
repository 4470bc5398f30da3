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
import java.util.Arrays;
import java.util.Map;

/**
 * The network that published Fréchet video distances are computed with (Unterthiner et al. 2018),
 * read from a user's file.
 *
 * <p>As in the official program, frames of any size are brought to 224 × 224 by TensorFlow 1's
 * bilinear resizing, values are from −1 to 1, and the features are the 400 scores of Kinetics'
 * classes before the softmax, averaged over time.
 */
public final class I3d implements FeatureExtractor {

    /** Fewest frames of a clip. */
    public static final int FEWEST_FRAMES = I3dNetwork.FEWEST_FRAMES;

    /** So many clips go through the network at once; 16 frames take 26 MB in its first layer. */
    private static final int BATCH = 4;

    private final String hash;
    private final I3dNetwork network;
    private final NDManager manager;
    private final Pass pass;

    private I3d(String hash, I3dNetwork network, NDManager manager) {
        this.hash = hash;
        this.network = network;
        this.manager = manager;
        this.pass = Pass.inference(new ParameterStore(manager, false));
    }

    /**
     * Reads the network.
     *
     * @param file weights by the names of pytorch-i3d or of kinetics_i3d_pytorch, of {@code
     *     torch.save}, of a TorchScript program, of which nothing is run, or as safetensors
     * @param device where to compute
     * @return the network, to be closed
     * @throws IOException if the file is missing, damaged or of another network
     */
    public static I3d open(Path file, Device device) throws IOException {
        I3dNetwork network = new I3dNetwork();
        Map<String, Parameter> parameters = network.namedParameters();
        parameters.values().forEach(parameter -> parameter.freeze(true));
        NDManager manager = EngineStart.newManager(device);
        try (StateDict weights = StateDict.open(file)) {
            I3dNames names =
                    weights.names().contains(I3dNames.KINETICS_I3D_PYTORCH.first())
                            ? I3dNames.KINETICS_I3D_PYTORCH
                            : I3dNames.PYTORCH_I3D;
            weights.feed(
                    "I3D with 400 outputs",
                    names.of(parameters),
                    // counts training batches, which nothing depends on
                    name -> name.endsWith(".num_batches_tracked"));
            network.initialize(manager);
            return new I3d(ContentHash.ofFile(file), network, manager);
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
        return OfficialExtractor.I3D.label();
    }

    @Override
    public String sha256() {
        return hash;
    }

    @Override
    public int dimension() {
        return I3dNetwork.CLASSES;
    }

    @Override
    public FeatureMatrix features(NDArray images) {
        Shape shape = images.getShape();
        if (shape.dimension() != 5 || shape.get(1) < FEWEST_FRAMES) {
            throw new IllegalArgumentException(
                    "%s takes clips (B, F, 1 or 3, H, W) of at least %s frames, not %s"
                            .formatted(name(), FEWEST_FRAMES, shape));
        }
        int count = Math.toIntExact(shape.get(0));
        int frames = Math.toIntExact(shape.get(1));
        Photographs pictures = photographs(images);
        ResampledSide rows = ResampledSide.tensorFlowBilinear(pictures.height(), I3dNetwork.SIDE);
        ResampledSide columns = ResampledSide.tensorFlowBilinear(pictures.width(), I3dNetwork.SIDE);
        float[] features = new float[Math.multiplyExact(count, dimension())];
        for (int from = 0; from < count; from += BATCH) {
            int to = Math.min(count, from + BATCH);
            float[] pixels = pictures.resized(from * frames, to * frames, rows, columns);
            try (NDManager scope = manager.newSubManager()) {
                NDArray x =
                        scope.create(
                                        pixels,
                                        new Shape(
                                                to - from,
                                                frames,
                                                Photographs.CHANNELS,
                                                I3dNetwork.SIDE,
                                                I3dNetwork.SIDE))
                                .transpose(0, 2, 1, 3, 4); // (B, 3, F, 224, 224)
                float[] seen = network.apply(pass, x).toFloatArray(); // (B, 400)
                System.arraycopy(seen, 0, features, from * dimension(), seen.length);
            }
        }
        return FeatureMatrix.of(dimension(), features);
    }

    /** All frames of all clips, one after the other. */
    private Photographs photographs(NDArray images) {
        long[] sides = images.getShape().getShape();
        long[] each = Arrays.copyOfRange(sides, 1, sides.length);
        each[0] *= sides[0];
        try (NDArray every = images.reshape(new Shape(each))) {
            return Photographs.of(name(), every);
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}

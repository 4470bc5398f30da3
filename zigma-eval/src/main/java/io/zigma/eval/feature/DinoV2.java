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
import io.zigma.io.CheckpointException;
import io.zigma.io.ContentHash;
import io.zigma.nn.Pass;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/**
 * The DINOv2 transformers S/14, B/14 and L/14 without registers (Oquab et al. 2023), read from a
 * user's file; recognised by the file's shapes.
 *
 * <p>Pictures of any size are brought to 224 × 224 by PIL's bicubic resizing, without its rounding
 * to bytes, and normalised by ImageNet's mean and deviation, as Stein et al. 2023 do for their
 * Fréchet distances.
 */
public final class DinoV2 implements FeatureExtractor {

    private static final int BATCH = 8;
    private static final float[] MEAN = {0.485f, 0.456f, 0.406f};
    private static final float[] DEVIATION = {0.229f, 0.224f, 0.225f};

    /** Bounds what a hostile file can make this program allocate: those of the giant model. */
    private static final long LARGEST_SIZE = 1536;

    private static final int MOST_BLOCKS = 40;
    private static final int LARGEST_TABLE = 64;

    /** What the models are called, by the channels of a token. */
    private static final Map<Integer, String> NAMES =
            Map.of(384, "dinov2-vits14", 768, "dinov2-vitb14", 1024, "dinov2-vitl14");

    private final String hash;
    private final int size;
    private final DinoNetwork network;
    private final NDManager manager;
    private final Pass pass;

    private DinoV2(String hash, int size, DinoNetwork network, NDManager manager) {
        this.hash = hash;
        this.size = size;
        this.network = network;
        this.manager = manager;
        this.pass = Pass.inference(new ParameterStore(manager, false));
    }

    /**
     * Reads the network.
     *
     * @param file {@code dinov2_vits14_pretrain.pth}, {@code dinov2_vitb14_pretrain.pth} or {@code
     *     dinov2_vitl14_pretrain.pth} of the DINOv2 project, or its tensors as safetensors
     * @param device where to compute
     * @return the network, to be closed
     * @throws IOException if the file is missing, damaged or of another network
     */
    public static DinoV2 open(Path file, Device device) throws IOException {
        NDManager manager = EngineStart.newManager(device);
        try (StateDict weights = StateDict.open(file)) {
            int size = size(file, weights);
            DinoNetwork network = new DinoNetwork(size, depth(weights), tableSide(file, weights));
            Map<String, Parameter> parameters = network.namedParameters();
            parameters.values().forEach(parameter -> parameter.freeze(true));
            // replaces masked patches, of which there are none outside training
            weights.feed(
                    "DINOv2 with patches of 14 and no registers",
                    parameters,
                    name -> name.equals("mask_token"));
            network.initialize(manager);
            return new DinoV2(ContentHash.ofFile(file), size, network, manager);
        } catch (UncheckedIOException e) {
            manager.close();
            throw e.getCause();
        } catch (IOException | RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    private static int size(Path file, StateDict weights) throws IOException {
        long[] token = weights.shape("cls_token");
        long size = token.length == 3 ? token[2] : 0;
        if (size < 64 || size > LARGEST_SIZE || size % 64 != 0) {
            throw new CheckpointException(
                    "%s: tensor cls_token has shape %s, that of no DINOv2"
                            .formatted(file, Arrays.toString(token)));
        }
        return (int) size;
    }

    private static int depth(StateDict weights) {
        int depth = 0;
        while (depth < MOST_BLOCKS
                && weights.names().contains("blocks." + depth + ".norm1.weight")) {
            depth++;
        }
        return depth;
    }

    private static int tableSide(Path file, StateDict weights) throws IOException {
        long[] table = weights.shape("pos_embed");
        long side = table.length == 3 ? Math.round(Math.sqrt(table[1] - 1.0)) : 0;
        if (side < 1 || side > LARGEST_TABLE || side * side + 1 != table[1]) {
            throw new CheckpointException(
                    "%s: tensor pos_embed has shape %s, that of no DINOv2"
                            .formatted(file, Arrays.toString(table)));
        }
        return (int) side;
    }

    @Override
    public String name() {
        return NAMES.getOrDefault(size, "dinov2-" + size);
    }

    @Override
    public String sha256() {
        return hash;
    }

    @Override
    public int dimension() {
        return size;
    }

    @Override
    public FeatureMatrix features(NDArray images) {
        Photographs pictures = Photographs.of(name(), images);
        ResampledSide rows = ResampledSide.pilBicubic(pictures.height(), DinoNetwork.SIDE);
        ResampledSide columns = ResampledSide.pilBicubic(pictures.width(), DinoNetwork.SIDE);
        float[] features = new float[pictures.count() * size];
        for (int from = 0; from < pictures.count(); from += BATCH) {
            int to = Math.min(pictures.count(), from + BATCH);
            float[] pixels = normalised(pictures.resized(from, to, rows, columns));
            try (NDManager scope = manager.newSubManager()) {
                NDArray x =
                        scope.create(
                                pixels,
                                new Shape(
                                        to - from,
                                        Photographs.CHANNELS,
                                        DinoNetwork.SIDE,
                                        DinoNetwork.SIDE));
                float[] seen = network.apply(pass, x).toFloatArray(); // (B, D)
                System.arraycopy(seen, 0, features, from * size, seen.length);
            }
        }
        return FeatureMatrix.of(size, features);
    }

    /** From −1 … 1 to ImageNet's normalisation; what the resizing overshot is cut off. */
    private static float[] normalised(float[] pixels) {
        int plane = DinoNetwork.SIDE * DinoNetwork.SIDE;
        for (int i = 0; i < pixels.length; i++) {
            int channel = i / plane % Photographs.CHANNELS;
            float level = Math.max(0, Math.min(1, (pixels[i] + 1) / 2));
            pixels[i] = (level - MEAN[channel]) / DEVIATION[channel];
        }
        return pixels;
    }

    @Override
    public void close() {
        manager.close();
    }
}

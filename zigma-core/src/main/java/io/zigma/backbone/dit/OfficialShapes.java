package io.zigma.backbone.dit;

import io.zigma.backbone.OfficialTensors;
import io.zigma.backbone.Signature;
import io.zigma.base.SampleShape;
import io.zigma.condition.ByClass;
import io.zigma.condition.Conditioning;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/**
 * Infers the specification from the shapes of an official state_dict of DiT or SiT, such as that of
 * {@code DiT-XL-2-256x256.pt}. Shapes determine everything but the number of heads, which follows
 * from a published width, and whether the last row of the table of classes is the null class, as it
 * is in all published models.
 */
final class OfficialShapes {

    private OfficialShapes() {}

    /**
     * Reads shapes.
     *
     * @param tensors shape by name
     * @param outputChannels the model's output channels, by those of a sample
     * @return the model, if all tensors and no others are its own
     */
    static Optional<DiTConfig> model(Map<String, long[]> tensors, IntUnaryOperator outputChannels) {
        long[] patches = tensors.get("x_embedder.proj.weight"); // (D, C, p, p)
        long[] positions = tensors.get("pos_embed"); // (1, L, D)
        long[] mlp = tensors.get("blocks.0.mlp.fc1.weight"); // (I, D)
        long[] head = tensors.get("final_layer.linear.weight"); // (p·p·C, D)
        long[] labels = tensors.get("y_embedder.embedding_table.weight"); // (rows, D)
        if (!OfficialTensors.hasSides(patches, 4)
                || !OfficialTensors.hasSides(positions, 3)
                || !OfficialTensors.hasSides(mlp, 2)
                || !OfficialTensors.hasSides(head, 2)
                || (labels != null && !OfficialTensors.hasSides(labels, 2))) {
            return Optional.empty();
        }
        int hiddenSize = (int) patches[0];
        int channels = (int) patches[1];
        int patchSize = (int) patches[2];
        int side = (int) Math.sqrt(positions[1]) * patchSize;
        boolean variance = head[0] == 2L * channels * patchSize * patchSize;
        int read = outputChannels.applyAsInt(channels);
        Conditioning conditioning =
                labels == null || labels[0] < 2
                        ? Conditioning.none()
                        : new ByClass((int) labels[0] - 1, true);
        Optional<Integer> heads = DiTKind.heads(hiddenSize);
        if (heads.isEmpty()) {
            return Optional.empty();
        }
        try {
            DiTConfig config =
                    new DiTConfig(
                            new Signature(
                                    SampleShape.image(channels, side, side),
                                    read,
                                    conditioning,
                                    DiTKind.TIME_SCALE),
                            patchSize,
                            hiddenSize,
                            depth(tensors),
                            heads.get(),
                            (double) mlp[0] / hiddenSize,
                            BlockKind.ADALN_ZERO,
                            variance && read == channels);
            return OfficialTensors.areOf(config, tensors) ? Optional.of(config) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // sizes that no model has
        }
    }

    private static int depth(Map<String, long[]> tensors) {
        int depth = 0;
        while (tensors.containsKey("blocks.%s.attn.qkv.weight".formatted(depth))) {
            depth++;
        }
        return depth;
    }
}

package io.zigma.backbone.uvit;

import io.zigma.backbone.ModelLimits;
import io.zigma.backbone.OfficialTensors;
import io.zigma.backbone.Signature;
import io.zigma.base.SampleShape;
import io.zigma.condition.ByClass;
import io.zigma.condition.ByText;
import io.zigma.condition.Conditioning;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Infers the specification from the shapes of an official state_dict, such as that of {@code
 * imagenet256_uvit_huge.pth}.
 *
 * <p>What shapes leave open is taken as published: the heads by the width; a square image; 77
 * tokens of a text, if the image is square with them, else as few as make it so; and a null class,
 * as the last row of the table, in models of latents (four channels), which are trained for
 * guidance, and none in models of pixels, which are not.
 */
final class OfficialShapes {

    private static final int PIXEL_CHANNELS = 3;

    private OfficialShapes() {}

    /**
     * Reads shapes.
     *
     * @param tensors shape by name
     * @return the model, if all tensors and no others are its own
     */
    static Optional<UViTConfig> model(Map<String, long[]> tensors) {
        long[] patches = tensors.get("patch_embed.proj.weight"); // (D, C, p, p)
        long[] positions = tensors.get("pos_embed"); // (1, k + L, D)
        long[] mlp = tensors.get("mid_block.mlp.fc1.weight"); // (I, D)
        long[] head = tensors.get("decoder_pred.weight"); // (p·p·C, D)
        long[] labels = tensors.get("label_emb.weight"); // (rows, D)
        long[] context = tensors.get("context_embed.weight"); // (D, d)
        if (!OfficialTensors.hasSides(patches, 4)
                || !OfficialTensors.hasSides(positions, 3)
                || !OfficialTensors.hasSides(mlp, 2)
                || !OfficialTensors.hasSides(head, 2)
                || (labels != null && !OfficialTensors.hasSides(labels, 2))
                || (context != null && !OfficialTensors.hasSides(context, 2))) {
            return Optional.empty();
        }
        int hiddenSize = (int) patches[0];
        int channels = (int) patches[1];
        int patchSize = (int) patches[2];
        long rows = positions[1] - 1; // without the time's
        int textTokens = context == null ? 0 : textTokens(rows);
        long tokens = rows - (labels == null ? 0 : 1) - textTokens;
        int side = (int) Math.sqrt(tokens) * patchSize;
        int inBlocks = inBlocks(tensors);
        Optional<Integer> heads = UViTKind.heads(hiddenSize);
        if (heads.isEmpty() || side < 1) {
            return Optional.empty();
        }
        try {
            UViTConfig config =
                    new UViTConfig(
                            new Signature(
                                    SampleShape.image(channels, side, side),
                                    (int) (head[0] / ((long) patchSize * patchSize)),
                                    conditioning(labels, context, textTokens, channels),
                                    UViTKind.TIME_SCALE),
                            patchSize,
                            hiddenSize,
                            Math.max(1, 2 * inBlocks),
                            heads.get(),
                            (double) mlp[0] / hiddenSize,
                            tensors.containsKey("mid_block.attn.qkv.bias"),
                            tensors.containsKey("time_embed.0.weight"),
                            inBlocks == 0 || tensors.containsKey("out_blocks.0.skip_linear.weight"),
                            tensors.containsKey("final_layer.weight"));
            return OfficialTensors.areOf(config, tensors) ? Optional.of(config) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // sizes that no model has
        }
    }

    private static Conditioning conditioning(
            long @Nullable [] labels, long @Nullable [] context, int textTokens, int channels) {
        if (context != null) {
            return new ByText((int) context[1], textTokens);
        }
        if (labels == null) {
            return Conditioning.none();
        }
        boolean nullClass = channels != PIXEL_CHANNELS && labels[0] > 1;
        return new ByClass((int) labels[0] - (nullClass ? 1 : 0), nullClass);
    }

    private static int textTokens(long rows) {
        long rest = rows - ByText.CLIP_TOKENS;
        if (rest > 0 && square(rest) == rest) {
            return ByText.CLIP_TOKENS;
        }
        return rows < 2 ? 1 : (int) (rows - square(rows - 1));
    }

    /** The largest square that is no larger. */
    private static long square(long number) {
        long root = (long) Math.sqrt(number);
        return root * root;
    }

    private static int inBlocks(Map<String, long[]> tensors) {
        int count = 0;
        while (count < ModelLimits.DEPTH
                && tensors.containsKey("in_blocks.%s.attn.qkv.weight".formatted(count))) {
            count++;
        }
        return count;
    }
}

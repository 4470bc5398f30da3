package io.zigma.backbone.dit;

import io.zigma.backbone.BackboneKind;
import io.zigma.backbone.BackboneOption;
import io.zigma.backbone.ModelLimits;
import io.zigma.backbone.Signature;
import io.zigma.base.SampleShape;
import io.zigma.base.Spelling;
import io.zigma.condition.ByClass;
import io.zigma.condition.Conditioning;
import io.zigma.io.CheckpointException;
import io.zigma.io.Fields;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/** DiT in the registry of backbones. */
public final class DiTKind implements BackboneKind<DiTConfig> {

    /** The one entry. */
    public static final DiTKind INSTANCE = new DiTKind();

    /** DiT's steps 0 … T − 1 and SiT's times 0 … 1 are embedded as they are. */
    static final double TIME_SCALE = 1;

    private static final double MLP_RATIO = 4;

    private static final BackboneOption PATCH_SIZE =
            new BackboneOption("patch-size", "N", "side of the patches that become tokens");
    private static final BackboneOption HIDDEN_SIZE =
            new BackboneOption("hidden-size", "N", "channels of a token");
    private static final BackboneOption DEPTH = new BackboneOption("depth", "N", "layers");
    private static final BackboneOption HEADS =
            new BackboneOption("heads", "N", "heads of self-attention");
    private static final BackboneOption BLOCK =
            new BackboneOption(
                    "block", "NAME", "how layers are conditioned: " + String.join(", ", blocks()));
    private static final BackboneOption UNUSED_VARIANCE =
            new BackboneOption(
                    "unused-variance",
                    "",
                    "the head has channels of a variance that are left out, as in SiT's checkpoints");

    /** Widths, depths and heads (DiT 2023, table 1). */
    private enum Size {
        S(384, 12, 6),
        B(768, 12, 12),
        L(1024, 24, 16),
        XL(1152, 28, 16);

        private final int hiddenSize;
        private final int depth;
        private final int heads;

        Size(int hiddenSize, int depth, int heads) {
            this.hiddenSize = hiddenSize;
            this.depth = depth;
            this.heads = heads;
        }
    }

    private DiTKind() {}

    @Override
    public String name() {
        return "dit";
    }

    @Override
    public Class<DiTConfig> specType() {
        return DiTConfig.class;
    }

    @Override
    public String description() {
        return "Diffusion Transformer (Peebles and Xie, ICCV 2023), with an interpolant SiT";
    }

    @Override
    public DiTConfig read(Fields json, Signature signature) throws CheckpointException {
        return DiTConfig.read(json, signature);
    }

    /** The published models: latents of 32 × 32, the classes of ImageNet, a learned variance. */
    @Override
    public Map<String, DiTConfig> presets() {
        SampleShape latent = SampleShape.image(4, 32, 32);
        Signature signature =
                new Signature(latent, 2 * latent.channels(), new ByClass(1000, true), TIME_SCALE);
        Map<String, DiTConfig> presets = new LinkedHashMap<>();
        for (Size size : Size.values()) {
            for (int patch : new int[] {2, 4, 8}) {
                presets.put(
                        Spelling.of(size) + "-" + patch,
                        new DiTConfig(
                                signature,
                                patch,
                                size.hiddenSize,
                                size.depth,
                                size.heads,
                                MLP_RATIO,
                                BlockKind.ADALN_ZERO,
                                false));
            }
        }
        return Collections.unmodifiableMap(presets);
    }

    @Override
    public DiTConfig small() {
        SampleShape image = SampleShape.image(3, 32, 32);
        return new DiTConfig(
                new Signature(image, image.channels(), Conditioning.none(), TIME_SCALE),
                2,
                128,
                8,
                4,
                MLP_RATIO,
                BlockKind.ADALN_ZERO,
                false);
    }

    @Override
    public List<BackboneOption> options() {
        return List.of(PATCH_SIZE, HIDDEN_SIZE, DEPTH, HEADS, BLOCK, UNUSED_VARIANCE);
    }

    @Override
    public DiTConfig change(DiTConfig base, Signature signature, Map<String, String> options) {
        return new DiTConfig(
                signature,
                PATCH_SIZE.integer(options, ModelLimits.PATCH, base.patchSize()),
                HIDDEN_SIZE.integer(options, ModelLimits.SIZE, base.hiddenSize()),
                DEPTH.integer(options, ModelLimits.DEPTH, base.depth()),
                HEADS.integer(options, ModelLimits.SIZE, base.heads()),
                base.mlpRatio(),
                BLOCK.parsed(options, DiTKind::block, base.block()),
                UNUSED_VARIANCE.flag(options, base.unusedVariance()));
    }

    @Override
    public Optional<DiTConfig> infer(Map<String, long[]> tensors, IntUnaryOperator outputChannels) {
        return OfficialShapes.model(tensors, outputChannels);
    }

    /** Finds how many heads a published width has; shapes do not say. */
    static Optional<Integer> heads(int hiddenSize) {
        return Arrays.stream(Size.values())
                .filter(size -> size.hiddenSize == hiddenSize)
                .map(size -> size.heads)
                .findFirst();
    }

    private static BlockKind block(String given) {
        int found = blocks().indexOf(given);
        if (found < 0) {
            throw new IllegalArgumentException(
                    "'%s' is none of %s".formatted(given, String.join(", ", blocks())));
        }
        return BlockKind.values()[found];
    }

    private static List<String> blocks() {
        return Arrays.stream(BlockKind.values()).map(Spelling::of).toList();
    }
}

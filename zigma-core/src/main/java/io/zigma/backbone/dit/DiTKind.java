package io.zigma.backbone.dit;

import static io.zigma.backbone.TokenSettings.DEPTH;
import static io.zigma.backbone.TokenSettings.HEADS;
import static io.zigma.backbone.TokenSettings.HIDDEN_SIZE;
import static io.zigma.backbone.TokenSettings.PATCH_SIZE;

import io.zigma.backbone.BackboneKind;
import io.zigma.backbone.Signature;
import io.zigma.base.SampleShape;
import io.zigma.base.Setting;
import io.zigma.base.Settings;
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

    private static final Setting BLOCK =
            Setting.choice("block", "how layers are conditioned", "adaln-zero", blocks());
    private static final Setting UNUSED_VARIANCE =
            Setting.flag(
                    "unused-variance",
                    "the head has channels of a variance that are left out, as in SiT's checkpoints",
                    false);

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
    public List<Setting> settings() {
        return List.of(PATCH_SIZE, HIDDEN_SIZE, DEPTH, HEADS, BLOCK, UNUSED_VARIANCE);
    }

    /** The values of a model. */
    static Map<String, String> settings(DiTConfig config) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put(PATCH_SIZE.name(), Integer.toString(config.patchSize()));
        values.put(HIDDEN_SIZE.name(), Integer.toString(config.hiddenSize()));
        values.put(DEPTH.name(), Integer.toString(config.depth()));
        values.put(HEADS.name(), Integer.toString(config.heads()));
        values.put(BLOCK.name(), Spelling.of(config.block()));
        values.put(UNUSED_VARIANCE.name(), Boolean.toString(config.unusedVariance()));
        return values;
    }

    @Override
    public DiTConfig change(DiTConfig base, Signature signature, Settings values) {
        return new DiTConfig(
                signature,
                values.whole(PATCH_SIZE),
                values.whole(HIDDEN_SIZE),
                values.whole(DEPTH),
                values.whole(HEADS),
                base.mlpRatio(),
                BlockKind.values()[blocks().indexOf(values.text(BLOCK))],
                values.flag(UNUSED_VARIANCE));
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

    private static List<String> blocks() {
        return Arrays.stream(BlockKind.values()).map(Spelling::of).toList();
    }
}

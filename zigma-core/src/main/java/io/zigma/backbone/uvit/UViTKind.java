package io.zigma.backbone.uvit;

import static io.zigma.backbone.TokenSettings.DEPTH;
import static io.zigma.backbone.TokenSettings.HEADS;
import static io.zigma.backbone.TokenSettings.HIDDEN_SIZE;
import static io.zigma.backbone.TokenSettings.PATCH_SIZE;

import io.zigma.backbone.BackboneKind;
import io.zigma.backbone.Signature;
import io.zigma.base.SampleShape;
import io.zigma.base.Setting;
import io.zigma.base.Settings;
import io.zigma.condition.ByClass;
import io.zigma.condition.ByText;
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

/** U-ViT in the registry of backbones. */
public final class UViTKind implements BackboneKind<UViTConfig> {

    /** The one entry. */
    public static final UViTKind INSTANCE = new UViTKind();

    /** Published models are given times from 0 or 1 to 999 or 1000, and embed them as they are. */
    static final double TIME_SCALE = 1;

    private static final double MLP_RATIO = 4;
    private static final int CLIP_SIZE = 768;

    private static final String CONCAT = "concat";
    private static final String CONVOLUTION = "conv";
    private static final String NONE = "none";

    private static final Setting QKV_BIAS =
            Setting.flag("qkv-bias", "queries, keys and values have a bias", false);
    private static final Setting TIME_MLP =
            Setting.flag("time-mlp", "the time passes a small network before it is a token", false);
    private static final Setting SKIP =
            Setting.choice(
                    "long-skip",
                    "how late layers take in the early ones",
                    CONCAT,
                    List.of(CONCAT, NONE));
    private static final Setting LAST =
            Setting.choice(
                    "last-layer", "what follows the head", CONVOLUTION, List.of(CONVOLUTION, NONE));

    /** Widths, depths without the middle layer, and heads (U-ViT 2023, table 1). */
    private enum Size {
        S(512, 12, 8),
        S_DEEP(512, 16, 8),
        M(768, 16, 12),
        L(1024, 20, 16),
        H(1152, 28, 16);

        private final int hiddenSize;
        private final int depth;
        private final int heads;

        Size(int hiddenSize, int depth, int heads) {
            this.hiddenSize = hiddenSize;
            this.depth = depth;
            this.heads = heads;
        }

        /** Makes a published model. */
        UViTConfig on(
                SampleShape sample, int patch, Conditioning conditioning, boolean convolution) {
            return new UViTConfig(
                    new Signature(sample, sample.channels(), conditioning, TIME_SCALE),
                    patch,
                    hiddenSize,
                    depth,
                    heads,
                    MLP_RATIO,
                    false,
                    false,
                    true,
                    convolution);
        }
    }

    private UViTKind() {}

    @Override
    public String name() {
        return "uvit";
    }

    @Override
    public Class<UViTConfig> specType() {
        return UViTConfig.class;
    }

    @Override
    public String description() {
        return "U-ViT, time and condition as tokens, long skips (Bao et al., CVPR 2023)";
    }

    @Override
    public UViTConfig read(Fields json, Signature signature) throws CheckpointException {
        return UViTConfig.read(json, signature);
    }

    /**
     * The published models (official {@code configs}): S/2 of CIFAR-10 and S/4 of CelebA, S/2 and
     * its deep variant of COCO's latents and texts, M/4 and L/4 of ImageNet's pictures of 64
     * pixels, L/2 and H/2 of latents of 256 pixels, L/4 and H/4 of those of 512.
     */
    @Override
    public Map<String, UViTConfig> presets() {
        SampleShape cifar = SampleShape.image(3, 32, 32);
        SampleShape pixels = SampleShape.image(3, 64, 64);
        SampleShape latent = SampleShape.image(4, 32, 32);
        SampleShape large = SampleShape.image(4, 64, 64);
        Conditioning none = Conditioning.none();
        Conditioning classes = new ByClass(1000, false);
        Conditioning classesOrNone = new ByClass(1000, true);
        Conditioning text = new ByText(CLIP_SIZE, ByText.CLIP_TOKENS);
        Map<String, UViTConfig> presets = new LinkedHashMap<>();
        presets.put("s-2", Size.S.on(cifar, 2, none, true));
        presets.put("s-4", Size.S.on(pixels, 4, none, true));
        presets.put("s-2-text", Size.S.on(latent, 2, text, true));
        presets.put("s-deep-2-text", Size.S_DEEP.on(latent, 2, text, true));
        presets.put("m-4", Size.M.on(pixels, 4, classes, true));
        presets.put("l-4", Size.L.on(pixels, 4, classes, true));
        presets.put("l-2", Size.L.on(latent, 2, classesOrNone, true));
        presets.put("l-4-latent", Size.L.on(large, 4, classesOrNone, true));
        presets.put("h-2", Size.H.on(latent, 2, classesOrNone, false));
        presets.put("h-4", Size.H.on(large, 4, classesOrNone, false));
        return Collections.unmodifiableMap(presets);
    }

    /** Of times 0 … 1, as a new model is trained unless another process is chosen. */
    @Override
    public UViTConfig small() {
        return new UViTConfig(
                Signature.of(SampleShape.image(3, 32, 32), Conditioning.none()),
                2,
                128,
                8,
                4,
                MLP_RATIO,
                false,
                false,
                true,
                true);
    }

    @Override
    public List<Setting> settings() {
        return List.of(PATCH_SIZE, HIDDEN_SIZE, DEPTH, HEADS, QKV_BIAS, TIME_MLP, SKIP, LAST);
    }

    /** The values of a model. */
    static Map<String, String> settings(UViTConfig config) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put(PATCH_SIZE.name(), Integer.toString(config.patchSize()));
        values.put(HIDDEN_SIZE.name(), Integer.toString(config.hiddenSize()));
        values.put(DEPTH.name(), Integer.toString(config.depth()));
        values.put(HEADS.name(), Integer.toString(config.heads()));
        values.put(QKV_BIAS.name(), Boolean.toString(config.qkvBias()));
        values.put(TIME_MLP.name(), Boolean.toString(config.timeMlp()));
        values.put(SKIP.name(), config.skip() ? CONCAT : NONE);
        values.put(LAST.name(), config.convolution() ? CONVOLUTION : NONE);
        return values;
    }

    @Override
    public UViTConfig change(UViTConfig base, Signature signature, Settings values) {
        return new UViTConfig(
                signature,
                values.whole(PATCH_SIZE),
                values.whole(HIDDEN_SIZE),
                values.whole(DEPTH),
                values.whole(HEADS),
                base.mlpRatio(),
                values.flag(QKV_BIAS),
                values.flag(TIME_MLP),
                values.text(SKIP).equals(CONCAT),
                values.text(LAST).equals(CONVOLUTION));
    }

    @Override
    public Optional<UViTConfig> infer(Map<String, long[]> tensors, IntUnaryOperator outputs) {
        return OfficialShapes.model(tensors);
    }

    /** Finds how many heads a published width has; shapes do not say. */
    static Optional<Integer> heads(int hiddenSize) {
        return Arrays.stream(Size.values())
                .filter(size -> size.hiddenSize == hiddenSize)
                .map(size -> size.heads)
                .findFirst();
    }
}

package io.zigma.backbone.adm;

import io.zigma.backbone.BackboneKind;
import io.zigma.backbone.ModelLimits;
import io.zigma.backbone.Signature;
import io.zigma.backbone.TrainedWith;
import io.zigma.base.Named;
import io.zigma.base.SampleShape;
import io.zigma.base.Setting;
import io.zigma.base.Settings;
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

/** ADM's U-Net in the registry of backbones. */
public final class AdmKind implements BackboneKind<AdmConfig> {

    /** The one entry. */
    public static final AdmKind INSTANCE = new AdmKind();

    /** Published models are given the steps 0 to 999, and embed them as they are. */
    static final double TIME_SCALE = 1;

    private static final int CLASSES = 1000;

    private static final AdmShape SMALL =
            new AdmShape(
                    64,
                    List.of(1.0, 2.0, 2.0),
                    2,
                    List.of(2, 4),
                    0,
                    32,
                    QkvOrder.BY_KIND,
                    true,
                    Resampling.RESIDUAL);

    private static final Setting BASE_CHANNELS =
            Setting.whole(
                    "base-channels",
                    "channels that the multipliers multiply, a multiple of 32",
                    SMALL.baseChannels(),
                    1,
                    ModelLimits.SIZE);
    private static final Setting MULTIPLIERS =
            Setting.parsed(
                    "multipliers",
                    "of the channels at each level, each of half the sides",
                    SMALL.multipliersText(),
                    "numbers with commas between them",
                    text -> AdmShape.multipliersText(AdmShape.multipliers(text)));
    private static final Setting RES_BLOCKS =
            Setting.whole(
                    "res-blocks",
                    "residual blocks a level",
                    SMALL.resBlocks(),
                    1,
                    ModelLimits.DEPTH);
    private static final Setting ATTENTION_RATES =
            Setting.parsed(
                    "attention-rates",
                    "where residual blocks are followed by attention: 1 at the full sides, 2 at half"
                            + " of them, 4 at a quarter, and so on",
                    SMALL.attentionText(),
                    "numbers with commas between them, or none",
                    text -> AdmShape.attentionText(AdmShape.attentionRates(text)));
    private static final Setting HEAD_CHANNELS =
            Setting.whole(
                    "head-channels",
                    "channels of a head of attention; 0 with head-count",
                    SMALL.headChannels(),
                    0,
                    ModelLimits.SIZE);
    private static final Setting HEAD_COUNT =
            Setting.whole(
                    "head-count",
                    "heads of attention at every level; 0 with head-channels",
                    SMALL.heads(),
                    0,
                    ModelLimits.SIZE);
    private static final Setting QKV_ORDER =
            Setting.choice(
                    "qkv-order",
                    "order of queries, keys and values in their projection",
                    SMALL.order().label(),
                    labels(QkvOrder.values()));
    private static final String SCALES = "scale-shift";
    private static final String ADDS = "add";
    private static final Setting ADAPTIVE_NORM =
            Setting.choice(
                    "adaptive-norm",
                    "whether time and class scale and shift what norms give, or are added before",
                    SCALES,
                    List.of(SCALES, ADDS));
    private static final Setting RESAMPLING =
            Setting.choice(
                    "resampling",
                    "how the network goes from one resolution to the next",
                    SMALL.resampling().label(),
                    labels(Resampling.values()));

    private static final Setting DROPOUT =
            Setting.number(
                    "dropout",
                    "probability that a residual block leaves out an activation while it trains; 0.1"
                            + " in the published models of 64 pixels and of LSUN",
                    SMALL.dropout(),
                    0,
                    0.99);

    /** Published models of so many pixels have the cosine schedule, larger ones the linear one. */
    private static final int LARGEST_COSINE = 64;

    private AdmKind() {}

    /** The published process, which learns the variance. */
    static TrainedWith trainedWith(SampleShape sample) {
        return new TrainedWith(
                "iddpm",
                Map.of("schedule", sample.height() <= LARGEST_COSINE ? "cosine" : "linear"));
    }

    private static List<String> labels(Named... values) {
        return Arrays.stream(values).map(Named::label).toList();
    }

    @Override
    public String name() {
        return "adm";
    }

    @Override
    public Class<AdmConfig> specType() {
        return AdmConfig.class;
    }

    @Override
    public String description() {
        return "ADM's U-Net of convolutions with attention (Dhariwal and Nichol, NeurIPS 2021)";
    }

    @Override
    public AdmConfig read(Fields json, Signature signature) throws CheckpointException {
        return AdmConfig.read(json, signature);
    }

    /**
     * The published models of ImageNet by the side of their pictures in pixels, with the flags of
     * the official README; the one without classes has the shape of those of LSUN as well.
     */
    @Override
    public Map<String, AdmConfig> presets() {
        Map<String, AdmConfig> presets = new LinkedHashMap<>();
        for (Published published : Published.values()) {
            presets.put(published.side + "", published.model(new ByClass(CLASSES, false)));
            if (published == Published.ADM_256) {
                presets.put(
                        published.side + "-unconditional", published.model(Conditioning.none()));
            }
        }
        return Collections.unmodifiableMap(presets);
    }

    /**
     * Channels, multipliers and the rest of the published models, which the multipliers alone
     * distinguish.
     */
    enum Published {
        ADM_64(64, 192, List.of(1.0, 2.0, 3.0, 4.0), 3, List.of(2, 4, 8), 0, QkvOrder.BY_KIND, 0.1),
        ADM_128(
                128,
                256,
                List.of(1.0, 1.0, 2.0, 3.0, 4.0),
                2,
                List.of(4, 8, 16),
                4,
                QkvOrder.BY_HEAD,
                0),
        ADM_256(
                256,
                256,
                List.of(1.0, 1.0, 2.0, 2.0, 4.0, 4.0),
                2,
                List.of(8, 16, 32),
                0,
                QkvOrder.BY_HEAD,
                0),
        ADM_512(
                512,
                256,
                List.of(0.5, 1.0, 1.0, 2.0, 2.0, 4.0, 4.0),
                2,
                List.of(16, 32, 64),
                0,
                QkvOrder.BY_HEAD,
                0);

        private static final int HEAD_CHANNELS = 64;

        private final int side;
        private final AdmShape shape;

        Published(
                int side,
                int baseChannels,
                List<Double> multipliers,
                int resBlocks,
                List<Integer> attentionRates,
                int heads,
                QkvOrder order,
                double dropout) {
            this.side = side;
            shape =
                    new AdmShape(
                            baseChannels,
                            multipliers,
                            resBlocks,
                            attentionRates,
                            heads,
                            heads > 0 ? 0 : HEAD_CHANNELS,
                            order,
                            true,
                            Resampling.RESIDUAL,
                            dropout);
        }

        int side() {
            return side;
        }

        AdmShape shape() {
            return shape;
        }

        private AdmConfig model(Conditioning conditioning) {
            return new AdmConfig(
                    new Signature(SampleShape.image(3, side, side), 6, conditioning, TIME_SCALE),
                    shape);
        }
    }

    /** Of times 0 … 1, as a new model is trained unless another process is chosen. */
    @Override
    public AdmConfig small() {
        return new AdmConfig(
                Signature.of(SampleShape.image(3, 32, 32), Conditioning.none()), SMALL);
    }

    @Override
    public List<Setting> settings() {
        return List.of(
                BASE_CHANNELS,
                MULTIPLIERS,
                RES_BLOCKS,
                ATTENTION_RATES,
                HEAD_CHANNELS,
                HEAD_COUNT,
                QKV_ORDER,
                ADAPTIVE_NORM,
                RESAMPLING,
                DROPOUT);
    }

    /** The values of a model. */
    static Map<String, String> settings(AdmShape shape) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put(BASE_CHANNELS.name(), Integer.toString(shape.baseChannels()));
        values.put(MULTIPLIERS.name(), shape.multipliersText());
        values.put(RES_BLOCKS.name(), Integer.toString(shape.resBlocks()));
        values.put(ATTENTION_RATES.name(), shape.attentionText());
        values.put(HEAD_CHANNELS.name(), Integer.toString(shape.headChannels()));
        values.put(HEAD_COUNT.name(), Integer.toString(shape.heads()));
        values.put(QKV_ORDER.name(), shape.order().label());
        values.put(ADAPTIVE_NORM.name(), shape.scaleShift() ? SCALES : ADDS);
        values.put(RESAMPLING.name(), shape.resampling().label());
        values.put(DROPOUT.name(), DROPOUT.read(Double.toString(shape.dropout())));
        return values;
    }

    @Override
    public AdmConfig change(AdmConfig base, Signature signature, Settings values) {
        return new AdmConfig(
                signature,
                new AdmShape(
                        values.whole(BASE_CHANNELS),
                        AdmShape.multipliers(values.text(MULTIPLIERS)),
                        values.whole(RES_BLOCKS),
                        AdmShape.attentionRates(values.text(ATTENTION_RATES)),
                        values.whole(HEAD_COUNT),
                        values.whole(HEAD_CHANNELS),
                        Named.parse("QKV order", values.text(QKV_ORDER), QkvOrder.values()),
                        values.text(ADAPTIVE_NORM).equals(SCALES),
                        Named.parse("resampling", values.text(RESAMPLING), Resampling.values()),
                        values.number(DROPOUT)));
    }

    @Override
    public Optional<AdmConfig> infer(Map<String, long[]> tensors, IntUnaryOperator outputs) {
        return OfficialShapes.model(tensors);
    }

    /** The upsamplers, which are given a smaller picture beside the noisy one. */
    @Override
    public Optional<String> unsupported(Map<String, long[]> tensors) {
        return OfficialShapes.isUpsampler(tensors)
                ? Optional.of(
                        "an upsampler of ADM, which makes pictures from smaller ones; that is not"
                                + " supported, import the model of its larger size, such as"
                                + " 256x256_diffusion.pt")
                : Optional.empty();
    }
}

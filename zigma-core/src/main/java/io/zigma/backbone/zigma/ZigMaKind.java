package io.zigma.backbone.zigma;

import static io.zigma.backbone.TokenSettings.DEPTH;
import static io.zigma.backbone.TokenSettings.HIDDEN_SIZE;
import static io.zigma.backbone.TokenSettings.PATCH_SIZE;

import io.zigma.backbone.BackboneKind;
import io.zigma.backbone.ModelLimits;
import io.zigma.backbone.OfficialArguments;
import io.zigma.backbone.Signature;
import io.zigma.base.Setting;
import io.zigma.base.Settings;
import io.zigma.base.Spelling;
import io.zigma.condition.Conditioning;
import io.zigma.io.CheckpointException;
import io.zigma.io.Fields;
import io.zigma.mixer.TokenMixers;
import io.zigma.nn.CrossAttention;
import io.zigma.nn.MambaConfig;
import io.zigma.nn.MixerSpec;
import io.zigma.nn.NormKind;
import io.zigma.scan.ScanScheme;
import io.zigma.scan.Zigzag;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** ZigMa in the registry of backbones. */
public final class ZigMaKind implements BackboneKind<ZigMaConfig> {

    /** The one entry. */
    public static final ZigMaKind INSTANCE = new ZigMaKind();

    private static final Setting SCAN =
            Setting.parsed(
                    "scan",
                    "the scan paths of the layers",
                    "zigzag-8",
                    String.join(", ", ScanScheme.spellings())
                            + " (N 1 to 8, random any; videos only: PATTERN of s and t)",
                    text -> ScanScheme.parse(text).spelling());
    private static final Setting MIXER =
            Setting.parsed(
                    "mixer",
                    "how the layers mix their tokens",
                    MambaConfig.PUBLISHED.name(),
                    String.join(", ", TokenMixers.REGISTRY.names())
                            + ", or with options of its own NAME:OPTION=VALUE,OPTION=VALUE"
                            + " (zigma help mixers)",
                    text -> TokenMixers.spelling(TokenMixers.parse(text)));
    private static final Setting POSITIONS =
            Setting.choice("positions", "table of token positions", "learned", positions());
    private static final Setting TEMPORAL_POSITIONS =
            Setting.flag(
                    "temporal-positions",
                    "the frames of a video have a learned position each (tpe)",
                    false);

    private static final Setting TEXT_HEADS =
            Setting.whole(
                    "text-heads",
                    "with a text: heads of "
                            + CrossAttention.HEAD_SIZE
                            + " channels that attend to it; published: "
                            + CrossAttention.HEADS
                            + ", twice as wide as a model of 256 channels",
                    CrossAttention.HEADS,
                    1,
                    ModelLimits.DEPTH);

    private ZigMaKind() {}

    @Override
    public String name() {
        return "zigma";
    }

    @Override
    public Class<ZigMaConfig> specType() {
        return ZigMaConfig.class;
    }

    @Override
    public String description() {
        return "Zigzag Mamba (Hu et al., ECCV 2024)";
    }

    @Override
    public ZigMaConfig read(Fields json, Signature signature) throws CheckpointException {
        return ZigMaJson.read(json, signature);
    }

    @Override
    public Map<String, ZigMaConfig> presets() {
        Map<String, ZigMaConfig> presets = new LinkedHashMap<>();
        for (Preset preset : Preset.values()) {
            presets.put(preset.label(), preset.config());
        }
        presets.putAll(comparison());
        return Collections.unmodifiableMap(presets);
    }

    @Override
    public Map<String, ZigMaConfig> comparison() {
        return Comparison.models();
    }

    @Override
    public ZigMaConfig small() {
        return new ZigMaConfig(
                32,
                32,
                3,
                2,
                128,
                8,
                new Zigzag(8),
                MambaConfig.PUBLISHED,
                Positions.LEARNED,
                NormKind.RMS,
                1e-5,
                0,
                Conditioning.none());
    }

    @Override
    public List<Setting> settings() {
        return List.of(
                PATCH_SIZE,
                HIDDEN_SIZE,
                DEPTH,
                SCAN,
                MIXER,
                POSITIONS,
                TEMPORAL_POSITIONS,
                TEXT_HEADS);
    }

    /** The values of a model. */
    static Map<String, String> settings(ZigMaConfig config) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put(PATCH_SIZE.name(), Integer.toString(config.patchSize()));
        values.put(HIDDEN_SIZE.name(), Integer.toString(config.hiddenSize()));
        values.put(DEPTH.name(), Integer.toString(config.depth()));
        values.put(SCAN.name(), config.scan().spelling());
        values.put(MIXER.name(), TokenMixers.spelling(config.mixer()));
        values.put(POSITIONS.name(), Spelling.of(config.positions()));
        values.put(TEMPORAL_POSITIONS.name(), Boolean.toString(config.temporalPositions()));
        values.put(TEXT_HEADS.name(), Integer.toString(config.textHeads()));
        return values;
    }

    @Override
    public ZigMaConfig change(ZigMaConfig base, Signature signature, Settings values) {
        ScanScheme scan = ScanScheme.parse(values.text(SCAN));
        MixerSpec mixer = TokenMixers.parse(values.text(MIXER));
        if (!mixer.followsScan() && !scan.equals(base.scan())) {
            throw new IllegalArgumentException(
                    "scan %s has no influence on mixer %s; leave one of the two out"
                            .formatted(scan.spelling(), mixer.name()));
        }
        return new ZigMaConfig(
                signature,
                values.whole(PATCH_SIZE),
                values.whole(HIDDEN_SIZE),
                values.whole(DEPTH),
                scan,
                mixer,
                Positions.values()[positions().indexOf(values.text(POSITIONS))],
                values.flag(TEMPORAL_POSITIONS),
                base.norm(),
                base.normEpsilon(),
                base.dropPath(),
                values.whole(TEXT_HEADS));
    }

    @Override
    public Optional<ZigMaConfig> infer(OfficialArguments arguments) throws IOException {
        return new OfficialParams(arguments).model();
    }

    private static List<String> positions() {
        return Arrays.stream(Positions.values()).map(Spelling::of).toList();
    }
}

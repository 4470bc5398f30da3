package io.zigma.backbone.zigma;

import io.zigma.backbone.BackboneKind;
import io.zigma.backbone.BackboneOption;
import io.zigma.backbone.ModelLimits;
import io.zigma.backbone.OfficialArguments;
import io.zigma.backbone.Signature;
import io.zigma.base.Spelling;
import io.zigma.condition.Conditioning;
import io.zigma.io.CheckpointException;
import io.zigma.io.Fields;
import io.zigma.nn.CrossAttention;
import io.zigma.nn.MambaConfig;
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

    private static final BackboneOption PATCH_SIZE =
            new BackboneOption("patch-size", "N", "side of the patches that become tokens");
    private static final BackboneOption HIDDEN_SIZE =
            new BackboneOption("hidden-size", "N", "channels of a token");
    private static final BackboneOption DEPTH = new BackboneOption("depth", "N", "layers");
    private static final BackboneOption SCAN =
            new BackboneOption(
                    "scan",
                    "NAME",
                    String.join(", ", ScanScheme.spellings())
                            + " (N 1 to 8, random any; videos only: PATTERN of s and t)");
    private static final BackboneOption POSITIONS =
            new BackboneOption(
                    "positions",
                    "NAME",
                    "table of token positions: " + String.join(", ", positions()));

    private static final BackboneOption TEMPORAL_POSITIONS =
            new BackboneOption(
                    "temporal-positions",
                    "",
                    "the frames of a video have a learned position each (tpe)");

    private static final BackboneOption TEXT_HEADS =
            new BackboneOption(
                    "text-heads",
                    "N",
                    "with a text: heads of "
                            + CrossAttention.HEAD_SIZE
                            + " channels that attend to it; published: "
                            + CrossAttention.HEADS
                            + ", twice as wide as a model of 256 channels");

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
        return Collections.unmodifiableMap(presets);
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
    public List<BackboneOption> options() {
        return List.of(
                PATCH_SIZE, HIDDEN_SIZE, DEPTH, SCAN, POSITIONS, TEMPORAL_POSITIONS, TEXT_HEADS);
    }

    @Override
    public ZigMaConfig change(ZigMaConfig base, Signature signature, Map<String, String> options) {
        return new ZigMaConfig(
                signature,
                PATCH_SIZE.integer(options, ModelLimits.PATCH, base.patchSize()),
                HIDDEN_SIZE.integer(options, ModelLimits.SIZE, base.hiddenSize()),
                DEPTH.integer(options, ModelLimits.DEPTH, base.depth()),
                SCAN.parsed(options, ScanScheme::parse, base.scan()),
                base.mixer(),
                POSITIONS.parsed(options, ZigMaKind::positions, base.positions()),
                TEMPORAL_POSITIONS.flag(options, base.temporalPositions()),
                base.norm(),
                base.normEpsilon(),
                base.dropPath(),
                TEXT_HEADS.integer(options, ModelLimits.DEPTH, base.textHeads()));
    }

    @Override
    public Optional<ZigMaConfig> infer(OfficialArguments arguments) throws IOException {
        return new OfficialParams(arguments).model();
    }

    private static Positions positions(String given) {
        List<String> names = positions();
        int found = names.indexOf(given);
        if (found < 0) {
            throw new IllegalArgumentException(
                    "'%s' is none of %s".formatted(given, String.join(", ", names)));
        }
        return Positions.values()[found];
    }

    private static List<String> positions() {
        return Arrays.stream(Positions.values()).map(Spelling::of).toList();
    }
}

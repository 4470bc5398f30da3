package io.zigma.cli.option;

import io.zigma.backbone.zigma.Positions;
import io.zigma.backbone.zigma.Preset;
import io.zigma.backbone.zigma.ZigMaConfig;
import io.zigma.base.Canvas;
import io.zigma.condition.Conditioning;
import io.zigma.io.Spelling;
import io.zigma.nn.MambaConfig;
import io.zigma.nn.NormKind;
import io.zigma.scan.ScanScheme;
import io.zigma.scan.Zigzag;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.commons.cli.Option;

/** The options that describe a model, whatever its pictures are and whatever it is told. */
public final class ModelOptions {

    static final Option PRESET =
            Flags.value(
                    null,
                    "preset",
                    "NAME",
                    "a published model, of which the other options change parts: "
                            + String.join(", ", Preset.labels())
                            + "; default: a small one");
    private static final Option PATCH_SIZE =
            Flags.value(
                    null, "patch-size", "N", "side of the patches that become tokens; default 2");
    private static final Option HIDDEN_SIZE =
            Flags.value(null, "hidden-size", "N", "channels of a token; default 128");
    private static final Option DEPTH = Flags.value(null, "depth", "N", "layers; default 8");
    private static final Option SCAN =
            Flags.value(
                    null,
                    "scan",
                    "NAME",
                    String.join(", ", ScanScheme.spellings())
                            + " (N 1 to 8, random any; videos only: PATTERN of s and t);"
                            + " default zigzag-8");
    private static final Option POSITIONS =
            Flags.value(
                    null,
                    "positions",
                    "NAME",
                    "table of token positions: "
                            + String.join(", ", positions())
                            + "; default learned");

    public static final OptionSection SECTION =
            OptionSection.of("The model", PRESET, PATCH_SIZE, HIDDEN_SIZE, DEPTH, SCAN, POSITIONS);

    private final Arguments arguments;

    public ModelOptions(Arguments arguments) {
        this.arguments = arguments;
    }

    /**
     * Returns the published model that was asked for, if one was.
     *
     * @throws UsageException if there is none of that name
     */
    public Optional<ZigMaConfig> preset() {
        List<String> labels = Preset.labels();
        return arguments
                .text(PRESET)
                .map(given -> arguments.choice(PRESET, labels, given))
                .map(label -> Preset.values()[labels.indexOf(label)].config());
    }

    /** What a small machine can train, whatever the pictures. */
    private static ZigMaConfig small() {
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
                new Conditioning.Unconditional());
    }

    /** Returns the side of the patches of a new model. */
    int patchSize() {
        return patchSize(preset().orElseGet(ModelOptions::small));
    }

    private int patchSize(ZigMaConfig usual) {
        return arguments.integer(PATCH_SIZE, 1, 1024, usual.patchSize());
    }

    /**
     * Returns a new model.
     *
     * @throws UsageException if a value cannot be meant
     * @throws IllegalArgumentException if the values do not fit together
     */
    public ZigMaConfig model(Canvas canvas, Conditioning conditioning) {
        return model(preset().orElseGet(ModelOptions::small), canvas, conditioning);
    }

    /**
     * Returns a model that is another where no option says otherwise.
     *
     * @throws UsageException if a value cannot be meant
     * @throws IllegalArgumentException if the values do not fit together
     */
    public ZigMaConfig model(ZigMaConfig usual, Canvas canvas, Conditioning conditioning) {
        return new ZigMaConfig(
                canvas,
                patchSize(usual),
                arguments.integer(HIDDEN_SIZE, 1, usual.hiddenSize()),
                arguments.integer(DEPTH, 1, usual.depth()),
                scan(usual.scan()),
                usual.mixer(),
                positions(usual.positions()),
                usual.temporalPositions(),
                usual.norm(),
                usual.normEpsilon(),
                usual.dropPath(),
                conditioning);
    }

    private ScanScheme scan(ScanScheme usual) {
        Optional<String> given = arguments.text(SCAN);
        try {
            return given.isPresent() ? ScanScheme.parse(given.get()) : usual;
        } catch (IllegalArgumentException e) {
            throw new UsageException("%s: %s".formatted(Arguments.spelling(SCAN), e.getMessage()));
        }
    }

    private Positions positions(Positions usual) {
        List<String> names = positions();
        String chosen = arguments.choice(POSITIONS, names, Spelling.of(usual));
        return Positions.values()[names.indexOf(chosen)];
    }

    private static List<String> positions() {
        return Arrays.stream(Positions.values()).map(Spelling::of).toList();
    }
}

package io.zigma.backbone.zigma;

import io.zigma.backbone.ModelLimits;
import io.zigma.backbone.OfficialArguments;
import io.zigma.base.SampleShape;
import io.zigma.condition.ByClass;
import io.zigma.condition.ByText;
import io.zigma.condition.Conditioning;
import io.zigma.io.SafetensorsHeader;
import io.zigma.nn.MambaConfig;
import io.zigma.nn.NormKind;
import io.zigma.scan.ScanScheme;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What the official training program says of its model: what the constructor of the official {@code
 * ZigMa} takes is under {@code model.params}; what is absent there has that constructor's default.
 * A variant that this program does not have is refused by its name.
 */
final class OfficialParams {

    private static final String PARAMS = "model.params.";

    /** The parameters of the official constructor; another name means another model. */
    private static final Set<String> KNOWN =
            Set.of(
                    "in_channels",
                    "embed_dim",
                    "depth",
                    "img_dim",
                    "patch_size",
                    "has_text",
                    "d_context",
                    "n_context_token",
                    "num_classes",
                    "drop_path_rate",
                    "ssm_cfg",
                    "norm_epsilon",
                    "rms_norm",
                    "scan_type",
                    "video_frames",
                    "tpe",
                    "use_pe",
                    // these affect neither the weights nor the model's output
                    "fused_add_norm",
                    "residual_in_fp32",
                    "initializer_cfg",
                    "device",
                    "use_jit",
                    "m_init",
                    "use_checkpoint",
                    "dtype");

    private static final Set<String> KNOWN_OF_MIXER =
            Set.of(
                    "d_state",
                    "d_conv",
                    "expand",
                    "dt_rank",
                    "conv_bias",
                    "bias",
                    // how Δ is initialised, and which kernel computes
                    "dt_min",
                    "dt_max",
                    "dt_init",
                    "dt_scale",
                    "dt_init_floor",
                    "use_fast_path");

    private final OfficialArguments arguments;

    OfficialParams(OfficialArguments arguments) {
        this.arguments = arguments;
    }

    /**
     * Returns the model that the arguments describe.
     *
     * @return its shape, or empty if they do not describe a ZigMa
     * @throws IOException if it is a variant that is not supported, or invalid
     */
    Optional<ZigMaConfig> model() throws IOException {
        Optional<Set<String>> params = arguments.names("model.params");
        Optional<String> target = arguments.text("model.target");
        if (params.isEmpty() || target.isPresent() && !target.get().endsWith(".ZigMa")) {
            return Optional.empty();
        }
        requireKnown(params.get(), KNOWN, PARAMS);
        int image = size("img_dim", ModelLimits.IMAGE_SIDE, Optional.empty());
        int patch = size("patch_size", ModelLimits.PATCH, Optional.of(1));
        SampleShape canvas = canvas(image);
        if ((long) (image / patch) * (image / patch) * canvas.frameCount() > ModelLimits.TOKENS) {
            throw refuse(
                    "%d images of %d have more than %d tokens",
                    canvas.frameCount(), image, ModelLimits.TOKENS);
        }
        try {
            return Optional.of(
                    new ZigMaConfig(
                            canvas,
                            patch,
                            size("embed_dim", ModelLimits.SIZE, Optional.empty()),
                            size("depth", ModelLimits.DEPTH, Optional.empty()),
                            scan(canvas.isVideo()),
                            mixer(),
                            positions(),
                            temporalPositions(canvas),
                            arguments.flag(PARAMS + "rms_norm", true)
                                    ? NormKind.RMS
                                    : NormKind.LAYER,
                            arguments.number(PARAMS + "norm_epsilon").orElse(1e-5),
                            arguments.number(PARAMS + "drop_path_rate").orElse(0.1),
                            conditioning()));
        } catch (IllegalArgumentException e) {
            throw refuse("%s", e.getMessage());
        }
    }

    /** A text has precedence over classes, as in the official constructor. */
    private Conditioning conditioning() throws IOException {
        if (arguments.flag(PARAMS + "has_text", false)) {
            return new ByText(
                    size("d_context", ModelLimits.SIZE, Optional.empty()),
                    arguments.integer(PARAMS + "n_context_token").orElse(0));
        }
        int classes = arguments.integer(PARAMS + "num_classes").orElse(-1);
        return classes > 0 ? new ByClass(classes, false) : Conditioning.none();
    }

    private SampleShape canvas(int side) throws IOException {
        int channels = size("in_channels", ModelLimits.CHANNELS, Optional.empty());
        int frames = arguments.integer(PARAMS + "video_frames").orElse(0);
        if (frames < 0 || frames > ModelLimits.FRAMES) {
            throw refuse(
                    "%svideo_frames is %d, not 0 (for images) to %d",
                    PARAMS, frames, ModelLimits.FRAMES);
        }
        return frames == 0
                ? SampleShape.image(channels, side, side)
                : SampleShape.video(frames, channels, side, side);
    }

    private boolean temporalPositions(SampleShape canvas) throws IOException {
        boolean given = arguments.flag(PARAMS + "tpe", false);
        if (given && !(canvas.isVideo())) {
            throw refuse("%stpe is for videos, but video_frames is 0", PARAMS);
        }
        return given;
    }

    private ScanScheme scan(boolean video) throws IOException {
        String type = arguments.text(PARAMS + "scan_type").orElse("v2");
        try {
            return OfficialScan.parse(type, video);
        } catch (IllegalArgumentException e) {
            throw refuse("%sscan_type: %s", PARAMS, e.getMessage());
        }
    }

    private Positions positions() throws IOException {
        int kind = arguments.integer(PARAMS + "use_pe").orElse(0);
        return switch (kind) {
            // the official code makes tables for 3 but neither saves nor adds them
            case 0, 3 -> Positions.NONE;
            case 1 -> Positions.SINE_COSINE;
            case 2 -> Positions.LEARNED;
            default -> throw refuse("%suse_pe is %d, not 0 to 3", PARAMS, kind);
        };
    }

    private MambaConfig mixer() throws IOException {
        Optional<Set<String>> given = arguments.names(PARAMS + "ssm_cfg");
        if (given.isPresent()) {
            requireKnown(given.get(), KNOWN_OF_MIXER, PARAMS + "ssm_cfg.");
        }
        MambaConfig published = MambaConfig.PUBLISHED;
        boolean automatic =
                arguments.text(PARAMS + "ssm_cfg.dt_rank").filter("auto"::equals).isPresent();
        return new MambaConfig(
                size("ssm_cfg.d_state", ModelLimits.SIZE, Optional.of(published.stateSize())),
                size("ssm_cfg.d_conv", ModelLimits.SIZE, Optional.of(published.convolutionWidth())),
                size("ssm_cfg.expand", ModelLimits.DEPTH, Optional.of(published.expand())),
                automatic
                        ? 0
                        : size(
                                "ssm_cfg.dt_rank",
                                ModelLimits.SIZE,
                                Optional.of(published.dtRank())),
                arguments.flag(PARAMS + "ssm_cfg.conv_bias", published.convolutionBias()),
                arguments.flag(PARAMS + "ssm_cfg.bias", published.projectionBias()));
    }

    private void requireKnown(Set<String> given, Set<String> known, String prefix)
            throws IOException {
        for (String name : given) {
            if (!known.contains(name)) {
                throw refuse(
                        "argument %s is unknown; is the file from another version of the model?",
                        SafetensorsHeader.shown(prefix + name));
            }
        }
    }

    private int size(String param, int largest, Optional<Integer> fallback) throws IOException {
        Optional<Integer> given = arguments.integer(PARAMS + param);
        if (given.isEmpty()) {
            return fallback.orElseThrow(() -> refuse("the arguments lack %s%s", PARAMS, param));
        }
        if (given.get() < 1 || given.get() > largest) {
            throw refuse("%s%s is %d, not 1 to %d", PARAMS, param, given.get(), largest);
        }
        return given.get();
    }

    private IOException refuse(String sentence, Object... parts) {
        return arguments.refusal(String.format(Locale.ROOT, sentence, parts));
    }
}

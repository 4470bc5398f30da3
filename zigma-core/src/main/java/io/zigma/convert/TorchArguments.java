package io.zigma.convert;

import com.google.errorprone.annotations.FormatMethod;
import io.zigma.backbone.ModelLimits;
import io.zigma.backbone.zigma.Positions;
import io.zigma.backbone.zigma.ZigMaConfig;
import io.zigma.base.SampleShape;
import io.zigma.condition.ByClass;
import io.zigma.condition.ByText;
import io.zigma.condition.Conditioning;
import io.zigma.condition.Unconditional;
import io.zigma.convert.PickleValue.Bool;
import io.zigma.convert.PickleValue.Dictionary;
import io.zigma.convert.PickleValue.Instance;
import io.zigma.convert.PickleValue.Int;
import io.zigma.convert.PickleValue.None;
import io.zigma.convert.PickleValue.Opaque;
import io.zigma.convert.PickleValue.Real;
import io.zigma.convert.PickleValue.Scalar;
import io.zigma.convert.PickleValue.Text;
import io.zigma.diffusion.InterpolantKind;
import io.zigma.diffusion.Prediction;
import io.zigma.io.SafetensorsHeader;
import io.zigma.nn.MambaConfig;
import io.zigma.nn.NormKind;
import io.zigma.scan.ScanScheme;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The arguments of the official training program, as its checkpoints contain them: a tree of
 * OmegaConf nodes (official {@code config/}), or of plain dictionaries.
 *
 * <p>What the constructor of the official {@code ZigMa} takes is under {@code model.params}; what
 * is absent there has that constructor's default. A variant that is not supported is refused by its
 * name.
 */
final class TorchArguments {

    private static final String PARAMS = "model.params.";

    /** {@code ${data.video_frames}} is the value of another argument. */
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{([\\w.]+)\\}");

    private static final int MOST_REFERENCES = 8;

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

    private final Path file;
    private final PickleValue root;

    /**
     * Wraps a checkpoint's arguments.
     *
     * @param file the checkpoint, for messages
     * @param root its {@code args}
     */
    TorchArguments(Path file, PickleValue root) {
        this.file = file;
        this.root = root;
    }

    /**
     * Returns the model that the arguments describe.
     *
     * @return its shape, or empty if they do not describe a model
     * @throws TorchException if it is a variant that is not supported, or invalid
     */
    Optional<ZigMaConfig> model() throws TorchException {
        Optional<Dictionary> params = dictionary("model.params");
        if (params.isEmpty()) {
            return Optional.empty();
        }
        Optional<String> target = text("model.target");
        if (target.isPresent() && !target.get().endsWith(".ZigMa")) {
            throw refuse("the model is a %s, not a ZigMa", SafetensorsHeader.shown(target.get()));
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
                            flag(PARAMS + "rms_norm", true) ? NormKind.RMS : NormKind.LAYER,
                            number(PARAMS + "norm_epsilon").orElse(1e-5),
                            number(PARAMS + "drop_path_rate").orElse(0.1),
                            conditioning()));
        } catch (IllegalArgumentException e) {
            throw new TorchException("%s: %s".formatted(file, e.getMessage()), e);
        }
    }

    /** Returns the path that the model was trained on, if the arguments contain it. */
    Optional<InterpolantKind> interpolant() throws TorchException {
        Optional<String> name = text("train.path_type");
        return name.isEmpty()
                ? Optional.empty()
                : Optional.of(named("train.path_type", name.get(), InterpolantKind::parse));
    }

    /** Returns which quantity the model predicts, if the arguments contain it. */
    Optional<Prediction> prediction() throws TorchException {
        Optional<String> name = text("train.prediction");
        return name.isEmpty()
                ? Optional.empty()
                : Optional.of(named("train.prediction", name.get(), Prediction::parse));
    }

    /** Returns a text, if there is one under a dotted name. */
    Optional<String> text(String name) throws TorchException {
        return scalar(name).map(value -> value instanceof Text text ? text.value() : null);
    }

    /** Returns a text that only describes, if there is one under a dotted name. */
    Optional<String> label(String name) {
        return find(name)
                .flatMap(TorchArguments::content)
                .filter(Text.class::isInstance)
                .map(value -> ((Text) value).value());
    }

    /** A text has precedence over classes, as in the official constructor. */
    private Conditioning conditioning() throws TorchException {
        if (flag(PARAMS + "has_text", false)) {
            return new ByText(
                    size("d_context", ModelLimits.SIZE, Optional.empty()),
                    integer(PARAMS + "n_context_token").orElse(0));
        }
        int classes = integer(PARAMS + "num_classes").orElse(-1);
        return classes > 0 ? new ByClass(classes, false) : new Unconditional();
    }

    private SampleShape canvas(int side) throws TorchException {
        int channels = size("in_channels", ModelLimits.CHANNELS, Optional.empty());
        int frames = integer(PARAMS + "video_frames").orElse(0);
        if (frames < 0 || frames > ModelLimits.FRAMES) {
            throw refuse(
                    "%svideo_frames is %d, not 0 (for images) to %d",
                    PARAMS, frames, ModelLimits.FRAMES);
        }
        return frames == 0
                ? SampleShape.image(channels, side, side)
                : SampleShape.video(frames, channels, side, side);
    }

    private boolean temporalPositions(SampleShape canvas) throws TorchException {
        boolean given = flag(PARAMS + "tpe", false);
        if (given && !(canvas.isVideo())) {
            throw refuse("%stpe is for videos, but video_frames is 0", PARAMS);
        }
        return given;
    }

    private ScanScheme scan(boolean video) throws TorchException {
        String type = text(PARAMS + "scan_type").orElse("v2");
        try {
            return OfficialScan.parse(type, video);
        } catch (IllegalArgumentException e) {
            throw new TorchException(
                    "%s: %sscan_type: %s".formatted(file, PARAMS, e.getMessage()), e);
        }
    }

    private Positions positions() throws TorchException {
        int kind = integer(PARAMS + "use_pe").orElse(0);
        return switch (kind) {
            // the official code makes tables for 3 but neither saves nor adds them
            case 0, 3 -> Positions.NONE;
            case 1 -> Positions.SINE_COSINE;
            case 2 -> Positions.LEARNED;
            default -> throw refuse("%suse_pe is %d, not 0 to 3", PARAMS, kind);
        };
    }

    private MambaConfig mixer() throws TorchException {
        Optional<Dictionary> given = dictionary(PARAMS + "ssm_cfg");
        if (given.isPresent()) {
            requireKnown(given.get(), KNOWN_OF_MIXER, PARAMS + "ssm_cfg.");
        }
        MambaConfig defaults = MambaConfig.PUBLISHED;
        boolean automatic = text(PARAMS + "ssm_cfg.dt_rank").filter("auto"::equals).isPresent();
        return new MambaConfig(
                size("ssm_cfg.d_state", ModelLimits.SIZE, Optional.of(defaults.stateSize())),
                size("ssm_cfg.d_conv", ModelLimits.SIZE, Optional.of(defaults.convolutionWidth())),
                size("ssm_cfg.expand", ModelLimits.DEPTH, Optional.of(defaults.expand())),
                automatic
                        ? 0
                        : size("ssm_cfg.dt_rank", ModelLimits.SIZE, Optional.of(defaults.dtRank())),
                flag(PARAMS + "ssm_cfg.conv_bias", defaults.convolutionBias()),
                flag(PARAMS + "ssm_cfg.bias", defaults.projectionBias()));
    }

    private void requireKnown(Dictionary given, Set<String> known, String prefix)
            throws TorchException {
        for (Map.Entry<Scalar, PickleValue> entry : given.entries()) {
            if (!(entry.getKey() instanceof Text name) || !known.contains(name.value())) {
                throw refuse(
                        "argument %s is unknown; is the file from another version of the model?",
                        SafetensorsHeader.shown(
                                prefix
                                        + (entry.getKey() instanceof Text name
                                                ? name.value()
                                                : entry.getKey())));
            }
        }
    }

    private int size(String param, int largest, Optional<Integer> fallback) throws TorchException {
        Optional<Integer> given = integer(PARAMS + param);
        if (given.isEmpty()) {
            return fallback.orElseThrow(() -> refuse("the arguments lack %s%s", PARAMS, param));
        }
        if (given.get() < 1 || given.get() > largest) {
            throw refuse("%s%s is %d, not 1 to %d", PARAMS, param, given.get(), largest);
        }
        return given.get();
    }

    private Optional<Integer> integer(String name) throws TorchException {
        Optional<Scalar> value = scalar(name);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        if (value.get() instanceof Int number && number.value().bitLength() < Integer.SIZE) {
            return Optional.of(number.value().intValue());
        }
        throw refuse("%s is no whole number", name);
    }

    private Optional<Double> number(String name) throws TorchException {
        Optional<Scalar> value = scalar(name);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        if (value.get() instanceof Real number) {
            return Optional.of(number.value());
        }
        if (value.get() instanceof Int number) {
            return Optional.of(number.value().doubleValue());
        }
        // YAML 1.1 reads 1e-5 as a text, since it has no dot
        if (value.get() instanceof Text text) {
            try {
                return Optional.of(Double.valueOf(text.value()));
            } catch (NumberFormatException e) {
                throw refuse("%s is %s, not a number", name, SafetensorsHeader.shown(text.value()));
            }
        }
        throw refuse("%s is not a number", name);
    }

    private boolean flag(String name, boolean fallback) throws TorchException {
        Optional<Scalar> value = scalar(name);
        if (value.isEmpty()) {
            return fallback;
        }
        if (value.get() instanceof Bool flag) {
            return flag.value();
        }
        throw refuse("%s is neither true nor false", name);
    }

    private interface Parser<T> {
        T parse(String name);
    }

    private <T> T named(String argument, String value, Parser<T> parser) throws TorchException {
        try {
            return parser.parse(value);
        } catch (IllegalArgumentException e) {
            throw new TorchException("%s: %s: %s".formatted(file, argument, e.getMessage()), e);
        }
    }

    // ---- the tree

    private Optional<Dictionary> dictionary(String name) {
        return find(name).flatMap(TorchArguments::children);
    }

    /** Follows a dotted name to a value, through references; None counts as absent. */
    private Optional<Scalar> scalar(String name) throws TorchException {
        String place = name;
        for (int hop = 0; hop <= MOST_REFERENCES; hop++) {
            Optional<PickleValue> node = find(place);
            if (node.isPresent() && unread(node.get()) instanceof Opaque opaque) {
                throw refuse(
                        "%s is %s, which is not read; nothing was run",
                        place, SafetensorsHeader.shown(opaque.what()));
            }
            Optional<Scalar> value = node.flatMap(TorchArguments::content);
            if (value.isEmpty() || value.get() == None.NONE) {
                return Optional.empty();
            }
            if (!(value.get() instanceof Text text)) {
                return value;
            }
            Matcher reference = REFERENCE.matcher(text.value());
            if (!reference.matches()) {
                return value;
            }
            place = reference.group(1);
        }
        throw refuse("%s refers to itself", name);
    }

    private Optional<PickleValue> find(String name) {
        List<String> steps = Arrays.asList(name.split("\\.", -1));
        Optional<PickleValue> at = Optional.of(root);
        for (String step : steps) {
            at = at.flatMap(TorchArguments::children).flatMap(children -> children.get(step));
        }
        return at;
    }

    private static Optional<Dictionary> children(PickleValue node) {
        if (node instanceof Dictionary dictionary) {
            return Optional.of(dictionary);
        }
        if (!(node instanceof Instance instance)) {
            return Optional.empty();
        }
        return switch (instance.type()) {
            case NAMESPACE -> Optional.of(instance.fields());
            case DICT_CONFIG ->
                    instance.fields()
                            .get("_content")
                            .map(content -> content instanceof Dictionary d ? d : null);
            default -> Optional.empty();
        };
    }

    /** The value of a node, if it is one. */
    private static PickleValue unread(PickleValue node) {
        return node instanceof Instance instance
                ? instance.fields().get("_val").orElse(node)
                : node;
    }

    private static Optional<Scalar> content(PickleValue node) {
        if (node instanceof Scalar scalar) {
            return Optional.of(scalar);
        }
        return node instanceof Instance instance
                ? instance.fields().get("_val").map(value -> value instanceof Scalar s ? s : null)
                : Optional.empty();
    }

    @FormatMethod
    private TorchException refuse(String sentence, Object... parts) {
        return new TorchException(file + ": " + String.format(Locale.ROOT, sentence, parts));
    }
}

package io.zigma.convert;

import com.google.errorprone.annotations.FormatMethod;
import io.zigma.backbone.BackboneKind;
import io.zigma.backbone.BackboneSpec;
import io.zigma.backbone.OfficialArguments;
import io.zigma.checkpoint.Backbones;
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
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The arguments of the official training program, as its checkpoints contain them: a tree of
 * OmegaConf nodes (official {@code config/}), or of plain dictionaries.
 *
 * <p>What they say of the model is for the architectures to read ({@link BackboneKind#infer}).
 */
final class TorchArguments implements OfficialArguments {

    /** {@code ${data.video_frames}} is the value of another argument. */
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{([\\w.]+)\\}");

    private static final int MOST_REFERENCES = 8;

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
     * Returns the model that the arguments describe, by the first architecture that knows them as
     * those of its own program.
     *
     * @return its shape, or empty if they do not describe a model
     * @throws IOException if it is a variant that is not supported, or invalid
     */
    Optional<BackboneSpec> model() throws IOException {
        return model(Backbones.REGISTRY.all());
    }

    /** The same with some architectures. */
    Optional<BackboneSpec> model(List<BackboneKind<?>> kinds) throws IOException {
        for (BackboneKind<?> kind : kinds) {
            Optional<? extends BackboneSpec> model = kind.infer(this);
            if (model.isPresent()) {
                return Optional.of(model.get());
            }
        }
        Optional<String> target = text("model.target");
        if (target.isPresent()) {
            throw refuse(
                    "the arguments are of a %s, which none of %s reads",
                    SafetensorsHeader.shown(target.get()),
                    kinds.stream().map(BackboneKind::name).collect(Collectors.joining(", ")));
        }
        return Optional.empty();
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

    @Override
    public Optional<String> text(String name) throws TorchException {
        return scalar(name).map(value -> value instanceof Text text ? text.value() : null);
    }

    /** Returns a text that only describes, if there is one under a dotted name. */
    Optional<String> label(String name) {
        return find(name)
                .flatMap(TorchArguments::content)
                .filter(Text.class::isInstance)
                .map(value -> ((Text) value).value());
    }

    @Override
    public Optional<Set<String>> names(String name) throws TorchException {
        Optional<Dictionary> part = dictionary(name);
        if (part.isEmpty()) {
            return Optional.empty();
        }
        Set<String> names = new LinkedHashSet<>();
        for (Scalar key : part.get().entries().stream().map(Map.Entry::getKey).toList()) {
            if (!(key instanceof Text text)) {
                throw refuse(
                        "argument %s is unknown; is the file from another version of the model?",
                        SafetensorsHeader.shown(name + "." + key));
            }
            names.add(text.value());
        }
        return Optional.of(names);
    }

    @Override
    public TorchException refusal(String reason) {
        return new TorchException("%s: %s".formatted(file, reason));
    }

    @Override
    public Optional<Integer> integer(String name) throws TorchException {
        Optional<Scalar> value = scalar(name);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        if (value.get() instanceof Int number && number.value().bitLength() < Integer.SIZE) {
            return Optional.of(number.value().intValue());
        }
        throw refuse("%s is no whole number", name);
    }

    @Override
    public Optional<Double> number(String name) throws TorchException {
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

    @Override
    public boolean flag(String name, boolean fallback) throws TorchException {
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

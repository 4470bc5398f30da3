package io.zigma.cli.option;

import io.zigma.backbone.BackboneKind;
import io.zigma.backbone.BackboneSpec;
import io.zigma.backbone.Signature;
import io.zigma.base.SampleShape;
import io.zigma.base.Setting;
import io.zigma.checkpoint.Backbones;
import io.zigma.condition.Conditioning;
import io.zigma.diffusion.DiffusionProcess;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.commons.cli.Option;

/** The options that describe a backbone, whatever its samples are and whatever its condition. */
public final class ModelOptions {

    /** The architecture of a new model that names none. */
    private static final String DEFAULT_KIND = Backbones.REGISTRY.names().get(0);

    /** Which architecture. */
    public static final Option BACKBONE =
            Flags.value(
                    null,
                    "backbone",
                    "NAME",
                    "architecture: "
                            + Backbones.REGISTRY.all().stream()
                                    .map(kind -> kind.name() + ", " + kind.description())
                                    .collect(Collectors.joining("; "))
                            + "; default "
                            + DEFAULT_KIND);

    static final Option PRESET =
            Flags.value(
                    null,
                    "preset",
                    "NAME",
                    "a published model, of which the other options change parts: "
                            + Backbones.REGISTRY.all().stream()
                                    .map(ModelOptions::presets)
                                    .collect(Collectors.joining("; "))
                            + "; default: a small one");

    /** Options of all architectures by name; those of one name mean the same in each. */
    private static final Map<String, Option> PARTS = parts();

    /** All of it as a section of help. */
    public static final OptionSection SECTION = section();

    private final Arguments arguments;

    /**
     * Reads options.
     *
     * @param arguments what was given
     */
    public ModelOptions(Arguments arguments) {
        this.arguments = arguments;
    }

    private static String presets(BackboneKind<?> kind) {
        String names = String.join(", ", kind.presets().keySet());
        return Backbones.REGISTRY.all().size() == 1 ? names : kind.name() + ": " + names;
    }

    private static Map<String, Option> parts() {
        Map<String, Option> parts = new LinkedHashMap<>();
        for (BackboneKind<?> kind : Backbones.REGISTRY.all()) {
            for (Setting setting : kind.settings()) {
                parts.computeIfAbsent(
                        setting.name(),
                        name ->
                                setting.isFlag()
                                        ? Flags.flag(null, name, help(setting))
                                        : Flags.value(
                                                null, name, setting.argument(), help(setting)));
            }
        }
        return parts;
    }

    /** Lists the architectures that have an option, where not all do. */
    private static String help(Setting setting) {
        List<String> having =
                Backbones.REGISTRY.all().stream()
                        .filter(kind -> names(kind).contains(setting.name()))
                        .map(BackboneKind::name)
                        .toList();
        String meaning =
                setting.argument().equals("NAME")
                        ? "%s: %s".formatted(setting.meaning(), setting.range())
                        : setting.meaning();
        return having.size() == Backbones.REGISTRY.all().size()
                ? meaning
                : "of %s: %s".formatted(String.join(", ", having), meaning);
    }

    private static List<String> names(BackboneKind<?> kind) {
        return kind.settings().stream().map(Setting::name).toList();
    }

    /**
     * Returns the options of one architecture.
     *
     * @param kind the architecture
     * @return those that change parts of its models
     */
    public static List<Option> of(BackboneKind<?> kind) {
        return names(kind).stream().map(PARTS::get).toList();
    }

    private static OptionSection section() {
        List<Option> all = new ArrayList<>(List.of(BACKBONE, PRESET));
        all.addAll(PARTS.values());
        return OptionSection.of("The model", all.toArray(Option[]::new));
    }

    /**
     * Returns the model that a new one starts from: the preset that was asked for, or the small one
     * of the architecture.
     *
     * @return a published or small model
     * @throws UsageException if there is no such architecture or preset
     */
    public BackboneSpec base() {
        Optional<String> preset = arguments.text(PRESET);
        return preset.isPresent() ? preset(preset.get()) : kind(DEFAULT_KIND).small();
    }

    /**
     * Returns the published model that was asked for, if one was.
     *
     * @return the preset
     * @throws UsageException if there is none of that name
     */
    public Optional<BackboneSpec> preset() {
        return arguments.text(PRESET).map(this::preset);
    }

    /** Searches the named architecture, or all of them where none is named. */
    private BackboneSpec preset(String wanted) {
        if (!arguments.has(BACKBONE)) {
            for (BackboneKind<?> kind : Backbones.REGISTRY.all()) {
                if (kind.presets().keySet().stream().anyMatch(wanted::equalsIgnoreCase)) {
                    return kind.preset(wanted);
                }
            }
        }
        BackboneKind<?> kind = kind(DEFAULT_KIND);
        String name = arguments.choice(PRESET, kind.presets().keySet(), wanted);
        return kind.preset(name);
    }

    /**
     * Returns the architecture that was asked for, or the default one.
     *
     * @return its entry in the registry
     * @throws UsageException if there is none of that name
     */
    public BackboneKind<?> kind() {
        return kind(DEFAULT_KIND);
    }

    private BackboneKind<?> kind(String fallback) {
        return Backbones.REGISTRY.get(
                arguments.choice(BACKBONE, Backbones.REGISTRY.names(), fallback));
    }

    /**
     * Returns the side of a sample that any new model so described can have.
     *
     * @return twice the patch size that was given, or the side of the model it starts from
     */
    int plausibleSide() {
        Option patch = PARTS.get("patch-size");
        return patch != null && arguments.has(patch)
                ? 2 * arguments.integer(patch, 1, 256, 1)
                : base().sample().height();
    }

    /**
     * Returns a new model.
     *
     * @param sample the size of its samples
     * @param conditioning what it is conditioned on
     * @param process what it is trained for
     * @return its specification
     * @throws UsageException if a value cannot be meant
     * @throws IllegalArgumentException if the values do not fit together
     */
    public BackboneSpec model(
            SampleShape sample, Conditioning conditioning, DiffusionProcess process) {
        return model(base(), sample, conditioning, process);
    }

    /**
     * Returns a model with the options applied to another.
     *
     * @param base the other model
     * @param sample the size of its samples
     * @param conditioning what it is conditioned on
     * @param process what it is trained for
     * @return its specification
     * @throws UsageException if a value cannot be meant
     * @throws IllegalArgumentException if the values do not fit together
     */
    public BackboneSpec model(
            BackboneSpec base,
            SampleShape sample,
            Conditioning conditioning,
            DiffusionProcess process) {
        // times that count steps, for the network, are embedded as they are
        boolean counts =
                Math.abs(process.modelTime(process.end()) - process.modelTime(process.start())) > 1;
        Signature signature =
                new Signature(
                        sample,
                        process.outputChannels(sample.channels()),
                        conditioning,
                        counts ? 1 : base.signature().timeScale());
        return changed(base.kind(), base, signature);
    }

    private BackboneSpec changed(BackboneKind<?> kind, BackboneSpec base, Signature signature) {
        BackboneKind<?> named = kind(kind.name());
        if (named != kind) {
            throw new UsageException(
                    "%s %s: this model is a %s"
                            .formatted(Arguments.spelling(BACKBONE), named.name(), kind.name()));
        }
        Map<String, String> given = new LinkedHashMap<>();
        PARTS.forEach(
                (name, option) -> {
                    if (arguments.has(option)) {
                        given.put(name, option.hasArg() ? arguments.requiredText(option) : "true");
                    }
                });
        for (String name : given.keySet()) {
            if (!names(kind).contains(name)) {
                throw new UsageException(
                        "%s has no %s; it has --%s"
                                .formatted(
                                        kind.name(),
                                        Arguments.spelling(PARTS.get(name)),
                                        String.join(", --", names(kind))));
            }
        }
        for (Setting setting : kind.settings()) {
            if (given.containsKey(setting.name())) {
                try {
                    setting.read(given.get(setting.name()));
                } catch (IllegalArgumentException e) {
                    throw new UsageException("--" + e.getMessage());
                }
            }
        }
        try {
            return kind.change(base, signature, given);
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
    }
}

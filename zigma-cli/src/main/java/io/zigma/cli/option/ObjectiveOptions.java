package io.zigma.cli.option;

import io.zigma.base.Named;
import io.zigma.base.Setting;
import io.zigma.base.Settings;
import io.zigma.condition.ByClass;
import io.zigma.condition.ByText;
import io.zigma.condition.Conditioning;
import io.zigma.condition.Unconditional;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.InterpolantKind;
import io.zigma.diffusion.LossWeight;
import io.zigma.diffusion.Prediction;
import io.zigma.diffusion.ProcessKind;
import io.zigma.diffusion.Processes;
import io.zigma.diffusion.TimeSampling;
import io.zigma.diffusion.TimeSamplingKind;
import io.zigma.train.config.Objective;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.commons.cli.Option;

/** The options of what a model learns, and whether it is conditional on classes. */
public final class ObjectiveOptions {

    static final Option UNCONDITIONAL = Flags.flag(null, "unconditional", "ignore classes");
    static final Option LABEL_DROPOUT =
            Flags.value(
                    null,
                    "label-dropout",
                    "P",
                    "share of labels or captions left out, for guidance to work; default 0.1");
    public static final Option INTERPOLANT =
            Flags.value(
                    null,
                    "interpolant",
                    "NAME",
                    "path from noise to data: "
                            + labels(InterpolantKind.values())
                            + "; default linear");
    public static final Option PREDICTION =
            Flags.value(
                    null,
                    "prediction",
                    "NAME",
                    "what the model learns: " + labels(Prediction.values()) + "; default velocity");
    static final Option LOSS_WEIGHT =
            Flags.value(
                    null,
                    "loss-weight",
                    "NAME",
                    "for noise and score: " + labels(LossWeight.values()) + "; default none");

    /** Which process. */
    public static final Option PROCESS =
            Flags.value(
                    null,
                    "process",
                    "NAME",
                    "the diffusion process: "
                            + Processes.KINDS.all().stream()
                                    .map(kind -> kind.name() + ", " + kind.purpose())
                                    .collect(Collectors.joining("; "))
                            + "; default "
                            + Processes.KINDS.names().get(0));

    /** A setting of the process. */
    public static final Option PROCESS_OPTION =
            Flags.values(
                    null,
                    "process-option",
                    "NAME=VALUE",
                    "a setting of the process, may be given several times: "
                            + Processes.KINDS.all().stream()
                                    .map(
                                            kind ->
                                                    kind.name()
                                                            + ": "
                                                            + kind.settings().stream()
                                                                    .map(Setting::name)
                                                                    .collect(
                                                                            Collectors.joining(
                                                                                    ", ")))
                                    .collect(Collectors.joining("; ")));

    static final Option TIMES =
            Flags.value(
                    null,
                    "times",
                    "NAME",
                    "how training times are distributed between noise and data: "
                            + TimeSampling.KINDS.all().stream()
                                    .map(kind -> kind.name() + ", " + kind.purpose())
                                    .collect(Collectors.joining("; "))
                            + "; default "
                            + TimeSampling.KINDS.names().get(0)
                            + " (zigma help times)");
    static final Option TIMES_OPTION =
            Flags.values(
                    null,
                    "times-option",
                    "NAME=VALUE",
                    "a setting of the times, may be given several times (zigma help times)");
    static final Option LOGIT_NORMAL =
            Flags.flag(null, "logit-normal", "the same as --times logit-normal");
    static final Option TIME_MEAN =
            Flags.value(
                    null,
                    "time-mean",
                    "M",
                    "of logit-normal times: below 0 favours the noise, above 0 the data, and so"
                            + " to detail; default 0");
    static final Option TIME_DEVIATION =
            Flags.value(
                    null,
                    "time-deviation",
                    "S",
                    "of logit-normal times: the standard deviation; default 1");

    private static final String LOGIT_NORMAL_TIMES = "logit-normal";
    static final Option CONTRASTIVE =
            Flags.value(
                    null,
                    "contrastive",
                    "W",
                    "contrastive flow matching: take W times the distance to another picture's"
                            + " velocity off the loss, such as 0.05; default 0");
    static final Option NOISE_CHOICE =
            Flags.value(
                    null,
                    "noise-choice",
                    "K",
                    "each picture takes the nearest of K noises, such as 4, so that paths cross"
                            + " less; default 1");

    static final Option TOKEN_ROUTING =
            Flags.value(
                    null,
                    "token-routing",
                    "W",
                    "while training, this share of the tokens goes past the middle layers, such as 0.5,"
                            + " which makes steps cheaper (TREAD); for ZigMa; default 0");

    private static final double DEFAULT_DROPOUT = 0.1;

    private final Arguments arguments;

    public ObjectiveOptions(Arguments arguments) {
        this.arguments = arguments;
    }

    /** Returns the default objective of a new model, conditional or not. */
    static Objective defaults(boolean conditional) {
        Objective defaults = Objective.DEFAULT;
        return new Objective(
                defaults.process(), defaults.times(), conditional ? DEFAULT_DROPOUT : 0);
    }

    /**
     * Returns the path from noise to data.
     *
     * @return the interpolant
     */
    public InterpolantKind interpolant() {
        return choice(INTERPOLANT, InterpolantKind.values(), InterpolantKind.LINEAR);
    }

    /**
     * Returns what the model learns.
     *
     * @return the prediction
     */
    public Prediction prediction() {
        return choice(PREDICTION, Prediction.values(), Prediction.VELOCITY);
    }

    /**
     * Returns the share of labels or captions that are left out.
     *
     * @param defaults the default
     * @param available the conditioning that the data allow
     * @throws UsageException if it is to be unconditional
     */
    double labelDropout(double defaults, Conditioning available) {
        if (canBeTold(available) && !arguments.has(UNCONDITIONAL)) {
            return arguments.number(LABEL_DROPOUT, 0, 0.99, defaults);
        }
        if (arguments.has(LABEL_DROPOUT)) {
            throw new UsageException(
                    "--label-dropout is for models with classes or captions; leave it out of an unconditional one");
        }
        return 0;
    }

    private static boolean canBeTold(Conditioning available) {
        return available.classes() > 0 || available.contextSize() > 0;
    }

    /**
     * Returns the conditioning of the model.
     *
     * @param available the conditioning that the data allow
     * @param dropout share of labels or captions that are left out
     */
    Conditioning conditioning(Conditioning available, double dropout) {
        if (!canBeTold(available) || arguments.has(UNCONDITIONAL)) {
            return new Unconditional();
        }
        return available.classes() > 0
                ? new ByClass(available.classes(), dropout > 0)
                : new ByText(
                        available.contextSize(),
                        new CaptionOptions(arguments).tokens(available.contextTokens()));
    }

    /**
     * Returns what the model learns.
     *
     * @param defaults the default
     * @param dropout fraction of labels that are dropped
     * @throws IllegalArgumentException if the values do not fit together
     */
    Objective objective(Objective defaults, double dropout) {
        return new Objective(
                process(defaults.process()),
                times(defaults.times()),
                dropout,
                arguments.number(CONTRASTIVE, 0, 0.99, defaults.contrast()),
                arguments.integer(NOISE_CHOICE, 1, defaults.noiseChoice()),
                arguments.number(TOKEN_ROUTING, 0, 0.99, defaults.tokenRouting()),
                defaults.distillation());
    }

    /**
     * Returns the process that was asked for, or another with the settings that were given.
     *
     * @param defaults the defaults
     * @return the process
     * @throws UsageException if there is none of that name, or it has no such setting
     * @throws IllegalArgumentException if the values do not fit together
     */
    public DiffusionProcess process(DiffusionProcess defaults) {
        ProcessKind kind =
                Processes.KINDS.get(
                        arguments.choice(PROCESS, Processes.KINDS.names(), defaults.kind().name()));
        Map<String, String> values =
                new LinkedHashMap<>(kind == defaults.kind() ? defaults.settings() : Map.of());
        values.putAll(Settings.split(arguments.texts(PROCESS_OPTION)));
        shortcut(INTERPOLANT, "path", InterpolantKind.values(), values);
        shortcut(PREDICTION, "prediction", Prediction.values(), values);
        shortcut(LOSS_WEIGHT, "loss-weight", LossWeight.values(), values);
        return kind.create(values);
    }

    /** An option of its own for a setting of interpolants. */
    private void shortcut(
            Option option, String setting, Named[] choices, Map<String, String> values) {
        if (arguments.has(option)) {
            List<String> labels = Arrays.stream(choices).map(Named::label).toList();
            values.put(setting, arguments.choice(option, labels, labels.get(0)));
        }
    }

    private TimeSampling times(TimeSampling fallback) {
        if (arguments.has(LOGIT_NORMAL) && arguments.has(TIMES)) {
            throw new UsageException(
                    "--logit-normal is the same as --times logit-normal; give one of the two");
        }
        TimeSamplingKind kind =
                TimeSampling.KINDS.get(
                        arguments.has(LOGIT_NORMAL)
                                ? LOGIT_NORMAL_TIMES
                                : arguments.choice(
                                        TIMES, TimeSampling.KINDS.names(), fallback.kind().name()));
        Map<String, String> values = new LinkedHashMap<>();
        if (kind == fallback.kind()) {
            fallback.settings().forEach((name, value) -> values.put(name, value.toString()));
        }
        values.putAll(Settings.split(arguments.texts(TIMES_OPTION)));
        shortcut(TIME_MEAN, "mean", kind, values);
        shortcut(TIME_DEVIATION, "deviation", kind, values);
        try {
            return kind.create(values);
        } catch (IllegalArgumentException e) {
            throw new UsageException(
                    "%s: %s%s"
                            .formatted(
                                    Arguments.spelling(TIMES_OPTION),
                                    e.getMessage(),
                                    arguments.has(TIMES) || arguments.has(LOGIT_NORMAL)
                                            ? ""
                                            : "; name the distribution with --times"));
        }
    }

    /** An option of its own for a setting of logit-normal times. */
    private void shortcut(
            Option option, String setting, TimeSamplingKind kind, Map<String, String> values) {
        arguments
                .text(option)
                .ifPresent(
                        given -> {
                            if (!kind.name().equals(LOGIT_NORMAL_TIMES)) {
                                throw new UsageException(
                                        "--%s is of logit-normal times; add --logit-normal, or leave it out"
                                                .formatted(option.getLongOpt()));
                            }
                            values.put(setting, checked(option, setting, given, kind));
                        });
    }

    private static String checked(
            Option option, String setting, String given, TimeSamplingKind kind) {
        try {
            return kind.create(Map.of(setting, given)).settings().get(setting).toString();
        } catch (IllegalArgumentException e) {
            throw new UsageException("--%s: %s".formatted(option.getLongOpt(), e.getMessage()));
        }
    }

    private <T extends Enum<T> & Named> T choice(Option option, T[] values, T defaults) {
        List<String> labels = Arrays.stream(values).map(Named::label).toList();
        return values[labels.indexOf(arguments.choice(option, labels, defaults.label()))];
    }

    private static String labels(Named[] values) {
        return String.join(", ", Arrays.stream(values).map(Named::label).toList());
    }
}

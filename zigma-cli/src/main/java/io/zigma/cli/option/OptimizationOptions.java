package io.zigma.cli.option;

import io.zigma.op.Precision;
import io.zigma.train.config.Optimization;
import io.zigma.train.optim.AdamWConfig;
import io.zigma.train.optim.EmaConfig;
import io.zigma.train.optim.LearningRateSchedule;
import io.zigma.train.optim.OptimizerKind;
import io.zigma.train.optim.WeightDecayScope;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.commons.cli.Option;

/** The options that say how the weights follow their gradients. */
public final class OptimizationOptions {

    private static final int DEFAULT_WARMUP = 100;
    private static final double NO_LIMIT = Double.MAX_VALUE;
    private static final String CONSTANT = "constant";
    private static final String COSINE = "cosine";

    static final Option LEARNING_RATE =
            Flags.value(null, "learning-rate", "R", "the learning rate at its peak; default 5e-4");
    static final Option OPTIMIZER =
            Flags.value(
                    null,
                    "optimizer",
                    "NAME",
                    "adamw (default), or muon: the layers' matrices move by their orthogonalised"
                            + " momentum, the rest by AdamW; fewer steps, each of them dearer");
    static final Option WARMUP =
            Flags.value(
                    null,
                    "warmup",
                    "N",
                    "steps in which the learning rate rises to its peak; default "
                            + DEFAULT_WARMUP);
    static final Option DECAY =
            Flags.value(
                    null,
                    "decay",
                    "NAME",
                    "what the learning rate does then: constant (default), or cosine, which falls"
                            + " to 0 at the run's last step");
    public static final Option RECOMPUTE =
            Flags.flag(
                    null,
                    "recompute",
                    "run each layer again in the backward pass: far less memory, a third more time,"
                            + " the same result");
    public static final Option PRECISION =
            Flags.value(
                    null,
                    "precision",
                    "NAME",
                    "f32 (default), or bf16: factors of large products in bfloat16, forward and"
                            + " backward, faster on processors and GPUs that have it; weights and"
                            + " optimiser stay float32");
    static final Option WEIGHT_DECAY =
            Flags.value(null, "weight-decay", "R", "decoupled weight decay; default 0");
    static final Option CLIP =
            Flags.value(null, "clip", "NORM", "largest gradient norm; default 2");
    static final Option EMA =
            Flags.value(
                    null,
                    "ema",
                    "R",
                    "EMA decay, the weight of the old average in a step; default 0.999");

    static final Option POWER_EMA =
            Flags.value(
                    null,
                    "power-ema",
                    "A,B,...",
                    "relative lengths of averages of which snapshots are kept, such as 0.05,0.1, so"
                            + " that 'zigma average' can make one of any length afterwards; default"
                            + " none");

    private final Arguments arguments;

    OptimizationOptions(Arguments arguments) {
        this.arguments = arguments;
    }

    /** Returns the defaults for a small model. */
    static Optimization defaults() {
        Optimization official = Optimization.DEFAULT;
        return new Optimization(
                new LearningRateSchedule.Constant(5e-4, DEFAULT_WARMUP),
                new AdamWConfig(
                        official.adamW().beta1(),
                        official.adamW().beta2(),
                        official.adamW().epsilon(),
                        official.adamW().weightDecay(),
                        WeightDecayScope.MATRICES),
                official.maxGradientNorm(),
                new EmaConfig(0.999, true));
    }

    /**
     * Returns how the weights follow their gradients.
     *
     * @param defaults the defaults
     * @param defaultSteps the default number of steps
     * @param steps how long the run is
     */
    Optimization optimization(Optimization defaults, long defaultSteps, int steps) {
        AdamWConfig adamW = defaults.adamW();
        return new Optimization(
                schedule(defaults.schedule(), defaultSteps, steps),
                new AdamWConfig(
                        adamW.beta1(),
                        adamW.beta2(),
                        adamW.epsilon(),
                        arguments.number(WEIGHT_DECAY, 0, NO_LIMIT, adamW.weightDecay()),
                        adamW.scope()),
                arguments.number(CLIP, 1e-9, NO_LIMIT, defaults.maxGradientNorm()),
                new EmaConfig(
                        arguments.number(EMA, 0, 0.9999999, defaults.ema().decay()),
                        defaults.ema().warmup()),
                arguments.has(RECOMPUTE) || defaults.recompute(),
                optimizer(defaults.optimizer()),
                powerEma(defaults.powerEma()),
                precision(arguments, defaults.precision()));
    }

    /**
     * Returns what large products are rounded to.
     *
     * @param arguments what was typed
     * @param defaults where nothing is said
     */
    public static Precision precision(Arguments arguments, Precision defaults) {
        return SamplePrecision.named(arguments, PRECISION, defaults);
    }

    private List<Double> powerEma(List<Double> defaults) {
        Optional<String> given = arguments.text(POWER_EMA);
        if (given.isEmpty()) {
            return defaults;
        }
        try {
            return Stream.of(given.get().split(",", -1))
                    .map(String::strip)
                    .map(Double::valueOf)
                    .toList();
        } catch (NumberFormatException e) {
            throw new UsageException(
                    "--power-ema needs relative lengths with commas between them, such as 0.05,0.1, not '%s'"
                            .formatted(given.get()));
        }
    }

    private OptimizerKind optimizer(OptimizerKind defaults) {
        List<String> labels =
                Arrays.stream(OptimizerKind.values()).map(OptimizerKind::label).toList();
        return OptimizerKind.values()[
                labels.indexOf(arguments.choice(OPTIMIZER, labels, defaults.label()))];
    }

    private LearningRateSchedule schedule(
            LearningRateSchedule defaults, long defaultSteps, int steps) {
        double rate = arguments.number(LEARNING_RATE, 1e-12, 1, defaults.peak());
        int warmup = Math.toIntExact(defaults.warmupSteps());
        boolean falling = defaults instanceof LearningRateSchedule.Cosine;
        String decay =
                arguments.choice(DECAY, List.of(CONSTANT, COSINE), falling ? COSINE : CONSTANT);
        if (decay.equals(CONSTANT)) {
            return new LearningRateSchedule.Constant(rate, arguments.integer(WARMUP, 0, warmup));
        }
        // a short run must still have something to fall from
        int fitting = falling ? warmup : Math.min(warmup, steps / 2);
        double floor = defaults instanceof LearningRateSchedule.Cosine cosine ? cosine.floor() : 0;
        return new LearningRateSchedule.Cosine(
                rate,
                floor,
                arguments.integer(WARMUP, 0, fitting),
                end(defaults, defaultSteps, steps));
    }

    /**
     * A cosine that ends with the run still does so when the run's length changes; one with another
     * end retains it.
     */
    private long end(LearningRateSchedule defaults, long defaultSteps, int steps) {
        boolean ownEnd =
                defaults instanceof LearningRateSchedule.Cosine cosine
                        && cosine.totalSteps() != defaultSteps
                        && !arguments.has(DECAY);
        return ownEnd ? ((LearningRateSchedule.Cosine) defaults).totalSteps() : steps;
    }
}

package io.zigma.train.config;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.zigma.backbone.BackboneSpec;
import io.zigma.base.Named;
import io.zigma.base.Spelling;
import io.zigma.checkpoint.CheckpointConfig.SamplingDefaults;
import io.zigma.checkpoint.ConfigJson;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.InterpolantKind;
import io.zigma.diffusion.InterpolantProcess;
import io.zigma.diffusion.LossWeight;
import io.zigma.diffusion.Prediction;
import io.zigma.diffusion.Processes;
import io.zigma.diffusion.TimeSampling;
import io.zigma.io.CheckpointException;
import io.zigma.io.Fields;
import io.zigma.text.TextEncoderReference;
import io.zigma.train.optim.AdamWConfig;
import io.zigma.train.optim.EmaConfig;
import io.zigma.train.optim.LearningRateSchedule;
import io.zigma.train.optim.OptimizerKind;
import io.zigma.train.optim.WeightDecayScope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** A training configuration as JSON, but for the model, which has its own place. */
public final class TrainingJson {

    private TrainingJson() {}

    /**
     * Writes a configuration.
     *
     * @param config everything but its model goes into the JSON
     * @return an object for {@link #read}
     */
    public static JsonObject write(TrainingConfig config) {
        JsonObject json = new JsonObject();
        json.addProperty("steps", config.steps());
        json.addProperty("batch_size", config.batchSize());
        if (config.accumulate() != 1) { // runs of earlier versions have none
            json.addProperty("accumulate", config.accumulate());
        }
        json.addProperty("flip", config.flip());
        json.addProperty("seed", config.seed());
        json.add("objective", write(config.objective()));
        json.add("optimization", write(config.optimization()));
        json.add("cadence", write(config.cadence()));
        json.add("sampling", ConfigJson.write(config.sampling()));
        if (!config.origin().equals(Origin.RANDOM)) {
            json.add("origin", write(config.origin()));
        }
        config.textEncoder()
                .ifPresent(encoder -> json.add("text_encoder", ConfigJson.write(encoder)));
        return json;
    }

    /**
     * Reads what {@link #write(TrainingConfig)} wrote.
     *
     * @param json the object
     * @param model the model, which has its own place
     * @return the configuration
     * @throws IllegalArgumentException if a value is missing or impossible; the message names it
     */
    public static TrainingConfig read(JsonObject json, BackboneSpec model) {
        return new TrainingConfig(
                model,
                readObjective(part(json, "objective")),
                readOptimization(part(json, "optimization")),
                get(json, "steps", JsonElement::getAsLong),
                get(json, "batch_size", JsonElement::getAsInt),
                json.has("accumulate") ? get(json, "accumulate", JsonElement::getAsInt) : 1,
                get(json, "flip", JsonElement::getAsBoolean),
                get(json, "seed", JsonElement::getAsLong),
                readCadence(part(json, "cadence")),
                readSampling(part(json, "sampling")),
                json.has("origin") ? readOrigin(part(json, "origin")) : Origin.RANDOM,
                json.has("text_encoder")
                        ? Optional.of(readTextEncoder(part(json, "text_encoder")))
                        : Optional.empty());
    }

    private static TextEncoderReference readTextEncoder(JsonObject json) {
        return new TextEncoderReference(
                get(json, "name", JsonElement::getAsString),
                get(json, "hash", JsonElement::getAsString));
    }

    private static JsonObject write(Origin origin) {
        JsonObject json = new JsonObject();
        json.addProperty("checkpoint", origin.checkpoint());
        json.addProperty("weights_sha256", origin.weightsHash());
        JsonArray frozen = new JsonArray();
        origin.frozen().forEach(frozen::add);
        json.add("frozen", frozen);
        return json;
    }

    private static Origin readOrigin(JsonObject json) {
        List<String> frozen = new ArrayList<>();
        get(json, "frozen", JsonElement::getAsJsonArray)
                .forEach(name -> frozen.add(name.getAsString()));
        return new Origin(
                get(json, "checkpoint", JsonElement::getAsString),
                get(json, "weights_sha256", JsonElement::getAsString),
                frozen);
    }

    private static JsonObject write(Objective objective) {
        JsonObject json = new JsonObject();
        json.add("process", Processes.write(objective.process()));
        json.add("times", TimeSampling.write(objective.times()));
        json.addProperty("label_dropout", objective.labelDropout());
        if (objective.contrast() > 0) { // left out by earlier versions
            json.addProperty("contrast", objective.contrast());
        }
        if (objective.noiseChoice() > 1) {
            json.addProperty("noise_choice", objective.noiseChoice());
        }
        objective
                .distillation()
                .ifPresent(distillation -> json.add("distillation", write(distillation)));
        return json;
    }

    private static Objective readObjective(JsonObject json) {
        return new Objective(
                readProcess(json),
                readTimes(part(json, "times")),
                get(json, "label_dropout", JsonElement::getAsDouble),
                json.has("contrast") ? get(json, "contrast", JsonElement::getAsDouble) : 0,
                json.has("noise_choice") ? get(json, "noise_choice", JsonElement::getAsInt) : 1,
                json.has("distillation")
                        ? Optional.of(readDistillation(part(json, "distillation")))
                        : Optional.empty());
    }

    private static JsonObject write(Distillation distillation) {
        JsonObject json = new JsonObject();
        json.addProperty("steps", distillation.steps());
        json.add("teacher", ConfigJson.write(distillation.teacher()));
        return json;
    }

    private static Distillation readDistillation(JsonObject json) {
        return new Distillation(
                get(json, "steps", JsonElement::getAsInt), readSampling(part(json, "teacher")));
    }

    /** Runs of the first format knew interpolants only, and said so in three fields. */
    private static DiffusionProcess readProcess(JsonObject json) {
        if (json.has("path")) {
            return new InterpolantProcess(
                    InterpolantKind.parse(get(json, "path", JsonElement::getAsString)),
                    Prediction.parse(get(json, "prediction", JsonElement::getAsString)),
                    LossWeight.parse(get(json, "loss_weight", JsonElement::getAsString)));
        }
        try {
            return Processes.read(Fields.of("objective", part(json, "process")));
        } catch (CheckpointException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static TimeSampling readTimes(JsonObject json) {
        try {
            return TimeSampling.read(Fields.of("the training's times", json));
        } catch (CheckpointException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static JsonObject write(Optimization optimization) {
        JsonObject json = new JsonObject();
        json.add("schedule", write(optimization.schedule()));
        AdamWConfig adamW = optimization.adamW();
        JsonObject constants = new JsonObject();
        constants.addProperty("beta1", adamW.beta1());
        constants.addProperty("beta2", adamW.beta2());
        constants.addProperty("epsilon", adamW.epsilon());
        constants.addProperty("weight_decay", adamW.weightDecay());
        constants.addProperty("decays", Spelling.of(adamW.scope()));
        json.add("adamw", constants);
        if (!Double.isInfinite(optimization.maxGradientNorm())) {
            // JSON has no infinity: a limit that is left out is none.
            json.addProperty("max_gradient_norm", optimization.maxGradientNorm());
        }
        json.addProperty("ema_decay", optimization.ema().decay());
        json.addProperty("ema_warmup", optimization.ema().warmup());
        if (optimization.recompute()) {
            json.addProperty("recompute", true); // left out where it is off, as in older files
        }
        if (optimization.optimizer() != OptimizerKind.ADAMW) {
            json.addProperty("optimizer", optimization.optimizer().label());
        }
        if (!optimization.powerEma().isEmpty()) {
            JsonArray lengths = new JsonArray();
            optimization.powerEma().forEach(lengths::add);
            json.add("power_ema", lengths);
        }
        return json;
    }

    private static Optimization readOptimization(JsonObject json) {
        JsonObject constants = part(json, "adamw");
        return new Optimization(
                readSchedule(part(json, "schedule")),
                new AdamWConfig(
                        get(constants, "beta1", JsonElement::getAsDouble),
                        get(constants, "beta2", JsonElement::getAsDouble),
                        get(constants, "epsilon", JsonElement::getAsDouble),
                        get(constants, "weight_decay", JsonElement::getAsDouble),
                        readScope(get(constants, "decays", JsonElement::getAsString))),
                json.has("max_gradient_norm")
                        ? get(json, "max_gradient_norm", JsonElement::getAsDouble)
                        : Double.POSITIVE_INFINITY,
                new EmaConfig(
                        get(json, "ema_decay", JsonElement::getAsDouble),
                        get(json, "ema_warmup", JsonElement::getAsBoolean)),
                json.has("recompute") && get(json, "recompute", JsonElement::getAsBoolean),
                json.has("optimizer")
                        ? Named.parse(
                                "optimizer",
                                get(json, "optimizer", JsonElement::getAsString),
                                OptimizerKind.values())
                        : OptimizerKind.ADAMW,
                json.has("power_ema") ? readLengths(json) : List.of());
    }

    private static List<Double> readLengths(JsonObject json) {
        List<Double> lengths = new ArrayList<>();
        get(json, "power_ema", JsonElement::getAsJsonArray)
                .forEach(length -> lengths.add(length.getAsDouble()));
        return lengths;
    }

    private static WeightDecayScope readScope(String name) {
        for (WeightDecayScope scope : WeightDecayScope.values()) {
            if (Spelling.of(scope).equals(name)) {
                return scope;
            }
        }
        throw unknown("decays", name, Arrays.toString(WeightDecayScope.values()));
    }

    private static JsonObject write(LearningRateSchedule schedule) {
        JsonObject json = new JsonObject();
        if (schedule instanceof LearningRateSchedule.Cosine cosine) {
            json.addProperty("kind", "cosine");
            json.addProperty("peak", cosine.peak());
            json.addProperty("floor", cosine.floor());
            json.addProperty("warmup_steps", cosine.warmupSteps());
            json.addProperty("total_steps", cosine.totalSteps());
        } else if (schedule instanceof LearningRateSchedule.Constant constant) {
            json.addProperty("kind", "constant");
            json.addProperty("peak", constant.peak());
            json.addProperty("warmup_steps", constant.warmupSteps());
        }
        return json;
    }

    private static LearningRateSchedule readSchedule(JsonObject json) {
        String kind = get(json, "kind", JsonElement::getAsString);
        double peak = get(json, "peak", JsonElement::getAsDouble);
        long warmup = get(json, "warmup_steps", JsonElement::getAsLong);
        return switch (kind) {
            case "constant" -> new LearningRateSchedule.Constant(peak, warmup);
            case "cosine" ->
                    new LearningRateSchedule.Cosine(
                            peak,
                            get(json, "floor", JsonElement::getAsDouble),
                            warmup,
                            get(json, "total_steps", JsonElement::getAsLong));
            default -> throw unknown("schedule", kind, "constant, cosine");
        };
    }

    private static JsonObject write(Cadence cadence) {
        JsonObject json = new JsonObject();
        json.addProperty("save_every", cadence.saveEvery());
        json.addProperty("keep", cadence.keep());
        json.addProperty("sample_every", cadence.sampleEvery());
        json.addProperty("sample_count", cadence.sampleCount());
        json.addProperty("log_every", cadence.logEvery());
        if (cadence.snapshotEvery() != Cadence.DEFAULT.snapshotEvery()) {
            json.addProperty("snapshot_every", cadence.snapshotEvery()); // left out in older files
        }
        return json;
    }

    private static Cadence readCadence(JsonObject json) {
        return new Cadence(
                get(json, "save_every", JsonElement::getAsInt),
                get(json, "keep", JsonElement::getAsInt),
                get(json, "sample_every", JsonElement::getAsInt),
                get(json, "sample_count", JsonElement::getAsInt),
                get(json, "log_every", JsonElement::getAsInt),
                json.has("snapshot_every")
                        ? get(json, "snapshot_every", JsonElement::getAsInt)
                        : Cadence.DEFAULT.snapshotEvery());
    }

    private static SamplingDefaults readSampling(JsonObject json) {
        try {
            return ConfigJson.readSampling(Fields.of("the training's sampling", json));
        } catch (CheckpointException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static JsonObject part(JsonObject json, String name) {
        return get(json, name, JsonElement::getAsJsonObject);
    }

    private static <T> T get(JsonObject json, String name, Function<JsonElement, T> type) {
        JsonElement value = json.get(name);
        if (value == null) {
            throw new IllegalArgumentException("the training's " + name + " is missing");
        }
        try {
            return type.apply(value);
        } catch (IllegalStateException | NumberFormatException | UnsupportedOperationException e) {
            throw new IllegalArgumentException("the training's " + name + " cannot be " + value, e);
        }
    }

    private static IllegalArgumentException unknown(String what, String given, String choices) {
        return new IllegalArgumentException(
                "the training's " + what + " cannot be '" + given + "'; there are " + choices);
    }
}

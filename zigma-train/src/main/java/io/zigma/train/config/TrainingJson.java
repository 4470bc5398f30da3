package io.zigma.train.config;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.zigma.backbone.BackboneSpec;
import io.zigma.base.Named;
import io.zigma.base.Spelling;
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
import io.zigma.op.Precision;
import io.zigma.text.TextEncoderReference;
import io.zigma.train.optim.AdamWConfig;
import io.zigma.train.optim.EmaConfig;
import io.zigma.train.optim.LearningRateSchedule;
import io.zigma.train.optim.OptimizerKind;
import io.zigma.train.optim.WeightDecayScope;
import java.util.List;
import java.util.Optional;

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
        if (config.shuffleBuffer() > 0) { // left out by earlier versions
            json.addProperty("shuffle_buffer", config.shuffleBuffer());
        }
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
        try {
            return read(Fields.of("the training", json), model);
        } catch (CheckpointException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static TrainingConfig read(Fields json, BackboneSpec model) throws CheckpointException {
        return new TrainingConfig(
                model,
                readObjective(json.object("objective")),
                readOptimization(json.object("optimization")),
                json.whole("steps"),
                json.integer("batch_size"),
                json.has("accumulate") ? json.integer("accumulate") : 1,
                json.flag("flip"),
                json.whole("seed"),
                json.has("shuffle_buffer") ? json.integer("shuffle_buffer") : 0,
                readCadence(json.object("cadence")),
                ConfigJson.readSampling(json.object("sampling")),
                json.has("origin") ? readOrigin(json.object("origin")) : Origin.RANDOM,
                json.has("text_encoder")
                        ? Optional.of(readTextEncoder(json.object("text_encoder")))
                        : Optional.empty());
    }

    private static TextEncoderReference readTextEncoder(Fields json) throws CheckpointException {
        return new TextEncoderReference(json.text("name"), json.text("hash"));
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

    private static Origin readOrigin(Fields json) throws CheckpointException {
        return new Origin(
                json.text("checkpoint"), json.text("weights_sha256"), json.texts("frozen"));
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
        if (objective.tokenRouting() > 0) {
            json.addProperty("token_routing", objective.tokenRouting());
        }
        objective
                .distillation()
                .ifPresent(distillation -> json.add("distillation", write(distillation)));
        return json;
    }

    private static Objective readObjective(Fields json) throws CheckpointException {
        return new Objective(
                readProcess(json),
                TimeSampling.read(json.object("times")),
                json.number("label_dropout"),
                json.has("contrast") ? json.number("contrast") : 0,
                json.has("noise_choice") ? json.integer("noise_choice") : 1,
                json.has("token_routing") ? json.number("token_routing") : 0,
                json.has("distillation")
                        ? Optional.of(readDistillation(json.object("distillation")))
                        : Optional.empty());
    }

    private static JsonObject write(Distillation distillation) {
        JsonObject json = new JsonObject();
        json.addProperty("steps", distillation.steps());
        json.add("teacher", ConfigJson.write(distillation.teacher()));
        return json;
    }

    private static Distillation readDistillation(Fields json) throws CheckpointException {
        return new Distillation(
                json.integer("steps"), ConfigJson.readSampling(json.object("teacher")));
    }

    /** Runs of the first format knew interpolants only, and said so in three fields. */
    private static DiffusionProcess readProcess(Fields json) throws CheckpointException {
        if (json.has("path")) {
            return new InterpolantProcess(
                    json.parsed("path", InterpolantKind::parse),
                    json.parsed("prediction", Prediction::parse),
                    json.parsed("loss_weight", LossWeight::parse));
        }
        return Processes.read(json.object("process"));
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
        if (optimization.precision() != Precision.FLOAT32) {
            json.addProperty("precision", optimization.precision().label());
        }
        return json;
    }

    private static Optimization readOptimization(Fields json) throws CheckpointException {
        Fields constants = json.object("adamw");
        return new Optimization(
                readSchedule(json.object("schedule")),
                new AdamWConfig(
                        constants.number("beta1"),
                        constants.number("beta2"),
                        constants.number("epsilon"),
                        constants.number("weight_decay"),
                        constants.choice("decays", WeightDecayScope.class)),
                json.has("max_gradient_norm")
                        ? json.number("max_gradient_norm")
                        : Double.POSITIVE_INFINITY,
                new EmaConfig(json.number("ema_decay"), json.flag("ema_warmup")),
                json.has("recompute") && json.flag("recompute"),
                json.has("optimizer")
                        ? json.parsed(
                                "optimizer",
                                name -> Named.parse("optimizer", name, OptimizerKind.values()))
                        : OptimizerKind.ADAMW,
                json.has("power_ema") ? json.numbers("power_ema") : List.of(),
                json.has("precision")
                        ? json.parsed("precision", Precision::parse)
                        : Precision.FLOAT32);
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

    private static LearningRateSchedule readSchedule(Fields json) throws CheckpointException {
        String kind = json.text("kind");
        double peak = json.number("peak");
        long warmup = json.whole("warmup_steps");
        return switch (kind) {
            case "constant" -> new LearningRateSchedule.Constant(peak, warmup);
            case "cosine" ->
                    new LearningRateSchedule.Cosine(
                            peak, json.number("floor"), warmup, json.whole("total_steps"));
            default ->
                    throw new IllegalArgumentException(
                            "there is no schedule '%s'; choose constant or cosine".formatted(kind));
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

    private static Cadence readCadence(Fields json) throws CheckpointException {
        return new Cadence(
                json.integer("save_every"),
                json.integer("keep"),
                json.integer("sample_every"),
                json.integer("sample_count"),
                json.integer("log_every"),
                json.has("snapshot_every")
                        ? json.integer("snapshot_every")
                        : Cadence.DEFAULT.snapshotEvery());
    }
}

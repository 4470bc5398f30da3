package io.zigma.eval.report;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.zigma.eval.ClassShare;
import io.zigma.eval.Conditions;
import io.zigma.eval.Evaluation;
import io.zigma.eval.EvaluationResult;
import io.zigma.eval.Figure;
import io.zigma.eval.Metric;
import io.zigma.eval.ModelUnderTest;
import io.zigma.eval.SeedResult;
import io.zigma.eval.metric.ClassAgreement;
import java.util.List;
import java.util.Map;

/** Results for programs: a figure's mean over the seeds under its own name, all else beside it. */
public final class ResultJson {

    private static final String FLOOR = "_floor";
    private static final String ERROR = "_error";

    private ResultJson() {}

    /**
     * Returns one model's figures. Figures that could not be told are left out.
     *
     * @param result the figures
     * @param evaluation what made them
     * @param conditions what they depend on
     * @return means over the seeds, floors, spreads over the seeds, each seed's figures, agreement
     *     by class, and how it was all made
     */
    public static JsonObject of(
            EvaluationResult result, Evaluation evaluation, Conditions conditions) {
        JsonObject json = new JsonObject();
        for (Metric metric : Metric.values()) {
            result.mean(metric).ifPresent(mean -> json.addProperty(metric.key(), mean));
        }
        for (Map.Entry<Metric, Double> floor : result.floor().entrySet()) {
            json.addProperty(floor.getKey().key() + FLOOR, floor.getValue());
        }
        for (Map.Entry<Metric, Figure> figure : result.apart().entrySet()) {
            json.addProperty(figure.getKey().key() + ERROR, figure.getValue().error());
        }
        json.addProperty("samples", result.samples());
        json.addProperty("function_evaluations", result.evaluations());
        json.addProperty("guided", result.model().guidance().guides());
        json.addProperty("network_passes", result.passes());
        JsonArray seeds = new JsonArray();
        JsonArray perSeed = new JsonArray();
        for (SeedResult seed : result.seeds()) {
            seeds.add(seed.seed());
            JsonObject one = new JsonObject();
            one.addProperty("seed", seed.seed());
            seed.figures().forEach((metric, value) -> one.addProperty(metric.key(), value));
            perSeed.add(one);
        }
        json.add("seeds", seeds);
        JsonObject spread = new JsonObject();
        for (Metric metric : Metric.values()) {
            if (!result.apart().containsKey(metric)) {
                result.spread(metric).ifPresent(value -> spread.addProperty(metric.key(), value));
            }
        }
        json.add("spread_over_seeds", spread);
        json.add("per_seed", perSeed);
        addAgreement(result, evaluation, json);
        json.add("model", model(result.model()));
        JsonObject facts = new JsonObject();
        conditions.facts().forEach((name, fact) -> facts.add(name, primitive(fact)));
        json.add("conditions", facts);
        return json;
    }

    /**
     * Returns the figures of several models, or of one in several ways.
     *
     * @param series what differs between them
     * @param results in the order of what differs
     * @param chosen the one whose figures stand under their own names
     * @param evaluation what made them
     * @param conditions what they depend on
     * @return the chosen one's figures, and all under the name of the series
     */
    public static JsonObject of(
            Series series,
            List<EvaluationResult> results,
            EvaluationResult chosen,
            Evaluation evaluation,
            Conditions conditions) {
        JsonObject json = of(chosen, evaluation, conditions);
        JsonArray all = new JsonArray();
        results.forEach(result -> all.add(of(result, evaluation, conditions)));
        json.add(series.key(), all);
        return json;
    }

    private static void addAgreement(
            EvaluationResult result, Evaluation evaluation, JsonObject json) {
        List<ClassAgreement> tables =
                result.seeds().stream().flatMap(seed -> seed.agreement().stream()).toList();
        if (tables.isEmpty()) {
            return;
        }
        JsonObject byClass = new JsonObject();
        for (int label = 0; label < evaluation.labels().size(); label++) {
            String name = evaluation.labels().get(label);
            ClassShare.of(tables, evaluation, label)
                    .ifPresent(share -> byClass.addProperty(name, share));
        }
        json.add("class_agreement_by_class", byClass);
    }

    private static JsonObject model(ModelUnderTest model) {
        JsonObject json = new JsonObject();
        json.addProperty("name", model.name());
        json.addProperty("weights_sha256", model.weightsHash());
        model.step().ifPresent(step -> json.addProperty("step", step));
        json.addProperty("sampler", model.sampler().label());
        json.addProperty("steps", model.sampler().steps());
        json.addProperty("guidance_scale", model.guidance().scale());
        json.addProperty("guidance_from", model.guidance().from());
        json.addProperty("guidance_to", model.guidance().to());
        return json;
    }

    private static JsonPrimitive primitive(Object fact) {
        return fact instanceof Number number
                ? new JsonPrimitive(number)
                : new JsonPrimitive(fact.toString());
    }
}

package io.zigma.eval.report;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.zigma.eval.Conditions;
import io.zigma.eval.Estimate;
import io.zigma.eval.Evaluation;
import io.zigma.eval.EvaluationResult;
import io.zigma.eval.MeanAgreement;
import io.zigma.eval.SampleSource;
import io.zigma.eval.SeedResult;
import io.zigma.eval.metric.ClassAgreement;
import io.zigma.eval.metric.Figure;
import io.zigma.eval.metric.Quantity;
import java.util.List;
import java.util.Map;

/** Results for programs: a figure's mean over the seeds under its own name, all else beside it. */
public final class ResultJson {

    private static final String FLOOR = "_floor";
    private static final String FLOOR_PICTURES = "_floor_pictures";
    private static final String ERROR = "_error";

    private ResultJson() {}

    /**
     * Returns the figures of one model, or of one set of pictures. What could not be computed is
     * left out.
     *
     * @param result the figures
     * @param evaluation what made them
     * @param conditions what they depend on
     * @return means over the seeds, floors and of how many pictures they are, spreads over the
     *     seeds, each seed's figures, agreement by class, and how it was all made
     */
    public static JsonObject of(
            EvaluationResult result, Evaluation evaluation, Conditions conditions) {
        JsonObject json = new JsonObject();
        for (Quantity quantity : result.quantities()) {
            json.addProperty(quantity.key(), result.mean(quantity).orElseThrow());
        }
        for (Figure floor : result.floor().values()) {
            json.addProperty(floor.quantity().key() + FLOOR, floor.value());
            json.addProperty(floor.quantity().key() + FLOOR_PICTURES, floor.pictures());
        }
        for (Map.Entry<Quantity, Estimate> estimate : result.apart().entrySet()) {
            json.addProperty(estimate.getKey().key() + ERROR, estimate.getValue().error());
        }
        json.addProperty("samples", result.samples());
        addCost(result, json);
        addSeeds(result, json);
        addAgreement(result, evaluation, json);
        json.add("model", source(result.source()));
        JsonArray warnings = new JsonArray();
        evaluation.warnings(result.samples()).forEach(warnings::add);
        json.add("warnings", warnings);
        JsonObject facts = new JsonObject();
        conditions.facts().forEach((name, fact) -> facts.add(name, primitive(fact)));
        json.add("conditions", facts);
        return json;
    }

    /** Adds how often a model was evaluated, if one of this program made the samples. */
    private static void addCost(EvaluationResult result, JsonObject json) {
        if (result.evaluations() > 0) {
            json.addProperty("function_evaluations", result.evaluations());
            json.addProperty("guided", result.source().guided());
            json.addProperty("network_passes", result.passes());
        }
    }

    private static void addSeeds(EvaluationResult result, JsonObject json) {
        if (result.evaluations() == 0) {
            return;
        }
        JsonArray seeds = new JsonArray();
        JsonArray perSeed = new JsonArray();
        for (SeedResult seed : result.seeds()) {
            seeds.add(seed.seed());
            JsonObject one = new JsonObject();
            one.addProperty("seed", seed.seed());
            seed.figures().forEach((quantity, value) -> one.addProperty(quantity.key(), value));
            perSeed.add(one);
        }
        json.add("seeds", seeds);
        JsonObject spread = new JsonObject();
        for (Quantity quantity : result.quantities()) {
            if (!result.apart().containsKey(quantity)) {
                result.spread(quantity)
                        .ifPresent(value -> spread.addProperty(quantity.key(), value));
            }
        }
        json.add("spread_over_seeds", spread);
        json.add("per_seed", perSeed);
    }

    /**
     * Returns the figures of several models, or of one in several ways.
     *
     * @param series what differs between them
     * @param results in the order of what differs
     * @param chosen the one whose figures are under their own names
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
            MeanAgreement.of(tables, evaluation, label)
                    .ifPresent(agreement -> byClass.addProperty(name, agreement));
        }
        json.add("class_agreement_by_class", byClass);
    }

    private static JsonObject source(SampleSource source) {
        JsonObject json = new JsonObject();
        json.addProperty("name", source.name());
        source.facts().forEach((name, fact) -> json.add(name, primitive(fact)));
        return json;
    }

    private static JsonPrimitive primitive(Object fact) {
        return fact instanceof Number number
                ? new JsonPrimitive(number)
                : new JsonPrimitive(fact.toString());
    }
}

package io.zigma.condition;

import ai.djl.ndarray.NDManager;
import com.google.gson.JsonObject;
import java.util.List;

/** No condition at all. */
public record Unconditional() implements Conditioning {

    static final String KIND = "none";

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public boolean guidable() {
        return false;
    }

    @Override
    public ConditionEncoder encoder(List<String> classNames, String model) {
        return new NoEncoder(model);
    }

    @Override
    public Condition ofLabels(NDManager manager, int[] labels, boolean[] dropped) {
        return Condition.NONE;
    }

    @Override
    public void requireTrainableOn(String data, int classes, boolean captioned) {}

    @Override
    public JsonObject json(List<String> classNames) {
        JsonObject json = new JsonObject();
        json.addProperty(Conditionings.KIND, KIND);
        return json;
    }

    @Override
    public String description() {
        return "nothing";
    }
}

package io.zigma.condition;

import ai.djl.ndarray.NDManager;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.zigma.base.Amount;
import java.util.List;

/**
 * One of several classes.
 *
 * @param classes number of classes
 * @param nullClass whether the label table has one row more, number {@code classes}, that stands
 *     for "any class"; classifier-free guidance needs it (Ho and Salimans 2022). Official ZigMa
 *     checkpoints have none.
 */
public record ByClass(int classes, boolean nullClass) implements Conditioning {

    static final String KIND = "class";

    /**
     * Checks the number of classes.
     *
     * @throws IllegalArgumentException if there is no class
     */
    public ByClass {
        if (classes < 1) {
            throw new IllegalArgumentException(
                    "a class-conditional model needs at least 1 class, not %s".formatted(classes));
        }
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public boolean guidable() {
        return nullClass;
    }

    @Override
    public int labelRows() {
        return nullClass ? classes + 1 : classes;
    }

    @Override
    public ConditionEncoder encoder(List<String> classNames, String model) {
        return new ClassEncoder(classNames, nullClass, model);
    }

    @Override
    public Condition ofLabels(NDManager manager, int[] labels, boolean[] dropped) {
        long[] rows = new long[labels.length];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = dropped[i] ? classes : labels[i];
        }
        return Condition.ofLabels(manager.create(rows)); // (B)
    }

    @Override
    public void requireTrainableOn(String data, int found, boolean captioned) {
        if (found != classes) {
            throw new IllegalArgumentException(
                    "%s has %s, the model %s".formatted(data, Amount.of(found, "class"), classes));
        }
    }

    @Override
    public JsonObject json(List<String> classNames) {
        JsonObject json = new JsonObject();
        json.addProperty(Conditionings.KIND, KIND);
        JsonArray names = new JsonArray();
        classNames.forEach(names::add);
        json.add(Conditionings.CLASSES, names);
        json.addProperty(Conditionings.NULL_CLASS, nullClass);
        return json;
    }

    @Override
    public String description() {
        return classes == 1 ? "1 class" : classes + " classes";
    }
}

package io.zigma.eval.attribute;

import io.zigma.train.data.DatasetView;
import io.zigma.train.data.ImageDataset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Captioned pictures with the values of one of their attributes as classes, for a classifier that
 * distinguishes them. Pictures without a value are left out.
 */
public final class ByAttribute extends DatasetView {

    private final String attribute;
    private final List<String> values;
    private final int[] pictures;
    private final int[] labels;

    private ByAttribute(
            ImageDataset whole,
            String attribute,
            List<String> values,
            int[] pictures,
            int[] labels) {
        super(whole);
        this.attribute = attribute;
        this.values = values;
        this.pictures = pictures;
        this.labels = labels;
    }

    /**
     * Takes the values that the pictures have as classes, in alphabetical order.
     *
     * @param whole captioned pictures
     * @param attribute such as {@code colour}
     * @return those that have a value
     * @throws IllegalArgumentException if none has, or all have the same
     */
    public static ByAttribute of(ImageDataset whole, String attribute) {
        TreeSet<String> values = new TreeSet<>();
        for (int i = 0; i < whole.size(); i++) {
            String value = whole.attributes(i).get(attribute);
            if (value != null) {
                values.add(value);
            }
        }
        if (values.size() == 1) {
            throw new IllegalArgumentException(
                    "every picture of %s has the %s '%s'; there is nothing to distinguish"
                            .formatted(whole.name(), attribute, values.first()));
        }
        return of(whole, attribute, List.copyOf(values));
    }

    /**
     * Takes given values as classes.
     *
     * @param whole captioned pictures
     * @param attribute such as {@code colour}
     * @param values the classes, those of other pictures of the kind
     * @return those of the pictures that have one of the values
     * @throws IllegalArgumentException if none has
     */
    public static ByAttribute of(ImageDataset whole, String attribute, List<String> values) {
        Map<String, Integer> numbers = new HashMap<>();
        for (int i = 0; i < values.size(); i++) {
            numbers.put(values.get(i), i);
        }
        List<Integer> pictures = new ArrayList<>();
        TreeSet<String> attributes = new TreeSet<>();
        for (int i = 0; i < whole.size(); i++) {
            Map<String, String> all = whole.attributes(i);
            attributes.addAll(all.keySet());
            if (numbers.containsKey(all.get(attribute))) {
                pictures.add(i);
            }
        }
        if (pictures.isEmpty()) {
            throw new IllegalArgumentException(
                    attributes.isEmpty()
                            ? "%s says nothing of its pictures beside their captions; attributes stand in its metadata.jsonl"
                                    .formatted(whole.name())
                            : "no picture of %s has a %s of those; its pictures have %s"
                                    .formatted(
                                            whole.name(),
                                            attribute,
                                            String.join(", ", attributes)));
        }
        int[] chosen = pictures.stream().mapToInt(Integer::intValue).toArray();
        int[] labels = new int[chosen.length];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = numbers.get(whole.attributes(chosen[i]).get(attribute));
        }
        return new ByAttribute(whole, attribute, List.copyOf(values), chosen, labels);
    }

    /**
     * Returns whose values the classes are.
     *
     * @return the attribute's name
     */
    public String attribute() {
        return attribute;
    }

    /**
     * Counts the pictures that have no value.
     *
     * @return how many of the whole are left out
     */
    public int leftOut() {
        return whole().size() - pictures.length;
    }

    @Override
    protected int original(int index) {
        return pictures[index];
    }

    @Override
    public String name() {
        return whole().name() + " by " + attribute;
    }

    @Override
    public int size() {
        return pictures.length;
    }

    @Override
    public List<String> labels() {
        return values;
    }

    @Override
    public int label(int index) {
        return labels[index];
    }
}

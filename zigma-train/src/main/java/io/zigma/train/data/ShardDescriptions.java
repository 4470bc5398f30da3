package io.zigma.train.data;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What shards say of their samples: the class in {@code .cls}, captions in {@code .txt}, a line
 * each, and both and attributes in {@code .json}. A class is a number from 0 on or a name.
 */
final class ShardDescriptions {

    static final String CLASS = "cls";
    static final String TEXT = "txt";
    static final String JSON = "json";

    /** The field of {@code .json} with what else is said of a sample. */
    static final String ATTRIBUTES = "attributes";

    private static final List<String> CAPTION_FIELDS = List.of("caption", "text", "captions");
    private static final List<String> CLASS_FIELDS = List.of("cls", "label", "class");

    private static final int MOST_CLASSES = 1 << 20;

    private final List<ShardSample> samples;
    private final List<@Nullable String> classes = new ArrayList<>();
    private final List<Captioned> described = new ArrayList<>();
    private List<String> labels = List.of();
    private Map<String, Integer> numbers = Map.of();
    private boolean captioned;

    private ShardDescriptions(List<ShardSample> samples) {
        this.samples = samples;
    }

    /**
     * Reads the descriptions of samples.
     *
     * @param samples of all shards, at least one
     * @param names what classes are called: numbers are places in it, names must be among them;
     *     empty for what the shards say
     * @param unconditional true to leave classes alone
     * @throws DatasetException if one is damaged, or some samples have a class or a caption and
     *     others have none; the message names the sample
     */
    static ShardDescriptions of(
            List<ShardSample> samples, List<String> names, boolean unconditional)
            throws IOException {
        ShardDescriptions read = new ShardDescriptions(samples);
        Map<String, String> interned = new LinkedHashMap<>();
        for (ShardSample sample : samples) {
            read.read(sample, interned);
        }
        read.captioned = read.requireAllOrNone("caption (.txt)", i -> read.hasCaption(i));
        if (!unconditional
                && read.requireAllOrNone("class (.cls)", i -> read.classes.get(i) != null)) {
            read.name(names);
        }
        return read;
    }

    private boolean hasCaption(int index) {
        return !described.get(index).captions().isEmpty();
    }

    private interface Has {
        boolean at(int index);
    }

    private boolean requireAllOrNone(String what, Has has) throws DatasetException {
        boolean first = has.at(0);
        for (int i = 1; i < samples.size(); i++) {
            if (has.at(i) != first) {
                ShardSample bare = samples.get(first ? i : 0);
                throw new DatasetException(
                        "%s: sample %s has no %s, and others have one; give every sample one, or none"
                                .formatted(FileNames.shown(bare.shard()), bare.key(), what));
            }
        }
        return first;
    }

    private void read(ShardSample sample, Map<String, String> interned) throws IOException {
        List<String> captions = new ArrayList<>();
        Map<String, String> attributes = new LinkedHashMap<>();
        String text = sample.text(TEXT);
        if (text != null) {
            captions.addAll(CaptionFiles.lines(text));
        }
        List<String> lines = List.copyOf(captions);
        String label = sample.text(CLASS);
        JsonObject json = json(sample);
        for (Map.Entry<String, JsonElement> field : json.entrySet()) {
            String name = field.getKey();
            if (CAPTION_FIELDS.contains(name)) {
                texts(field.getValue()).stream()
                        .filter(one -> !lines.contains(one))
                        .forEach(captions::add); // many sets have the same caption in both
            } else if (name.equals(ATTRIBUTES) && field.getValue() instanceof JsonObject inner) {
                for (Map.Entry<String, JsonElement> one : inner.entrySet()) {
                    if (one.getValue() instanceof JsonPrimitive value) {
                        attributes.put(
                                interned(interned, one.getKey()),
                                interned(interned, value.getAsString()));
                    }
                }
            } else if (field.getValue() instanceof JsonPrimitive value) {
                if (CLASS_FIELDS.contains(name) && label == null) {
                    label = value.getAsString();
                } else {
                    attributes.put(
                            interned(interned, name), interned(interned, value.getAsString()));
                }
            }
        }
        String name = label == null ? "" : FileNames.composed(label.strip());
        classes.add(name.isEmpty() ? null : interned(interned, name));
        described.add(
                new Captioned(
                        captions.stream().map(one -> interned(interned, one)).toList(),
                        attributes));
    }

    private static JsonObject json(ShardSample sample) throws IOException {
        String text = sample.text(JSON);
        if (text == null) {
            return new JsonObject();
        }
        try {
            if (JsonParser.parseString(text) instanceof JsonObject object) {
                return object;
            }
        } catch (JsonParseException | StackOverflowError e) {
            throw new DatasetException(
                    "%s: is damaged: it is no JSON"
                            .formatted(sample.shown(sample.members().get(JSON))),
                    e);
        }
        throw new DatasetException(
                "%s: is no JSON object".formatted(sample.shown(sample.members().get(JSON))));
    }

    /** Returns a text, or a list of them, without blanks around and without empty ones. */
    private static List<String> texts(JsonElement value) {
        List<JsonElement> all = value instanceof JsonArray array ? array.asList() : List.of(value);
        return all.stream()
                .filter(JsonPrimitive.class::isInstance)
                .map(text -> FileNames.composed(text.getAsString().strip()))
                .filter(text -> !text.isEmpty())
                .toList();
    }

    private static String interned(Map<String, String> known, String text) {
        String before = known.putIfAbsent(text, text);
        return before == null ? text : before;
    }

    /**
     * Numbers classes: by the given names, by their own numbers, or in the order of their names.
     */
    private void name(List<String> names) throws DatasetException {
        Set<String> found = new TreeSet<>(FileNames.ORDER);
        classes.forEach(found::add);
        boolean numbered = found.stream().allMatch(name -> number(name) >= 0);
        if (!names.isEmpty()) {
            labels = names;
        } else if (numbered) {
            int most = found.stream().mapToInt(ShardDescriptions::number).max().orElse(0) + 1;
            List<String> all = new ArrayList<>();
            for (int i = 0; i < most; i++) {
                all.add(Integer.toString(i));
            }
            labels = all;
        } else {
            labels = List.copyOf(found);
        }
        Map<String, Integer> places = new LinkedHashMap<>();
        for (String name : found) {
            int place = numbered ? number(name) : labels.indexOf(name);
            if (place < 0 || place >= labels.size()) {
                ShardSample sample = samples.get(classes.indexOf(name));
                throw new DatasetException(
                        "%s: sample %s is of class '%s', and there are %s names of classes without it"
                                .formatted(
                                        FileNames.shown(sample.shard()),
                                        sample.key(),
                                        name,
                                        labels.size()));
            }
            places.put(name, place);
        }
        numbers = places;
    }

    /** Returns a class's number, −1 for a name. */
    private static int number(String name) {
        if (name.isEmpty()
                || name.length() > 7
                || !name.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return -1;
        }
        int number = Integer.parseInt(name);
        return number < MOST_CLASSES ? number : -1;
    }

    /** Returns the names of the classes, none where there are no classes. */
    List<String> labels() {
        return labels;
    }

    /** Returns the class of a sample, −1 where there are no classes. */
    int label(int index) {
        String name = classes.get(index);
        return labels.isEmpty() || name == null ? PictureFiles.NO_CLASS : numbers.get(name);
    }

    /** Returns whether every sample has a caption. */
    boolean captioned() {
        return captioned;
    }

    /** Returns what is said of a sample. */
    Captioned of(int index) {
        return described.get(index);
    }
}

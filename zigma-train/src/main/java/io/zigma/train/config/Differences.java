package io.zigma.train.config;

import io.zigma.base.Named;
import io.zigma.text.TextEncoderReference;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Lists where two configurations differ, part by part, by the names of the parts' options. */
public final class Differences {

    /** Parts whose option is not called as the part is. */
    private static final Map<String, String> OPTIONS =
            Map.ofEntries(
                    Map.entry("objective.process", "--process"),
                    Map.entry("objective.contrast", "--contrastive"),
                    Map.entry("objective.process.interpolant", "--interpolant"),
                    Map.entry("objective.process.weight", "--loss-weight"),
                    Map.entry("objective.times", "--times"),
                    Map.entry("objective.times.history", "--times-option history"),
                    Map.entry("objective.times.uniform", "--times-option uniform"),
                    Map.entry("objective.times.mean", "--time-mean"),
                    Map.entry("objective.times.deviation", "--time-deviation"),
                    Map.entry("model.signature.sample.height", "the images' height"),
                    Map.entry("model.signature.sample.width", "the images' width"),
                    Map.entry("model.signature.sample.channels", "--channels"),
                    Map.entry("model.signature.conditioning", "what the model is conditioned on"),
                    Map.entry("model.signature.conditioning.classes", "the number of classes"),
                    Map.entry("model.signature.conditioning.contextTokens", "--text-tokens"),
                    Map.entry(
                            "model.signature.conditioning.contextSize",
                            "the size of the text encoder's tokens"),
                    Map.entry("origin.frozen", "--freeze"),
                    Map.entry("origin.checkpoint", "--from"),
                    Map.entry("origin.weightsHash", "the weights of --from"));

    private Differences() {}

    /**
     * Compares two records of the same type.
     *
     * @param saved what a run was begun with
     * @param asked the requested settings
     * @return one phrase for each value that differs, such as {@code --seed is 9 in the run, 1
     *     asked for}
     */
    public static List<String> between(Record saved, Record asked) {
        List<String> found = new ArrayList<>();
        collect("", saved, asked, found);
        return found;
    }

    private static void collect(String prefix, Record saved, Record asked, List<String> found) {
        for (RecordComponent component : saved.getClass().getRecordComponents()) {
            Object before = value(component, saved);
            Object after = value(component, asked);
            String name = prefix + component.getName();
            if (before instanceof Record inner
                    && after instanceof Record other
                    && inner.getClass() == other.getClass()) {
                collect(name + ".", inner, other, found);
            } else if (!Objects.equals(before, after)) {
                found.add(
                        "%s is %s in the run, %s asked for"
                                .formatted(option(name), text(before), text(after)));
            }
        }
    }

    /** Returns a part's option as the user types it: {@code model.hiddenSize} is --hidden-size. */
    private static String option(String name) {
        String last = name.substring(name.lastIndexOf('.') + 1);
        return OPTIONS.getOrDefault(
                name, "--" + last.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT));
    }

    /** Returns a value as the command line has it; a choice's label, where it has one. */
    private static String text(Object value) {
        if (value instanceof Named named) {
            return named.label();
        }
        if (value instanceof Optional<?> maybe) {
            return maybe.map(Differences::text).orElse("none");
        }
        if (value instanceof TextEncoderReference encoder) {
            return "%s (%s…)".formatted(encoder.name(), encoder.hash().substring(0, 12));
        }
        if (value instanceof Boolean on) {
            return on ? "on" : "off";
        }
        return value instanceof List<?> list && list.isEmpty() ? "nothing" : String.valueOf(value);
    }

    private static Object value(RecordComponent component, Record record) {
        try {
            Method accessor = component.getAccessor();
            accessor.trySetAccessible(); // a backbone of another program may hide its type from
            // itself
            return accessor.invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a configuration's parts can be read", e);
        }
    }
}

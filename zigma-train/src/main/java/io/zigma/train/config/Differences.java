package io.zigma.train.config;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Lists where two configurations differ, part by part. */
public final class Differences {

    private Differences() {}

    /**
     * Compares two records of the same type.
     *
     * @param saved what a run was begun with
     * @param asked what it is to go on with
     * @return one phrase for each value that differs, such as {@code batchSize is 32 in the run, 64
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
                found.add("%s is %s in the run, %s asked for".formatted(name, before, after));
            }
        }
    }

    private static Object value(RecordComponent component, Record record) {
        try {
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a configuration's parts are public", e);
        }
    }
}

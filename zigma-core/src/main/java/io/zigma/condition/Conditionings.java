package io.zigma.condition;

import io.zigma.io.CheckpointException;
import io.zigma.io.Fields;
import java.util.List;

/** Reads the object {@code conditioning} of {@code config.json}: the one place that names kinds. */
public final class Conditionings {

    static final String KIND = "kind";
    static final String CLASSES = "classes";
    static final String NULL_CLASS = "null_class";
    static final String CONTEXT_SIZE = "context_size";
    static final String CONTEXT_TOKENS = "context_tokens";

    private Conditionings() {}

    /**
     * Reads a description.
     *
     * @param json the object, as {@link Conditioning#json} writes it
     * @return the conditioning
     * @throws CheckpointException if a field is missing, unknown or wrong
     * @throws IllegalArgumentException if a value is out of range
     */
    public static Conditioning read(Fields json) throws CheckpointException {
        String kind = json.text(KIND);
        switch (kind) {
            case Unconditional.KIND -> {
                json.only(KIND);
                return new Unconditional();
            }
            case ByClass.KIND -> {
                json.only(KIND, CLASSES, NULL_CLASS);
                return new ByClass(json.texts(CLASSES).size(), json.flag(NULL_CLASS));
            }
            case ByText.KIND -> {
                json.only(KIND, CONTEXT_SIZE, CONTEXT_TOKENS);
                return new ByText(json.integer(CONTEXT_SIZE), json.integer(CONTEXT_TOKENS));
            }
            default ->
                    throw new CheckpointException(
                            "conditioning kind '%s' is unknown; was it written by a newer version?"
                                    .formatted(kind));
        }
    }

    /**
     * Reads the names of the classes.
     *
     * @param json the same object
     * @return one name a class, in order; empty in a model without classes
     * @throws CheckpointException if they are no texts
     */
    public static List<String> classNames(Fields json) throws CheckpointException {
        return json.has(CLASSES) ? json.texts(CLASSES) : List.of();
    }
}

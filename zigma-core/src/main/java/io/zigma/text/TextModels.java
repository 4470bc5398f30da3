package io.zigma.text;

import io.zigma.base.Registry;
import io.zigma.io.CheckpointException;
import io.zigma.io.Fields;
import java.util.Set;

/** The families of text encoders that can be read: a new one is a file and one line here. */
final class TextModels {

    private static final String TYPE = "model_type";

    private static final Registry<Family> FAMILIES =
            new Registry<>("family of text encoders", Family::type)
                    .register(new Family("bert", BertConfig::read))
                    .register(new Family("clip", ClipTextConfig::readClip))
                    .register(new Family("clip_text_model", ClipTextConfig::read))
                    .register(new Family("t5", T5Config::read));

    private TextModels() {}

    /**
     * A family.
     *
     * @param type Hugging Face's {@code model_type}
     * @param reader reads its {@code config.json}
     */
    private record Family(String type, Reader reader) {}

    /** Reads a family's {@code config.json}. */
    @FunctionalInterface
    private interface Reader {

        /**
         * Reads a shape.
         *
         * @param config the fields
         * @param tensors names of the tensors there are
         * @return the shape
         * @throws CheckpointException if a field is missing or wrong
         */
        TextModelSpec read(Fields config, Set<String> tensors) throws CheckpointException;
    }

    /**
     * Reads what a folder's encoder is.
     *
     * @param config its {@code config.json}
     * @param tensors names of the tensors there are
     * @return the network's shape
     * @throws CheckpointException if the family is not known, or a field is missing or wrong
     */
    static TextModelSpec read(Fields config, Set<String> tensors) throws CheckpointException {
        String type = config.text(TYPE);
        Family family =
                FAMILIES.find(type)
                        .orElseThrow(
                                () ->
                                        new CheckpointException(
                                                "%s: a text encoder of model_type \"%s\" cannot be read; there are %s"
                                                        .formatted(
                                                                config.file(),
                                                                type,
                                                                String.join(
                                                                        ", ", FAMILIES.names()))));
        try {
            return family.reader().read(config, tensors);
        } catch (IllegalArgumentException e) {
            throw new CheckpointException("%s: %s".formatted(config.file(), e.getMessage()), e);
        }
    }

    /**
     * Returns a whole number that a file need not say.
     *
     * @param config the fields
     * @param name the field's name
     * @param standard what holds where it is missing
     * @return the number
     * @throws CheckpointException if the field is something else
     */
    static int integer(Fields config, String name, int standard) throws CheckpointException {
        return config.has(name) ? config.integer(name) : standard;
    }
}

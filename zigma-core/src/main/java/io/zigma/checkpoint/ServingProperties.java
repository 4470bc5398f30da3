package io.zigma.checkpoint;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * {@code serving.properties}, with which DJL and DJL Serving load a checkpoint folder: the same
 * text in every checkpoint, since everything else is in {@code config.json}.
 */
public final class ServingProperties {

    /** Name of the file. */
    public static final String NAME = "serving.properties";

    /** Keys that begin so are options of the engine, all others arguments of the model. */
    public static final String OPTION = "option.";

    /** The classes are given by name, since they are in a package that depends on this one. */
    private static final Map<String, String> ENTRIES = entriesInOrder();

    private ServingProperties() {}

    /**
     * Returns the content of the file.
     *
     * @return key → value in the file's order
     */
    public static Map<String, String> entries() {
        return ENTRIES;
    }

    /**
     * Returns the file's text.
     *
     * @return lines of {@code key=value} after a comment
     */
    public static String text() {
        return ENTRIES.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue() + "\n")
                .collect(
                        Collectors.joining(
                                "",
                                "# DJL loads this folder with io.zigma:zigma-core on the class path.\n",
                                ""));
    }

    private static Map<String, String> entriesInOrder() {
        Map<String, String> entries = new LinkedHashMap<>();
        entries.put("engine", "PyTorch");
        entries.put("blockFactory", "io.zigma.zoo.CheckpointBlockFactory");
        entries.put("translatorFactory", "io.zigma.zoo.GenerationTranslatorFactory");
        // the block factory reads the weights; there is no .params file to look for
        entries.put(OPTION + "hasParameter", "false");
        return Collections.unmodifiableMap(entries);
    }
}

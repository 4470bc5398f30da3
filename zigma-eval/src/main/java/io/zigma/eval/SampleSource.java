package io.zigma.eval;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The source of samples, for reports. The evaluation itself does not use it: it gets pictures and
 * the classes that were asked for.
 *
 * @param name of the model, or of the folder or file of pictures
 * @param description how the pictures were made, empty if unknown
 * @param guided whether the model was evaluated with and without the class
 * @param facts all of this for programs, by name in a fixed order
 */
public record SampleSource(
        String name, String description, boolean guided, Map<String, Object> facts) {

    /** The training steps of a checkpoint among the facts. */
    public static final String STEP = "step";

    /** The guidance scale among the facts. */
    public static final String GUIDANCE_SCALE = "guidance_scale";

    /** Copies the map. */
    public SampleSource {
        facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
    }

    /**
     * Describes pictures that are there already, from whatever program.
     *
     * @param name of their folder or file
     * @param pictures the pictures
     * @return a source that knows their fingerprint
     */
    public static SampleSource of(String name, Pictures pictures) {
        return new SampleSource(name, "", false, Map.of("pictures_sha256", pictures.hash()));
    }
}

package io.zigma.train.data;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is said of a picture.
 *
 * @param captions at least one
 * @param attributes other texts by their names
 */
record Captioned(List<String> captions, Map<String, String> attributes) {

    Captioned {
        captions = List.copyOf(captions);
        attributes = Map.copyOf(attributes);
    }

    /**
     * Returns this and what else is said of the same picture; of an attribute, the first counts.
     */
    Captioned and(Captioned more) {
        List<String> all = new ArrayList<>(captions);
        all.addAll(more.captions);
        Map<String, String> both = new LinkedHashMap<>(more.attributes);
        both.putAll(attributes);
        return new Captioned(all, both);
    }
}

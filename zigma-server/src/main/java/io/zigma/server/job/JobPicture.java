package io.zigma.server.job;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A finished picture.
 *
 * @param png the file, byte for byte the one that {@code zigma generate} writes for the request
 * @param recipe its text: what makes the picture again
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record JobPicture(byte[] png, Map<String, String> recipe) {

    /** Copies the map. */
    public JobPicture {
        recipe = Collections.unmodifiableMap(new LinkedHashMap<>(recipe));
    }
}

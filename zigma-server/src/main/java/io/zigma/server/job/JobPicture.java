package io.zigma.server.job;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A finished picture or video.
 *
 * @param png the file, byte for byte the one that {@code zigma generate} writes for the request; of
 *     a video all its frames in a grid
 * @param apng a video as it plays
 * @param recipe its text: what makes the picture again
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record JobPicture(byte[] png, Optional<byte[]> apng, Map<String, String> recipe) {

    /** Copies the map. */
    public JobPicture {
        recipe = Collections.unmodifiableMap(new LinkedHashMap<>(recipe));
    }

    /** Returns how many bytes its files have. */
    long bytes() {
        return png.length + apng.map(file -> file.length).orElse(0);
    }
}

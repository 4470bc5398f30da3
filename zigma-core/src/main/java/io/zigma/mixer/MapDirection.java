package io.zigma.mixer;

import io.zigma.scan.ScanPath;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a {@link MapScan}.
 *
 * @param path the order in which its sequence is read, and put back
 * @param clustered whether the sequence is the clusters' result and not the map's own channels
 * @param rearranged where the published code puts results back wrongly: in which order the tokens
 *     of the right result come out, else null
 */
record MapDirection(ScanPath path, boolean clustered, @Nullable ScanPath rearranged) {

    /** Reads the map along a path. */
    MapDirection(ScanPath path) {
        this(path, false, null);
    }
}

package io.zigma.train.data;

import java.nio.file.Path;

/**
 * A picture file that was left out.
 *
 * @param path the file
 * @param reason why, in one line
 */
public record SkippedFile(Path path, String reason) {

    @Override
    public String toString() {
        return path + ": " + reason;
    }
}

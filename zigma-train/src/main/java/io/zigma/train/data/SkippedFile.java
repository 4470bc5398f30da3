package io.zigma.train.data;

/**
 * A picture file that was left out.
 *
 * @param file its path, readable in any locale; behind an archive's path, the path within
 * @param reason why, in one line
 */
public record SkippedFile(String file, String reason) {

    @Override
    public String toString() {
        return file + ": " + reason;
    }
}

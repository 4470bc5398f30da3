package io.zigma.train.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What shows that a file has changed, without reading it.
 *
 * @param size bytes
 * @param modified nanoseconds since 1970
 * @param changed when anything about it changed, which no program can set back; as {@code modified}
 *     where the system has no such time
 * @param file the system's number of the file, empty where it has none
 */
record FileStamp(long size, long modified, long changed, String file) {

    /**
     * Reads a file's attributes, following links.
     *
     * @throws IOException if it is not there
     */
    static FileStamp of(Path path) throws IOException {
        BasicFileAttributes basic = Files.readAttributes(path, BasicFileAttributes.class);
        long modified = basic.lastModifiedTime().to(TimeUnit.NANOSECONDS);
        return new FileStamp(
                basic.size(), modified, changed(path, modified), String.valueOf(basic.fileKey()));
    }

    private static long changed(Path path, long fallback) throws IOException {
        if (!path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            return fallback;
        }
        Map<String, Object> unix = Files.readAttributes(path, "unix:ctime");
        return unix.get("ctime") instanceof FileTime time
                ? time.to(TimeUnit.NANOSECONDS)
                : fallback;
    }

    /** Returns the later of both times, in nanoseconds since 1970. */
    long newest() {
        return Math.max(modified, changed);
    }
}

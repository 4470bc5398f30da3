package io.zigma.zoo;

import ai.djl.repository.FilenameUtils;
import io.zigma.checkpoint.CheckpointFolder;
import java.io.FileNotFoundException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * A checkpoint in a zip or jar file, at its root or in any folder.
 *
 * @param archive the file
 * @param prefix the folder in it with a slash at its end, empty for the root
 * @param name the model's name: the folder's, or the archive's without its ending
 */
record ArchiveCheckpoint(Path archive, String prefix, String name) implements PackedCheckpoint {

    /**
     * A name that cannot refer to a place outside the folder that it is unpacked into, on any
     * system.
     */
    private static final Pattern PLAIN_NAME = Pattern.compile("(?!\\.{1,2}$)[^\\\\/:]+");

    private static final List<String> ENDINGS = List.of(".zip", ".jar");

    /**
     * Finds the checkpoints in a file.
     *
     * @return them by name; none if the file is no archive, or holds none
     */
    static Map<String, CheckpointSource> in(Path file) {
        String fileName = String.valueOf(file.getFileName());
        String lower = fileName.toLowerCase(Locale.ROOT);
        Map<String, CheckpointSource> found = new LinkedHashMap<>();
        if (ENDINGS.stream().noneMatch(lower::endsWith) || !Files.isRegularFile(file)) {
            return found;
        }
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                String path = entry.getName();
                String prefix = path.substring(0, path.length() - baseName(path).length());
                if (baseName(path).equals(CheckpointFolder.CONFIG) && describes(zip, entry)) {
                    String name =
                            prefix.isEmpty()
                                    ? withoutEnding(fileName)
                                    : baseName(prefix.substring(0, prefix.length() - 1));
                    if (prefix.isEmpty() || PLAIN_NAME.matcher(name).matches()) {
                        found.put(name, new ArchiveCheckpoint(file, prefix, name));
                    }
                }
            }
        } catch (IOException e) {
            // not a readable zip file: left to DJL, which reports it
            return Map.of();
        }
        return found;
    }

    private static boolean describes(ZipFile zip, ZipEntry entry) throws IOException {
        try (InputStream config = zip.getInputStream(entry)) {
            return CheckpointFolder.isDescription(
                    new String(PackedCheckpoint.description(config), StandardCharsets.UTF_8));
        }
    }

    private static String baseName(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static String withoutEnding(String fileName) {
        return fileName.endsWith(".jar")
                ? fileName.substring(0, fileName.length() - ".jar".length())
                : FilenameUtils.getNamePart(fileName);
    }

    @Override
    public InputStream open(String file) throws IOException {
        ZipFile zip = new ZipFile(archive.toFile());
        try {
            ZipEntry entry = zip.getEntry(prefix + file);
            if (entry == null) {
                throw new FileNotFoundException("%s has no %s".formatted(archive, prefix + file));
            }
            return new FilterInputStream(zip.getInputStream(entry)) {
                @Override
                public void close() throws IOException {
                    zip.close(); // and with it the entry
                }
            };
        } catch (IOException e) {
            zip.close();
            throw e;
        }
    }
}

package io.zigma.train.data;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which files a set of shards has: all tar files of a folder, or those of a pattern in braces, such
 * as {@code photos-{000000..000041}.tar} or {@code {train,val}.tar}. Braces in the names of folders
 * that are there are no pattern.
 */
final class ShardPaths {

    /** img2dataset writes the first two for each shard. */
    private static final List<String> BESIDE = List.of(".parquet", ".json", ".txt", ".md");

    private static final int MOST = 100_000;
    private static final Pattern BRACES = Pattern.compile("\\{([^{}]*)\\}");
    private static final Pattern RANGE = Pattern.compile("(\\d{1,9})\\.\\.(\\d{1,9})");

    private ShardPaths() {}

    /** Returns whether a path is a pattern of files, and no file of that very name. */
    static boolean isPattern(Path source) {
        return !Files.exists(source) && BRACES.matcher(pattern(source)).find();
    }

    /** Returns the folder that is there, as far as a path's names lead. */
    private static @Nullable Path folder(Path source) {
        Path folder = source.getParent();
        while (folder != null && !Files.isDirectory(folder)) {
            folder = folder.getParent();
        }
        return folder;
    }

    /** Returns what stands behind the folder that is there. */
    private static String pattern(Path source) {
        Path folder = folder(source);
        int from = folder == null ? 0 : folder.getNameCount();
        return folder == null || from == source.getNameCount()
                ? source.toString()
                : source.subpath(from, source.getNameCount()).toString();
    }

    /**
     * Lists the shards.
     *
     * @param source a pattern, a tar file, or a folder
     * @return in their order; empty if a folder holds anything beside tar files, or none
     * @throws DatasetException if a file of a pattern is missing, or the pattern is none
     * @throws IOException if a folder cannot be listed
     */
    static List<Path> of(Path source) throws IOException {
        if (isPattern(source)) {
            List<Path> files = new ArrayList<>();
            for (String name : expanded(pattern(source))) {
                Path file = path(source, name);
                if (!Files.isRegularFile(file)) {
                    throw new DatasetException(
                            "%s: there is no file %s".formatted(source, FileNames.shown(file)));
                }
                files.add(file);
            }
            return files;
        }
        if (Files.isRegularFile(source)) {
            return isTar(source) ? List.of(source) : List.of();
        }
        return Files.isDirectory(source) ? inFolder(source) : List.of();
    }

    private static Path path(Path pattern, String name) throws DatasetException {
        try {
            Path folder = folder(pattern);
            Path file = pattern.getFileSystem().getPath(name);
            return folder == null ? file : folder.resolve(file);
        } catch (InvalidPathException e) {
            throw new DatasetException("%s: '%s' is no path".formatted(pattern, name), e);
        }
    }

    private static List<Path> inFolder(Path folder) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                if (isTar(file) && Files.isRegularFile(file)) {
                    found.add(file);
                } else if (!goesAlong(file)) {
                    return List.of();
                }
            }
        }
        found.sort(Comparator.comparing(FileNames::shown, FileNames.ORDER));
        return found;
    }

    /** What may lie beside shards: hidden files, and what the programs that write them add. */
    private static boolean goesAlong(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        return name.startsWith(".")
                || (Files.isRegularFile(file) && BESIDE.stream().anyMatch(name::endsWith));
    }

    private static boolean isTar(Path file) {
        return String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT).endsWith(".tar");
    }

    /** Writes out every group of braces, the last one fastest, as a shell does. */
    static List<String> expanded(String pattern) throws DatasetException {
        Matcher matcher = BRACES.matcher(pattern);
        if (!matcher.find()) {
            return List.of(pattern);
        }
        String before = pattern.substring(0, matcher.start());
        List<String> rests = expanded(pattern.substring(matcher.end()));
        List<String> all = new ArrayList<>();
        for (String choice : choices(pattern, matcher.group(1))) {
            if ((long) all.size() + rests.size() > MOST) {
                throw new DatasetException("%s: names more than %s files".formatted(pattern, MOST));
            }
            for (String rest : rests) {
                all.add(before + choice + rest);
            }
        }
        return all;
    }

    private static List<String> choices(String pattern, String group) throws DatasetException {
        Matcher range = RANGE.matcher(group);
        if (!range.matches()) {
            return List.of(group.split(",", -1));
        }
        int first = Integer.parseInt(range.group(1));
        int last = Integer.parseInt(range.group(2));
        if (last < first || last - first >= MOST) {
            throw new DatasetException(
                    "%s: {%s} is no range of up to %s shards; write {000000..000041}"
                            .formatted(pattern, group, MOST));
        }
        boolean padded =
                range.group(1).length() == range.group(2).length() || group.startsWith("0");
        int digits = padded ? range.group(1).length() : 1;
        List<String> numbers = new ArrayList<>();
        for (int i = first; i <= last; i++) {
            String number = Integer.toString(i);
            numbers.add("0".repeat(Math.max(0, digits - number.length())) + number);
        }
        return numbers;
    }
}

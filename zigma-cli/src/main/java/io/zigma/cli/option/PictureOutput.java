package io.zigma.cli.option;

import io.zigma.io.OutputFile;
import io.zigma.media.MediaFormats;
import io.zigma.media.MediaWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.commons.cli.Option;

/** Where pictures or videos go: all into one grid, or each into a file of its own. */
public sealed interface PictureOutput {

    /** Lets {@link #checkFree} pass files that are there. */
    Option FORCE = Flags.flag("f", "force", "replace files that exist already");

    /**
     * Returns all files that will be written, in the order of the pictures.
     *
     * @param count how many pictures there will be
     */
    List<Path> files(int count);

    /** Returns how the files are written. */
    MediaWriter format();

    /** Returns whether the names of what is written are results to print. */
    default boolean hasNames() {
        return true;
    }

    /**
     * One file for all pictures.
     *
     * @param file its place
     * @param format how it is written
     */
    record Grid(Path file, MediaWriter format) implements PictureOutput {
        @Override
        public List<Path> files(int count) {
            return List.of(file);
        }
    }

    /**
     * One PNG picture of all pictures on standard output, where nothing else is written then.
     *
     * @param format how it is written
     */
    record StandardOutput(MediaWriter format) implements PictureOutput {
        @Override
        public List<Path> files(int count) {
            return List.of();
        }

        @Override
        public boolean hasNames() {
            return false;
        }
    }

    /**
     * A file for each picture.
     *
     * @param given a path whose file name has one number in it, as {@link String#format} takes it
     * @param format how they are written
     */
    record Singles(Path given, MediaWriter format) implements PictureOutput {
        @Override
        public List<Path> files(int count) {
            return IntStream.range(0, count).mapToObj(this::file).toList();
        }

        /** Returns the place of picture number {@code index}, counted from 0. */
        private Path file(int index) {
            String name = String.format(Locale.ROOT, given.getFileName().toString(), index);
            return given.resolveSibling(name);
        }
    }

    /**
     * Reads what the user typed: {@code -} is standard output, a file name with {@code %d} or
     * {@code %03d} in it is a pattern.
     *
     * @param option how the option is spelled
     * @param given its value
     * @throws UsageException if its ending names no format, or it is no pattern
     */
    static PictureOutput parse(String option, Path given) {
        if (OutputFile.isStandardOutput(given)) {
            return new StandardOutput(MediaFormats.PNG);
        }
        MediaWriter format = format(option, given);
        String last = given.getFileName().toString();
        int numbers = 0;
        Matcher conversions = Pattern.compile("%%|%d|%0[1-9]d|%").matcher(last);
        while (conversions.find()) {
            if (conversions.group().equals("%")) {
                throw new UsageException(
                        "%s '%s' is no pattern; a number is %%d or %%03d, a percent sign is %%%%"
                                .formatted(option, given));
            }
            numbers += conversions.group().equals("%%") ? 0 : 1;
        }
        if (numbers > 1) {
            throw new UsageException(
                    "%s '%s' numbers a picture %s times; once is enough"
                            .formatted(option, given, numbers));
        }
        return numbers == 1
                ? new Singles(given, format)
                : new Grid(given.resolveSibling(last.replace("%%", "%")), format);
    }

    private static MediaWriter format(String option, Path given) {
        if (isStream(given)) {
            return MediaFormats.of(given).orElse(MediaFormats.PNG);
        }
        return MediaFormats.of(given)
                .orElseThrow(
                        () ->
                                new UsageException(
                                        "%s '%s' names no format; it should end in %s"
                                                .formatted(
                                                        option,
                                                        given,
                                                        MediaFormats.endings(MediaFormats.all()))));
    }

    /** A FIFO, a device or an open descriptor, whose names have no endings. */
    private static boolean isStream(Path given) {
        return given.getFileName() != null
                && Files.exists(given)
                && !Files.isDirectory(given)
                && streams(given);
    }

    /** Returns whether a file is a pipe or device, read as it is written and not stored. */
    static boolean streams(Path file) {
        try {
            return OutputFile.of(file).streams();
        } catch (IOException e) {
            return false; // refused elsewhere, with what is wrong
        }
    }

    /**
     * Makes sure that a file can be written under its very name, and that none is there that must
     * stay, before anything is computed for it.
     *
     * @param file its place
     * @param force whether it may be replaced
     * @throws IOException if it cannot be written, or something is in the way
     */
    static void checkFree(Path file, boolean force) throws IOException {
        OutputFile output = OutputFile.of(file);
        output.requireFree(force);
        output.requireWritable();
    }

    /**
     * Does the same for many files, whose names differ in a number that grows.
     *
     * @param files their places
     * @param force whether they may be replaced
     * @throws IOException if one cannot be written, or something is in the way
     */
    static void checkFree(List<Path> files, boolean force) throws IOException {
        for (Path file : files) {
            OutputFile.of(file).requireFree(force);
        }
        for (int i = 0; i < files.size(); i++) {
            // of those that are not there yet the first and the longest name say it for all
            if (i == 0 || i == files.size() - 1 || Files.exists(files.get(i))) {
                OutputFile.of(files.get(i)).requireWritable();
            }
        }
    }
}

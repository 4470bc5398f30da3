package io.zigma.cli.command;

import io.zigma.cli.option.Flags;
import io.zigma.cli.option.UsageException;
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

    /** How the name of an animation ends. */
    String GIF = ".gif";

    /** Lets {@link #checkFree} pass files that are there. */
    Option FORCE = Flags.flag("f", "force", "replace files that exist already");

    /**
     * Returns all files that will be written, in the order of the pictures.
     *
     * @param count how many pictures there will be
     */
    List<Path> files(int count);

    /** Tells whether the files are animations and not pictures. */
    default boolean animated() {
        return isNamed(files(1).get(0), GIF);
    }

    /**
     * One file for all pictures.
     *
     * @param file its place
     */
    record Grid(Path file) implements PictureOutput {
        @Override
        public List<Path> files(int count) {
            return List.of(file);
        }
    }

    /**
     * A file for each picture.
     *
     * @param given a path whose file name has one number in it, as {@link String#format} takes it
     */
    record Singles(Path given) implements PictureOutput {
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
     * Reads what the user typed: a file name with {@code %d} or {@code %03d} in it is a pattern.
     *
     * @param option how the option is spelled
     * @param given its value
     * @throws UsageException if it is no name of a PNG or GIF file or no pattern
     */
    static PictureOutput parse(String option, Path given) {
        Path last = given.getFileName();
        if (last == null || !isNamed(last, ".png") && !isNamed(last, GIF)) {
            throw new UsageException(
                    "%s writes PNG pictures, and videos as GIF too; '%s' should end in .png"
                            .formatted(option, given));
        }
        int numbers = 0;
        Matcher conversions = Pattern.compile("%%|%d|%0[1-9]d|%").matcher(last.toString());
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
                    "%s '%s' numbers a picture %d times; once is enough"
                            .formatted(option, given, numbers));
        }
        return numbers == 1
                ? new Singles(given)
                : new Grid(given.resolveSibling(last.toString().replace("%%", "%")));
    }

    /**
     * Makes sure that a file's place is there and free, before anything is computed for it.
     *
     * @param file its place
     * @param force whether it may be replaced
     * @throws IOException if its folder is missing, or something is in the way
     */
    static void checkFree(Path file, boolean force) throws IOException {
        Path folder = file.toAbsolutePath().normalize().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new IOException(
                    "%s cannot be written: there is no folder %s; make it first"
                            .formatted(file, folder));
        }
        if (Files.isDirectory(file)) {
            throw new IOException("%s is a folder; name a file in it".formatted(file));
        }
        if (Files.exists(file) && !force) {
            throw new IOException(
                    "%s exists already; choose another name or add --force to replace it"
                            .formatted(file));
        }
    }

    private static boolean isNamed(Path file, String ending) {
        return file.toString().toLowerCase(Locale.ROOT).endsWith(ending);
    }
}

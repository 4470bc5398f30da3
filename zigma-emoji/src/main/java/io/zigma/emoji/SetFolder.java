package io.zigma.emoji;

import com.google.gson.JsonObject;
import io.zigma.io.StorageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;

/** The folder of a set: a folder for each part, which has numbered files and their captions. */
final class SetFolder {

    private SetFolder() {}

    /** Fills a folder whose parts are there and empty. */
    @FunctionalInterface
    interface Content {

        void writeTo(Path folder) throws IOException;
    }

    /**
     * Makes a folder as a whole or not at all.
     *
     * @param out the folder, which does not exist yet
     * @param content fills it
     * @throws IOException if it cannot be written
     */
    static void make(Path out, Content content) throws IOException {
        try (NewFolder made = NewFolder.at(out)) {
            for (Part part : Part.values()) {
                Files.createDirectory(made.folder().resolve(part.folder()));
            }
            content.writeTo(made.folder());
            made.publish();
        } catch (UncheckedIOException e) {
            throw StorageException.of(out, Objects.requireNonNull(e.getCause()));
        } catch (IOException e) {
            throw StorageException.of(out, e);
        }
    }

    /**
     * Writes what is known of the files of a part, a line each.
     *
     * @param folder of the set
     * @param part of the set
     * @param planned the files of all parts
     * @param partOf the part that a file is in
     * @param line of a file, called for those of the part, in their order
     * @throws IOException if it cannot be written
     */
    static <T> void describe(
            Path folder,
            Part part,
            List<T> planned,
            Function<T, Part> partOf,
            Function<T, JsonObject> line)
            throws IOException {
        StringBuilder lines = new StringBuilder();
        for (T file : planned) {
            if (partOf.apply(file) == part) {
                lines.append(line.apply(file)).append('\n');
            }
        }
        Files.writeString(folder.resolve(part.folder()).resolve("metadata.jsonl"), lines);
    }

    /** Returns the name of a file in its part. */
    static String fileName(int number) {
        return String.format(Locale.ROOT, "%06d.png", number);
    }
}

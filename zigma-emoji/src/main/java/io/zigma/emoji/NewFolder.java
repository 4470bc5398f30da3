package io.zigma.emoji;

import io.zigma.io.AtomicFile;
import io.zigma.io.OutputFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.UUID;
import java.util.stream.Stream;

/** A folder with folders in it that comes as a whole or not at all. */
final class NewFolder implements AutoCloseable {

    private final Path target;
    private final Path folder;

    private NewFolder(Path target, Path folder) {
        this.target = target;
        this.folder = folder;
    }

    /**
     * Begins, beside the place.
     *
     * @param out a folder that does not exist yet
     * @throws IOException if nothing can be written there
     */
    static NewFolder at(Path out) throws IOException {
        OutputFolder.requireWritable(out);
        Path target = OutputFolder.place(out);
        // named as everything that is not whole yet
        Path folder = target.resolveSibling(".%s.part".formatted(UUID.randomUUID()));
        Files.createDirectories(folder);
        return new NewFolder(target, folder);
    }

    /** Returns where to write. */
    Path folder() {
        return folder;
    }

    /**
     * Gives the folder its name.
     *
     * @throws IOException if something has that name by now
     */
    void publish() throws IOException {
        Files.move(folder, target, StandardCopyOption.ATOMIC_MOVE);
        AtomicFile.flushFolder(target.resolveSibling("."));
    }

    /** Removes what was not published. */
    @Override
    public void close() throws IOException {
        if (Files.exists(folder)) {
            remove(folder);
        }
    }

    /** Removes a folder and all that is in it. */
    static void remove(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}

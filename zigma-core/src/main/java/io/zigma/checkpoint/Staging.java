package io.zigma.checkpoint;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A checkpoint's files on their way to their folder: written into a hidden folder within it, which
 * takes all the room and time there is to take, and then given their names.
 */
final class Staging implements AutoCloseable {

    private final Path target;
    private final Path folder;
    private final boolean made;
    private boolean published;

    private Staging(Path target, Path folder, boolean made) {
        this.target = target;
        this.folder = folder;
        this.made = made;
    }

    /**
     * Begins.
     *
     * @param target made if it is not there; what an earlier attempt left in it is removed
     * @throws IOException if the folder cannot be made
     */
    static Staging in(Path target) throws IOException {
        boolean made = !Files.exists(target);
        Files.createDirectories(target);
        for (Path file : content(target)) {
            if (AtomicFile.isLeftover(file)) {
                delete(file);
            }
        }
        Path folder = target.resolve(AtomicFile.beside());
        Files.createDirectory(folder);
        return new Staging(target, folder, made);
    }

    /** Returns where to write. */
    Path folder() {
        return folder;
    }

    /**
     * Gives all files their names, the description last: until then the folder is no checkpoint.
     *
     * @throws IOException if a file cannot be renamed
     */
    void publish() throws IOException {
        Files.deleteIfExists(target.resolve(CheckpointFolder.CONFIG));
        // other weights have other outputs, and are told of by another card
        Files.deleteIfExists(target.resolve(CheckpointFolder.REFERENCE));
        Files.deleteIfExists(target.resolve(CheckpointFolder.CARD));
        for (Path file : content(folder)) {
            if (!file.endsWith(CheckpointFolder.CONFIG)) {
                move(file);
            }
        }
        move(folder.resolve(CheckpointFolder.CONFIG));
        AtomicFile.flushFolder(target);
        published = true;
    }

    private void move(Path file) throws IOException {
        Files.move(
                file,
                target.resolve(file.getFileName()),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    /** Removes what was not published, and the target if that was made for nothing. */
    @Override
    public void close() throws IOException {
        delete(folder);
        if (made && !published) {
            Files.delete(target);
        }
    }

    private static List<Path> content(Path folder) throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> content = Files.newDirectoryStream(folder)) {
            content.forEach(files::add);
        }
        return files;
    }

    private static void delete(Path place) throws IOException {
        if (Files.isDirectory(place)) {
            for (Path file : content(place)) {
                Files.delete(file);
            }
        }
        Files.deleteIfExists(place);
    }
}

package io.zigma.checkpoint;

import io.zigma.io.AtomicFile;
import io.zigma.io.OutputFolder;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes a checkpoint's files into a hidden temporary folder first and then moves them. A folder
 * that does not exist yet is created by one rename; an existing one may be a mount point that
 * cannot be renamed, so its files are moved one by one, the description last.
 */
public final class Staging implements AutoCloseable {

    private final Path target;
    private final Path folder;
    private final boolean whole;
    private final boolean replacing;
    private final List<Path> moved = new ArrayList<>();
    private boolean published;

    private Staging(Path target, Path folder, boolean whole, boolean replacing) {
        this.target = target;
        this.folder = folder;
        this.whole = whole;
        this.replacing = replacing;
    }

    /**
     * Creates the temporary folder.
     *
     * @param target created at the end if it does not exist; what an earlier attempt left in it is
     *     removed
     * @return an empty folder in the place of the target, to be published and closed
     * @throws IOException if the temporary folder cannot be made
     */
    public static Staging in(Path target) throws IOException {
        Path place = OutputFolder.place(target);
        if (!Files.exists(place)) {
            // the last step gives it exactly this name
            OutputFolder.requireWritable(target);
            Path folder = place.resolveSibling(AtomicFile.beside());
            Files.createDirectories(folder);
            return new Staging(place, folder, true, false);
        }
        for (Path file : content(place)) {
            if (AtomicFile.isLeftover(file)) {
                delete(file);
            }
        }
        boolean replacing = Files.exists(place.resolve(CheckpointFolder.CONFIG));
        Path folder = Files.createDirectory(place.resolve(AtomicFile.beside()));
        return new Staging(place, folder, false, replacing);
    }

    /**
     * Returns where to write.
     *
     * @return the temporary folder, which exists
     */
    public Path folder() {
        return folder;
    }

    /**
     * Moves all files to their folder.
     *
     * @throws IOException if that fails
     */
    public void publish() throws IOException {
        if (whole) {
            Files.move(folder, target, StandardCopyOption.ATOMIC_MOVE);
            AtomicFile.flushFolder(target.resolveSibling("."));
        } else {
            publishEach();
        }
        published = true;
    }

    private void publishEach() throws IOException {
        // until the new description is there, the folder is no checkpoint
        Files.deleteIfExists(target.resolve(CheckpointFolder.CONFIG));
        if (replacing) {
            // other weights have other outputs and another card
            Files.deleteIfExists(target.resolve(CheckpointFolder.REFERENCE));
            Files.deleteIfExists(target.resolve(CheckpointFolder.CARD));
        }
        for (Path file : content(folder)) {
            if (!file.endsWith(CheckpointFolder.CONFIG)) {
                move(file);
            }
        }
        move(folder.resolve(CheckpointFolder.CONFIG));
        AtomicFile.flushFolder(target);
    }

    private void move(Path file) throws IOException {
        Path place = target.resolve(file.getFileName());
        Files.move(
                file, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        moved.add(place);
    }

    /**
     * Removes what was not published; files of an older checkpoint that were removed are not
     * restored.
     */
    @Override
    public void close() throws IOException {
        delete(folder);
        if (!published && !replacing) {
            for (Path file : moved) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static List<Path> content(Path folder) throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> content = Files.newDirectoryStream(folder)) {
            content.forEach(files::add);
        }
        return files;
    }

    /** Deletes a file, or a folder of files; never the target of a link. */
    private static void delete(Path place) throws IOException {
        if (Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
            for (Path file : content(place)) {
                Files.delete(file);
            }
        }
        Files.deleteIfExists(place);
    }
}

package io.zigma.train.run;

import io.zigma.io.AtomicFile;
import io.zigma.io.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The checkpoints of a run: {@code checkpoints/STEP/}, each there as a whole or not at all.
 *
 * <p>A checkpoint is written into a hidden folder beside its place; its files are flushed; the
 * marker {@code COMPLETE} with the size of every file is written and flushed; only then the folder
 * gets its name. Older checkpoints go after that, so that a crash at any moment leaves at least
 * one.
 */
public final class CheckpointStore {

    /** The file whose presence, with the sizes in it holding, makes a folder a checkpoint. */
    static final String MARKER = "COMPLETE";

    private static final Pattern STEP = Pattern.compile("\\d{8,18}");
    private static final Pattern LEFTOVER = Pattern.compile("\\.\\d{8,18}\\.partial");

    private final Path folder;

    /**
     * Makes the store of a run.
     *
     * @param run the run's folder
     */
    public CheckpointStore(RunFolder run) {
        this.folder = run.checkpointsFolder();
    }

    /** Writes the files of a checkpoint. */
    @FunctionalInterface
    public interface Contents {

        /**
         * Writes all files.
         *
         * @param folder an empty folder
         * @throws IOException if a file cannot be written
         */
        void writeInto(Path folder) throws IOException;
    }

    /**
     * Writes a checkpoint and then removes the oldest ones beyond the number to keep.
     *
     * @param step steps taken; a finished checkpoint of that step is left as it is
     * @param keep how many checkpoints stay, this one included, at least 1
     * @param contents writes the files
     * @return the checkpoint's folder
     * @throws IOException if anything cannot be written; checkpoints from before are then untouched
     */
    public Path write(long step, int keep, Contents contents) throws IOException {
        Path place = folder(step);
        if (!isComplete(place)) {
            Path partial = partial(place);
            if (Files.exists(partial)) {
                Durable.deleteTree(partial);
            }
            Files.createDirectory(partial);
            try {
                contents.writeInto(partial);
                Durable.flushTree(partial);
                AtomicFile.writeText(partial.resolve(MARKER), sizes(partial));
                if (Files.exists(place)) {
                    Durable.deleteTree(place); // it has no marker, so it is no checkpoint
                }
                Files.move(partial, place, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                throw StorageException.of(place, e);
            } finally {
                if (Files.exists(partial)) {
                    Durable.deleteTree(partial); // a full disk needs the room most
                }
            }
            AtomicFile.flushFolder(folder);
        }
        List<Long> steps = steps();
        for (long old : steps.subList(0, Math.max(0, steps.size() - keep))) {
            remove(folder(old));
        }
        return place;
    }

    /** It is renamed first: what a crash leaves of the folder is then no checkpoint. */
    private void remove(Path checkpoint) throws IOException {
        Path leftover = partial(checkpoint);
        Files.move(checkpoint, leftover, StandardCopyOption.ATOMIC_MOVE);
        AtomicFile.flushFolder(folder);
        Durable.deleteTree(leftover);
    }

    /** Where a checkpoint is while it is no whole one. */
    private Path partial(Path checkpoint) {
        return folder.resolve("." + checkpoint.getFileName() + ".partial");
    }

    /**
     * Returns the steps of all finished checkpoints.
     *
     * @return steps in rising order
     * @throws IOException if the folder cannot be read
     */
    public List<Long> steps() throws IOException {
        List<Long> steps = new ArrayList<>();
        try (Stream<Path> entries = Files.list(folder)) {
            for (Path entry : entries.toList()) {
                if (STEP.matcher(entry.getFileName().toString()).matches() && isComplete(entry)) {
                    steps.add(Long.parseLong(entry.getFileName().toString()));
                }
            }
        }
        steps.sort(Comparator.naturalOrder());
        return steps;
    }

    /**
     * Returns the newest finished checkpoint.
     *
     * @return its folder, or empty if there is none
     * @throws IOException if the folder cannot be read
     */
    public Optional<Path> newest() throws IOException {
        List<Long> steps = steps();
        return steps.isEmpty()
                ? Optional.empty()
                : Optional.of(folder(steps.get(steps.size() - 1)));
    }

    /**
     * Returns the newest finished checkpoint of a run to resume.
     *
     * @return its folder
     * @throws RunException if there is none
     * @throws IOException if the folder cannot be read
     */
    public Path newestToResume() throws IOException {
        return newest().orElseThrow(
                        () ->
                                new RunException(
                                        folder
                                                + " holds no finished checkpoint to resume from;"
                                                + " leave out --resume to start a new run"));
    }

    /**
     * Returns the place of a step's checkpoint, whether there is one or not.
     *
     * @param step steps taken
     * @return checkpoints/STEP
     */
    public Path folder(long step) {
        return folder.resolve(RunFolder.stepName(step));
    }

    /**
     * Removes what crashes left behind, of checkpoints that were written or taken away. Only the
     * holder of the run's lock may do so.
     *
     * @throws IOException if something cannot be deleted
     */
    public void removeLeftovers() throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            for (Path entry : entries.toList()) {
                if (LEFTOVER.matcher(entry.getFileName().toString()).matches()) {
                    Durable.deleteTree(entry);
                }
            }
        }
    }

    /**
     * Returns whether this is a finished checkpoint.
     *
     * @param checkpoint a folder, or a path where there is none
     * @return true if the marker is there and every file has the size it names
     * @throws IOException if the marker cannot be read
     */
    public static boolean isComplete(Path checkpoint) throws IOException {
        Path marker = checkpoint.resolve(MARKER);
        if (!Files.isRegularFile(marker)) {
            return false;
        }
        for (String line : Files.readAllLines(marker)) {
            int space = line.indexOf(' ');
            if (space < 1) {
                return false;
            }
            Path file = checkpoint.resolve(line.substring(space + 1));
            if (!Files.isRegularFile(file)
                    || !line.substring(0, space).equals(Long.toString(Files.size(file)))) {
                return false;
            }
        }
        return true;
    }

    private static String sizes(Path checkpoint) throws IOException {
        StringBuilder text = new StringBuilder();
        try (Stream<Path> entries = Files.list(checkpoint)) {
            for (Path file : entries.filter(Files::isRegularFile).sorted().toList()) {
                text.append(Files.size(file)).append(' ').append(file.getFileName()).append('\n');
            }
        }
        return text.toString();
    }
}

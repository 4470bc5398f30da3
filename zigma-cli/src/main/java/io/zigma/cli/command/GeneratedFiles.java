package io.zigma.cli.command;

import io.zigma.cli.option.PictureOutput;
import io.zigma.pipeline.GeneratedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Writes generated pictures or videos: those with a file of their own as soon as their batch is
 * finished, a sheet of all when it is complete.
 *
 * <p>Where there will be no more of them, because the process is asked to end or something failed,
 * what is finished is written: a sheet then shows the first so many, and is the same file that
 * requesting for so many makes.
 */
final class GeneratedFiles {

    /**
     * What a write may still take when the process is asked to end; a stuck disk takes for ever.
     */
    private static final long PATIENCE_SECONDS = 10;

    private final PictureOutput output;
    private final List<Path> files;
    private final int count;
    private final FileStyle style;
    private final OutputStream standardOutput;
    private final Consumer<Path> written;

    private final ReentrantLock lock = new ReentrantLock();
    private final List<GeneratedImage> sheet = new ArrayList<>();
    private volatile int finished;
    private volatile boolean ended;
    private boolean complete;

    /**
     * Creates the writer. *
     *
     * @param output where they go
     * @param count how many there will be
     * @param style how files show them
     * @param standardOutput for {@link PictureOutput.StandardOutput}
     * @param written called with each written file
     */
    GeneratedFiles(
            PictureOutput output,
            int count,
            FileStyle style,
            OutputStream standardOutput,
            Consumer<Path> written) {
        this.output = output;
        this.files = output.files(count);
        this.count = count;
        this.style = style;
        this.standardOutput = standardOutput;
        this.written = written;
    }

    /**
     * Takes a batch.
     *
     * @param first number of its first picture
     * @throws IOException if it cannot be written
     * @throws CancellationException if there will be no more
     */
    void add(int first, List<GeneratedImage> images) throws IOException {
        lock.lock();
        try {
            requireTime();
            if (output instanceof PictureOutput.Singles) {
                for (int i = 0; i < images.size(); i++) {
                    write(files.get(first + i), List.of(images.get(i)));
                    written.accept(files.get(first + i));
                    finished = first + i + 1;
                }
            } else {
                sheet.addAll(images);
                finished = sheet.size();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Stops the thread that generates when the process is about to end.
     *
     * @throws CancellationException if there will be no more
     */
    void requireTime() {
        if (ended) {
            throw new CancellationException("the process is asked to end");
        }
    }

    /**
     * Writes the sheet, if it is one.
     *
     * @throws IOException if it cannot be written
     * @throws CancellationException if there will be no more
     */
    void complete() throws IOException {
        lock.lock();
        try {
            requireTime();
            writeSheet();
            complete = true;
            files.stream().limit(sheet.isEmpty() ? 0 : 1).forEach(written);
        } finally {
            lock.unlock();
        }
    }

    /** Returns how many pictures are finished. */
    int finished() {
        return finished;
    }

    /**
     * Writes what is finished when there will be no more; may be called on any thread.
     *
     * @return what was written, for the user
     */
    String writeFinished() {
        try {
            // what goes to a reader cannot be completed later, so a slow one is not waited for
            if (lock.tryLock(streams() ? 0 : PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                try {
                    ended = true;
                    return summary();
                } finally {
                    lock.unlock();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return finishedOnes() + ", and what is being written is not whole";
    }

    private String summary() {
        if (complete) {
            return "all was written already";
        }
        if (finished == 0) {
            return "no picture was finished, nothing was written";
        }
        if (output instanceof PictureOutput.Singles) {
            return finishedOnes() + " and written";
        }
        if (streams()) {
            return finishedOnes() + ", nothing was written";
        }
        try {
            writeSheet();
            return "%s holds the first %s of %s".formatted(files.get(0), finished, pictures(count));
        } catch (IOException | RuntimeException e) {
            return "%s and not written: %s".formatted(finishedOnes(), e.getMessage());
        }
    }

    private String finishedOnes() {
        return "%s of %s %s finished"
                .formatted(finished, pictures(count), finished == 1 ? "is" : "are");
    }

    private static String pictures(int count) {
        return count == 1 ? "1 picture" : count + " pictures";
    }

    private boolean streams() {
        return output instanceof PictureOutput.StandardOutput
                || files.stream().anyMatch(PictureOutput::streams);
    }

    private void writeSheet() throws IOException {
        if (output instanceof PictureOutput.StandardOutput) {
            output.format().write(standardOutput, style.content(output.format(), sheet));
            standardOutput.flush();
        } else if (output instanceof PictureOutput.Grid) {
            write(files.get(0), sheet);
        }
    }

    private void write(Path file, List<GeneratedImage> images) throws IOException {
        output.format().write(file, style.content(output.format(), images));
    }
}

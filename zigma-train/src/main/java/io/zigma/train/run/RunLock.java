package io.zigma.train.run;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a run folder to one process.
 *
 * <p>The operating system holds the lock and lets go of it when the process ends, however it ends;
 * the file that stays behind means nothing.
 */
public final class RunLock implements AutoCloseable {

    private final FileChannel channel;

    private RunLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the lock.
     *
     * @param run an existing run folder
     * @return the lock, held until it is closed or the process ends
     * @throws RunException if another process, or another training in this one, holds it
     * @throws IOException if the lock file cannot be made
     */
    public static RunLock take(Path run) throws IOException {
        FileChannel channel =
                FileChannel.open(
                        run.resolve("run.lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
        FileLock lock = null;
        try {
            lock = tryLock(channel);
        } finally {
            if (lock == null) {
                channel.close();
            }
        }
        if (lock == null) {
            throw new RunException(
                    run
                            + " is in use by another training; wait until it ends, stop it, or give"
                            + " another folder");
        }
        return new RunLock(channel);
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // another training in this process
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}

package io.zigma.train.run;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Locks a run folder for one process.
 *
 * <p>The operating system holds the lock and lets go of it when the process ends, however it ends;
 * the file that stays behind means nothing.
 */
public final class RunLock implements AutoCloseable {

    /**
     * Folders that this process holds: the system lets go of a lock when the process closes the
     * file, also one that it opened to try a second time.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final FileChannel channel;

    private RunLock(Path folder, FileChannel channel) {
        this.folder = folder;
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
        Path folder = run.toRealPath();
        if (!HELD.add(folder)) {
            throw inUse(run);
        }
        FileChannel channel = null;
        boolean taken = false;
        try {
            channel =
                    FileChannel.open(
                            folder.resolve("run.lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
            taken = channel.tryLock() != null;
            if (!taken) {
                throw inUse(run);
            }
            return new RunLock(folder, channel);
        } catch (OverlappingFileLockException e) {
            // held by this process under another name; to close the file would let go of that lock
            channel = null;
            throw inUse(run);
        } finally {
            if (!taken) {
                release(folder, channel);
            }
        }
    }

    private static RunException inUse(Path run) {
        return new RunException(
                run
                        + " is in use by another training; wait until it ends, stop it, or give"
                        + " another folder");
    }

    private static void release(Path folder, @Nullable FileChannel channel) throws IOException {
        try {
            if (channel != null) {
                channel.close();
            }
        } finally {
            HELD.remove(folder);
        }
    }

    @Override
    public void close() throws IOException {
        if (channel.isOpen()) {
            release(folder, channel);
        }
    }
}

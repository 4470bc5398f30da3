package io.zigma.train.memory;

import com.sun.jna.Library;
import com.sun.jna.Native;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** The memory of this process that is not on a disk, as Linux counts it (proc_pid_status(5)). */
final class ResidentMemory implements ProcessMemory {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final long LOOK_MILLIS = 1;

    @Override
    public long settled() throws IOException {
        handBackFreedMemory();
        return now();
    }

    private static long now() throws IOException {
        return field("VmRSS:");
    }

    @Override
    public long peakOf(Runnable work) throws IOException {
        handBackFreedMemory();
        long highestBefore = field("VmHWM:");
        AtomicLong seen = new AtomicLong(now());
        Thread observer = new Thread(() -> observe(seen), "zigma-memory");
        observer.setDaemon(true);
        observer.start();
        try {
            work.run();
        } finally {
            observer.interrupt();
        }
        // the kernel's own peak is exact, but only known where it is a new one
        long highest = field("VmHWM:");
        return highest > highestBefore ? highest : seen.get();
    }

    private static void observe(AtomicLong seen) {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                seen.accumulateAndGet(now(), Math::max);
                Thread.sleep(LOOK_MILLIS);
            }
        } catch (InterruptedException | IOException e) {
            Thread.currentThread().interrupt(); // the work has ended, or there is nothing to see
        }
    }

    private static long field(String name) throws IOException {
        List<String> lines = Files.readAllLines(STATUS);
        for (String line : lines) {
            if (line.startsWith(name)) {
                return Long.parseLong(line.replaceAll("\\D", "")) * 1024; // kB there
            }
        }
        throw new IOException(STATUS + " has no " + name);
    }

    /** Freed memory that the C library still holds would hide what is allocated next. */
    private static void handBackFreedMemory() {
        try {
            Native.load("c", CLibrary.class).malloc_trim(0);
        } catch (UnsatisfiedLinkError e) {
            // A C library without it holds less itself.
        }
    }

    /** The part of the GNU C library that is needed. */
    interface CLibrary extends Library {

        /** Returns freed memory to the system, malloc_trim(3). */
        @SuppressWarnings("checkstyle:MethodName")
        int malloc_trim(long pad);
    }
}

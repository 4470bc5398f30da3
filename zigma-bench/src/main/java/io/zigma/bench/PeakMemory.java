package io.zigma.bench;

import ai.djl.ndarray.NDManager;
import com.sun.jna.Library;
import com.sun.jna.Native;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * How much memory a computation needs beyond what the process held before.
 *
 * <p>Linux records the process's largest resident set ({@code VmHWM} in proc(5)) and lets it be
 * reset. Freed memory that the C library still holds is returned first, or it would hide what the
 * computation takes.
 */
final class PeakMemory {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path SYSTEM = Path.of("/proc/meminfo");
    private static final Path CLEAR = Path.of("/proc/self/clear_refs");
    private static final String RESET_PEAK = "5";

    private PeakMemory() {}

    /**
     * Runs a computation.
     *
     * @param manager of its arrays
     * @param work what to run
     * @return bytes of main memory at the peak above those before; empty where the system does not
     *     report it, and where arrays are elsewhere
     */
    static OptionalLong of(NDManager manager, Runnable work) {
        if (manager.getDevice().isGpu() || !Files.isWritable(CLEAR)) {
            return OptionalLong.empty();
        }
        try {
            handBackFreedMemory();
            Files.writeString(CLEAR, RESET_PEAK);
            long before = field(STATUS, "VmRSS:");
            work.run();
            return OptionalLong.of(Math.max(0, field(STATUS, "VmHWM:") - before));
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    /**
     * Returns the bytes that programs could still allocate; empty where the system does not report
     * them.
     */
    static OptionalLong free() {
        try {
            return OptionalLong.of(field(SYSTEM, "MemAvailable:"));
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    private static long field(Path file, String name) throws IOException {
        for (String line : Files.readAllLines(file)) {
            if (line.startsWith(name)) {
                String[] words = line.substring(name.length()).strip().split("\\s+");
                return Long.parseLong(words[0]) * 1024; // kB there
            }
        }
        throw new IOException(file + " has no " + name);
    }

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

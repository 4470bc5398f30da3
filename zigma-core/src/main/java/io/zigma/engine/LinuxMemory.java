package io.zigma.engine;

import com.sun.jna.Library;
import com.sun.jna.Native;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How Linux counts memory, in the files that proc(5) describes. */
public final class LinuxMemory {

    /** What the process holds: {@code VmRSS} now, {@code VmHWM} at most. */
    public static final Path PROCESS = Path.of("/proc/self/status");

    /** What the machine has: {@code MemAvailable} for programs yet. */
    public static final Path MACHINE = Path.of("/proc/meminfo");

    private LinuxMemory() {}

    /**
     * Reads a figure.
     *
     * @param file {@link #PROCESS} or {@link #MACHINE}
     * @param name of the figure, such as {@code VmRSS}
     * @return bytes
     * @throws IOException if the file is not there or has no such figure, as on other systems
     */
    public static long bytes(Path file, String name) throws IOException {
        for (String line : Files.readAllLines(file)) {
            if (line.startsWith(name + ":")) {
                return Long.parseLong(line.replaceAll("\\D", "")) * 1024; // kB there
            }
        }
        throw new IOException(file + " has no " + name);
    }

    /**
     * Returns freed memory that the C library still holds to the system: it would hide what is
     * allocated next.
     */
    public static void returnFreed() {
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

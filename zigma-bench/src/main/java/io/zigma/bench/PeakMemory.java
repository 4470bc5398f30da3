package io.zigma.bench;

import ai.djl.ndarray.NDManager;
import io.zigma.engine.LinuxMemory;
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
            LinuxMemory.returnFreed();
            Files.writeString(CLEAR, RESET_PEAK);
            long before = LinuxMemory.bytes(LinuxMemory.PROCESS, "VmRSS");
            work.run();
            return OptionalLong.of(
                    Math.max(0, LinuxMemory.bytes(LinuxMemory.PROCESS, "VmHWM") - before));
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
            return OptionalLong.of(LinuxMemory.bytes(LinuxMemory.MACHINE, "MemAvailable"));
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }
}

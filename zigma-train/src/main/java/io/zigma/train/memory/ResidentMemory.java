package io.zigma.train.memory;

import io.zigma.engine.LinuxMemory;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/** The memory of this process that is not on a disk, as Linux counts it (proc_pid_status(5)). */
final class ResidentMemory implements ProcessMemory {

    private static final long LOOK_MILLIS = 1;

    @Override
    public long settled() throws IOException {
        LinuxMemory.returnFreed();
        return now();
    }

    private static long now() throws IOException {
        return LinuxMemory.bytes(LinuxMemory.PROCESS, "VmRSS");
    }

    @Override
    public long peakOf(Runnable work) throws IOException {
        LinuxMemory.returnFreed();
        long highestBefore = LinuxMemory.bytes(LinuxMemory.PROCESS, "VmHWM");
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
        long highest = LinuxMemory.bytes(LinuxMemory.PROCESS, "VmHWM");
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
}

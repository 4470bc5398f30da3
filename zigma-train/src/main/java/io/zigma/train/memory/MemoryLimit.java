package io.zigma.train.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The memory that a Linux control group still gives: the least that its own limit and those of the
 * groups above it leave. A process that takes more is killed by the kernel.
 *
 * <p>Both versions are read: {@code memory.max} of version 2, {@code memory.limit_in_bytes} of
 * version 1 (kernel documentation, admin-guide/cgroup-v2 and cgroup-v1/memory).
 *
 * @param limit bytes that all processes of the group may have together, swap space included
 * @param left bytes that the group could still take; the kernel's cache of files is not counted as
 *     taken, since it gives that back
 */
public record MemoryLimit(long limit, long left) {

    /** Where the files of a running system are. */
    public static final Path SYSTEM = Path.of("/");

    /** Version 1 says "none" with the largest multiple of the page size. */
    private static final long NO_LIMIT = 1L << 60;

    /**
     * Reads the limits of this process.
     *
     * @param root where {@code proc} and the mount points are, {@link #SYSTEM} on a running system
     * @return the narrowest one; empty where there is none, or it is unknown
     */
    public static Optional<MemoryLimit> read(Path root) {
        List<MemoryLimit> limits = new ArrayList<>();
        try {
            for (ControlGroup group : ControlGroup.ofThisProcess(root)) {
                for (Path folder : group.upwards()) {
                    at(folder, group.version(), swapFree(root)).ifPresent(limits::add);
                }
            }
        } catch (IOException e) {
            return Optional.empty(); // not Linux, or a kernel without control groups
        }
        return limits.stream().min(Comparator.comparingLong(MemoryLimit::left));
    }

    private static Optional<MemoryLimit> at(Path folder, int version, long swapFree) {
        Optional<Long> limit =
                number(folder.resolve(version == 2 ? "memory.max" : "memory.limit_in_bytes"));
        if (limit.isEmpty()) {
            return Optional.empty();
        }
        long used =
                number(folder.resolve(version == 2 ? "memory.current" : "memory.usage_in_bytes"))
                        .orElse(0L);
        long swap = Math.min(swapFree, swapLeft(folder, version, limit.get()));
        long taken = Math.max(0, used - files(folder.resolve("memory.stat"), version));
        return Optional.of(
                new MemoryLimit(limit.get() + swap, Math.max(0, limit.get() - taken) + swap));
    }

    /** Returns what the group may move to swap space, as far as its limits say. */
    private static long swapLeft(Path folder, int version, long limit) {
        if (version == 2) {
            Path most = folder.resolve("memory.swap.max");
            if (!Files.exists(most)) {
                return 0; // a kernel that does not count it
            }
            long used = number(folder.resolve("memory.swap.current")).orElse(0L);
            return Math.max(0, number(most).orElse(NO_LIMIT) - used);
        }
        Path both = folder.resolve("memory.memsw.limit_in_bytes");
        return Files.exists(both) ? Math.max(0, number(both).orElse(NO_LIMIT) - limit) : 0;
    }

    /** Returns the bytes of files that the kernel caches for the group. */
    private static long files(Path stat, int version) {
        String prefix = version == 2 ? "" : "total_"; // those of the groups below included
        return field(stat, prefix + "inactive_file") + field(stat, prefix + "active_file");
    }

    private static long field(Path stat, String name) {
        try {
            for (String line : Files.readAllLines(stat)) {
                if (line.startsWith(name + " ")) {
                    return Long.parseLong(line.substring(name.length() + 1).strip());
                }
            }
        } catch (IOException | NumberFormatException e) {
            // Not known, so nothing that would be given back.
        }
        return 0;
    }

    private static long swapFree(Path root) {
        try {
            for (String line : Files.readAllLines(root.resolve("proc/meminfo"))) {
                if (line.startsWith("SwapFree:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) * 1024; // kB there
                }
            }
        } catch (IOException | NumberFormatException e) {
            // Not known, so none.
        }
        return 0;
    }

    /** Returns the number in a file; empty for "max", its like in version 1, and no number. */
    private static Optional<Long> number(Path file) {
        try {
            long value = Long.parseLong(Files.readString(file).strip());
            return value >= NO_LIMIT ? Optional.empty() : Optional.of(value);
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }
}

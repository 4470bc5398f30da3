package io.zigma.train.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The files by which Linux speaks of control groups, below a folder.
 *
 * @param root the folder that is used as the root
 */
public record FakeSystem(Path root) {

    private static final String VERSION_2 =
            "31 23 0:28 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n";
    private static final String VERSION_1 =
            """
            23 1 0:21 / /proc rw - proc proc rw
            31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755
            35 31 0:32 %s /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
            """;

    /** Makes a system of version 2 whose process is in a group. */
    public static FakeSystem version2(Path root, String group) throws IOException {
        return new FakeSystem(root)
                .file("proc/self/cgroup", "0::" + group + "\n")
                .file("proc/self/mountinfo", VERSION_2);
    }

    /** Makes a system of version 1 whose process is in a group. */
    static FakeSystem version1(Path root, String mounted, String group) throws IOException {
        return new FakeSystem(root)
                .file("proc/self/cgroup", "5:cpu,cpuacct:/x\n4:memory:" + group + "\n0::/\n")
                .file("proc/self/mountinfo", VERSION_1.formatted(mounted));
    }

    /** Adds a file. */
    public FakeSystem file(String name, Object text) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text.toString());
        return this;
    }

    /** Adds a group of version 2 with a limit and what it has taken. */
    public FakeSystem group(String name, Object limit, long taken) throws IOException {
        String folder = "sys/fs/cgroup" + name + "/";
        return file(folder + "memory.max", limit + "\n").file(folder + "memory.current", taken);
    }

    /** Adds a group of version 1 with a limit and what it has taken. */
    FakeSystem oldGroup(String name, long limit, long taken) throws IOException {
        String folder = "sys/fs/cgroup/memory" + name + "/";
        return file(folder + "memory.limit_in_bytes", limit + "\n")
                .file(folder + "memory.usage_in_bytes", taken);
    }
}

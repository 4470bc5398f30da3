package io.zigma.train.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryLimitTest {

    /** The value of version 1 for no limit. */
    private static final long NONE = 9223372036854771712L;

    @TempDir Path root;

    @Test
    void theGroupsOwnLimitIsRead() throws IOException {
        FakeSystem.version2(root, "/user/job").group("/user/job", 4000, 1500);

        assertThat(MemoryLimit.read(root)).hasValue(new MemoryLimit(4000, 2500));
    }

    @Test
    void aGroupAboveMayBeTheNarrowerOne() throws IOException {
        FakeSystem.version2(root, "/user/job")
                .group("/user/job", 4000, 100)
                .group("/user", 5000, 4900)
                .group("", "max", 9000);

        assertThat(MemoryLimit.read(root)).hasValue(new MemoryLimit(5000, 100));
    }

    @Test
    void withoutALimitThereIsNone() throws IOException {
        FakeSystem.version2(root, "/user").group("/user", "max", 100);

        assertThat(MemoryLimit.read(root)).isEmpty();
    }

    @Test
    void aContainerSeesItsOwnGroupAsTheRoot() throws IOException {
        FakeSystem.version2(root, "/").group("", 4000, 1000);

        assertThat(MemoryLimit.read(root)).hasValue(new MemoryLimit(4000, 3000));
    }

    @Test
    void aGroupOutsideOfTheContainersViewIsTheRoot() throws IOException {
        FakeSystem.version2(root, "/../../other").group("", 4000, 1000);

        assertThat(MemoryLimit.read(root)).hasValue(new MemoryLimit(4000, 3000));
    }

    @Test
    void theKernelsCacheOfFilesIsNotCounted() throws IOException {
        FakeSystem.version2(root, "/a")
                .group("/a", 4000, 3000)
                .file(
                        "sys/fs/cgroup/a/memory.stat",
                        "anon 1200\ninactive_file 1000\nactive_file 500\n");

        assertThat(MemoryLimit.read(root)).hasValue(new MemoryLimit(4000, 2500));
    }

    @Test
    void swapSpaceCountsAsFarAsItIsAllowedAndThere() throws IOException {
        FakeSystem.version2(root, "/a")
                .group("/a", 4000, 3000)
                .file("sys/fs/cgroup/a/memory.swap.max", "900")
                .file("sys/fs/cgroup/a/memory.swap.current", "200");
        assertThat(MemoryLimit.read(root)).hasValue(new MemoryLimit(4000, 1000));

        new FakeSystem(root).file("proc/meminfo", "MemTotal: 9 kB\nSwapFree:    100 kB\n");
        assertThat(MemoryLimit.read(root)).hasValue(new MemoryLimit(4700, 1700));
    }

    @Test
    void version1IsReadUpwardsToo() throws IOException {
        FakeSystem.version1(root, "/", "/slurm/job")
                .oldGroup("/slurm/job", NONE, 100)
                .oldGroup("/slurm", 6000, 2000)
                .oldGroup("", NONE, 9000)
                .file(
                        "sys/fs/cgroup/memory/slurm/memory.stat",
                        "inactive_file 1\ntotal_inactive_file 300\ntotal_active_file 200\n");

        assertThat(MemoryLimit.read(root)).hasValue(new MemoryLimit(6000, 4500));
    }

    @Test
    void version1WithoutALimitHasNone() throws IOException {
        FakeSystem.version1(root, "/", "/a").oldGroup("/a", NONE, 100).oldGroup("", NONE, 100);

        assertThat(MemoryLimit.read(root)).isEmpty();
    }

    @Test
    void version1OfAContainerWithoutANamespace() throws IOException {
        FakeSystem.version1(root, "/docker/4711", "/docker/4711").oldGroup("", 6000, 2000);

        assertThat(MemoryLimit.read(root)).hasValue(new MemoryLimit(6000, 4000));
    }

    @Test
    void aMountPointMayHaveASpaceInItsName() throws IOException {
        FakeSystem system = new FakeSystem(root);
        system.file("proc/self/cgroup", "0::/a\n")
                .file(
                        "proc/self/mountinfo",
                        "31 23 0:28 / /my\\040groups rw - cgroup2 cgroup2 rw\n")
                .file("my groups/a/memory.max", "4000")
                .file("my groups/a/memory.current", "1000");

        assertThat(MemoryLimit.read(root)).hasValue(new MemoryLimit(4000, 3000));
    }

    @Test
    void aGroupThatHasTakenMoreThanItsLimitLeavesNothing() throws IOException {
        FakeSystem.version2(root, "/a").group("/a", 4000, 4500);

        assertThat(MemoryLimit.read(root)).hasValue(new MemoryLimit(4000, 0));
    }

    @Test
    void aSystemWithoutTheFilesHasNoLimit() {
        assertThat(MemoryLimit.read(root)).isEmpty();
    }
}

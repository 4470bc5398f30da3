package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.zigma.cli.terminal.ExitStatus;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Gives the program a file that means no good, and watches what it costs and where it writes. */
final class HostileFiles {

    private static final double MOST_SECONDS = 10;
    private static final long MOST_BYTES = 1L << 30;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private HostileFiles() {}

    /**
     * Runs a command that must be refused in one line: no stack trace, no long wait, little memory,
     * nothing written.
     *
     * @param place where nothing may change
     * @param words the command
     * @return the line
     */
    static String refused(Path place, String... words) throws IOException {
        List<String> before = tree(place);
        ConsoleOfTest console = ConsoleOfTest.plain();
        long allocated = THREADS.getCurrentThreadAllocatedBytes();
        long start = System.nanoTime();
        ExitStatus status = console.zigma(words);
        double seconds = (System.nanoTime() - start) / 1e9;
        allocated = THREADS.getCurrentThreadAllocatedBytes() - allocated;
        String line = console.err();
        assertThat(status)
                .as("status of %s: %s", List.of(words), line)
                .isNotEqualTo(ExitStatus.DONE);
        assertThat(line).doesNotContain("unexpected").doesNotContain("\tat ");
        // a seed or the data may be reported before
        String last = line.substring(line.stripTrailing().lastIndexOf('\n') + 1);
        assertThat(last).startsWith("zigma: ");
        assertThat(last.length()).as("length of %s", last).isLessThan(2000);
        assertThat(seconds).as("seconds").isLessThan(MOST_SECONDS);
        assertThat(allocated).as("bytes allocated").isLessThan(MOST_BYTES);
        assertThat(tree(place)).as("what is there").isEqualTo(before);
        return last;
    }

    /** Lists every file with its size, to see that nothing was added. */
    static List<String> tree(Path place) throws IOException {
        List<String> all = new ArrayList<>();
        try (Stream<Path> paths = Files.walk(place)) {
            for (Path path : paths.sorted().toList()) {
                all.add(path + (Files.isRegularFile(path) ? " " + Files.size(path) : "/"));
            }
        }
        return all;
    }
}

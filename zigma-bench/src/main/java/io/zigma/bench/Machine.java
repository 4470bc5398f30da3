package io.zigma.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What a measurement ran on. */
final class Machine {

    private static final Path PROCESSORS = Path.of("/proc/cpuinfo");

    private Machine() {}

    /** Returns processor, cores and system in one line. */
    static String description() {
        int cores = Runtime.getRuntime().availableProcessors();
        return processor()
                + (cores == 1 ? ", 1 core, " : ", " + cores + " cores, ")
                + System.getProperty("os.name");
    }

    /** The processor's name where the system reports it, else its architecture. */
    private static String processor() {
        String architecture = System.getProperty("os.arch");
        if (!Files.isReadable(PROCESSORS)) {
            return architecture;
        }
        try (Stream<String> lines = Files.lines(PROCESSORS)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(architecture);
        } catch (IOException e) {
            return architecture;
        }
    }
}

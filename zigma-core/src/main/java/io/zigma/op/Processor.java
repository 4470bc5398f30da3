package io.zigma.op;

import io.zigma.op.cpu.VectorWidth;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The processor this program runs on, as far as it is known.
 *
 * @param identity distinguishes it from others, as far as the system reports it
 * @param vendor its maker as the processor itself reports it ({@code AuthenticAMD}, {@code
 *     GenuineIntel}), or empty where the system does not report it
 * @param features names of instruction sets as Linux names them; where the system does not report
 *     them, those that follow from what Java uses
 */
public record Processor(String identity, String vendor, Set<String> features) {

    /**
     * Returns the processor this program runs on.
     *
     * @return what {@code /proc/cpuinfo} says of the first one on Linux, less on other systems
     */
    public static Processor own() {
        try {
            return ofLinux(Files.readAllLines(Path.of("/proc/cpuinfo")));
        } catch (IOException e) {
            String name = System.getenv("PROCESSOR_IDENTIFIER"); // on Windows
            String architecture = System.getProperty("os.arch");
            return new Processor(
                    name == null ? architecture : architecture + ' ' + name,
                    "",
                    features(architecture, Kernels.AVAILABLE ? VectorWidth.bits() : 0));
        }
    }

    /**
     * Infers instruction sets, where the system does not list them, from the vectors Java uses.
     *
     * @param architecture as Java names it
     * @param vectorBits of Java's longest vectors, 0 if unknown
     */
    static Set<String> features(String architecture, int vectorBits) {
        boolean intel = architecture.equals("amd64") || architecture.equals("x86_64");
        return intel && vectorBits >= 256 ? Set.of("avx2") : Set.of();
    }

    /**
     * Reads the first processor of Linux's list.
     *
     * @param lines of {@code /proc/cpuinfo}
     */
    static Processor ofLinux(List<String> lines) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (String line : lines) {
            String[] parts = line.split(":", 2);
            if (parts.length == 2) {
                fields.putIfAbsent(parts[0].strip(), parts[1].strip());
            }
        }
        String identity =
                "%s, family %s, model %s"
                        .formatted(
                                fields.getOrDefault(
                                        "model name", System.getProperty("os.arch", "")),
                                fields.getOrDefault(
                                        "cpu family",
                                        fields.getOrDefault("CPU implementer", "unknown")),
                                fields.getOrDefault(
                                        "model", fields.getOrDefault("CPU part", "unknown")));
        String features = fields.getOrDefault("flags", fields.getOrDefault("Features", ""));
        return new Processor(
                identity,
                fields.getOrDefault("vendor_id", ""),
                Set.copyOf(Arrays.asList(features.split(" +"))));
    }

    /** Returns whether it has an instruction set, by Linux's name for it. */
    boolean has(String feature) {
        return features.contains(feature);
    }
}

package io.zigma.examples;

import ai.djl.repository.zoo.ZooModel;
import io.zigma.pipeline.GenerationRequest;
import io.zigma.pipeline.GenerationResult;
import java.nio.file.Files;
import java.nio.file.Path;

/** Loads, generates and closes again and again, and tells what memory the process has (Linux). */
public final class MemoryRounds {

    private MemoryRounds() {}

    /**
     * Prints the resident memory after every tenth of the rounds.
     *
     * @param arguments the number of rounds, 200 if there is none
     * @throws Exception if the model cannot be loaded
     */
    public static void main(String[] arguments) throws Exception {
        int rounds = arguments.length == 0 ? 200 : Integer.parseInt(arguments[0]);
        GenerationRequest request = GenerationRequest.of("bag").withSeed(1).withSteps(2);
        for (int round = 1; round <= rounds; round++) {
            try (ZooModel<GenerationRequest, GenerationResult> model =
                    Ways.byArtifactId("fashion")) {
                Ways.ask(model, request);
            }
            if (round == 1 || round % Math.max(1, rounds / 10) == 0) {
                System.gc(); // what Java has not collected yet is no leak
                System.out.printf("round %d: %s%n", round, resident());
            }
        }
    }

    private static String resident() throws java.io.IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS"))
                .map(line -> line.replaceAll("\\s+", " "))
                .findFirst()
                .orElse("unknown");
    }
}

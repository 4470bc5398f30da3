package io.zigma.examples;

import ai.djl.repository.zoo.ZooModel;
import io.zigma.pipeline.GenerationRequest;
import io.zigma.pipeline.GenerationResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Loads, generates and closes again and again, and reports the process's memory (Linux). */
public final class MemoryRounds {

    private MemoryRounds() {}

    /** Called with the process's memory after a round. */
    @FunctionalInterface
    public interface Listener {

        /**
         * Called after each round.
         *
         * @param round from 1
         * @param resident KiB that are in memory, 0 where the system does not say
         */
        void after(int round, long resident);
    }

    /**
     * Prints the resident memory after every tenth of the rounds.
     *
     * @param arguments the number of rounds, 200 if there is none
     * @throws Exception if the model cannot be loaded
     */
    public static void main(String[] arguments) throws Exception {
        int rounds = arguments.length == 0 ? 200 : Integer.parseInt(arguments[0]);
        run(
                rounds,
                (round, resident) -> {
                    if (round == 1 || round % Math.max(1, rounds / 10) == 0) {
                        System.out.printf("round %d: %d KiB%n", round, resident);
                    }
                });
    }

    /**
     * Loads, generates and closes.
     *
     * @param rounds how often
     * @param listener called after each round
     * @throws Exception if the model cannot be loaded
     */
    public static void run(int rounds, Listener listener) throws Exception {
        GenerationRequest request = GenerationRequest.of("bag").withSeed(1).withSteps(2);
        for (int round = 1; round <= rounds; round++) {
            try (ZooModel<GenerationRequest, GenerationResult> model =
                    Ways.byArtifactId("fashion")) {
                Ways.ask(model, request);
            }
            System.gc(); // what Java has not collected yet is no leak
            listener.after(round, resident());
        }
    }

    private static long resident() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS"))
                .map(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0L);
    }
}

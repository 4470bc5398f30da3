package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.io.SafetensorsType;
import io.zigma.train.run.CheckpointStore;
import io.zigma.train.run.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A training that takes seconds, in a process of its own, and what must hold of the run folders
 * that it leaves.
 *
 * @param place where the processes work and exports are tried
 * @param data what it is trained on
 * @param steps how long it is
 * @param sampleEvery steps between sample pictures
 */
record TinyTraining(Path place, Path data, int steps, int sampleEvery) {

    /** The same, but it goes on until it is stopped. */
    TinyTraining endless() {
        return new TinyTraining(place, data, 1_000_000, sampleEvery);
    }

    /** Begins a run, or goes on with it. */
    ZigmaProcess start(Path run, boolean resume) throws IOException {
        List<String> words = new ArrayList<>(List.of("train", "--data", data.toString()));
        words.addAll(List.of("--out", run.toString(), "--threads", "1"));
        if (resume) {
            words.add("--resume");
        } else {
            words.addAll(List.of("--steps", Integer.toString(steps), "--batch-size", "2"));
            words.addAll(List.of("--hidden-size", "8", "--depth", "1", "--patch-size", "4"));
            words.addAll(List.of("--save-every", "2", "--keep", "2"));
            words.addAll(List.of("--sample-every", Integer.toString(sampleEvery)));
            words.addAll(List.of("--sample-steps", "1"));
        }
        return ZigmaProcess.start(place, List.of(), words);
    }

    /** Returns the newest whole checkpoint of a run, if it has one. */
    static Optional<Path> newest(Path run) throws IOException {
        RunFolder folder = new RunFolder(run);
        return Files.isDirectory(folder.checkpointsFolder())
                ? new CheckpointStore(folder).newest()
                : Optional.empty();
    }

    /** What counts as a checkpoint must be one: all its weights are read and their hash holds. */
    void requireSound(Path checkpoint) throws IOException {
        CheckpointFolder.open(checkpoint)
                .exportTo(Files.createTempDirectory(place, "export"), SafetensorsType.F32);
    }

    /** Two runs that came to their end must have ended with the same weights and moments. */
    void requireSameBytes(Path whole, Path run) throws IOException {
        String last = String.format(Locale.ROOT, "checkpoints/%08d/", steps);
        for (String file : List.of("model.safetensors", "training.safetensors")) {
            assertThat(
                            Arrays.mismatch(
                                    Files.readAllBytes(run.resolve(last + file)),
                                    Files.readAllBytes(whole.resolve(last + file))))
                    .as("first different byte of %s", file)
                    .isEqualTo(-1);
        }
    }
}

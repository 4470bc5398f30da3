package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.checkpoint.SafetensorsType;
import io.zigma.testing.FaultGroup;
import io.zigma.testing.FaultLine;
import io.zigma.testing.FaultScale;
import io.zigma.testing.FaultTable;
import io.zigma.train.run.CheckpointStore;
import io.zigma.train.run.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Training that is killed goes on from its last checkpoint and ends with the same bytes. */
@Tag("faults")
@ExtendWith(FaultTable.class)
@DisabledOnOs(OS.WINDOWS)
class KilledTrainingTest {

    private static final int STEPS = 240;
    private static final int SAVE_EVERY = 2;
    // a process computes nothing before this: the engine is being loaded
    private static final int START_MILLISECONDS = 600;
    private static final int LATEST_MILLISECONDS = 2600;

    @TempDir Path folder;

    @Test
    void everyKilledRunIsResumedAndEndsWithTheSameBytes() throws Exception {
        Path data = TinyData.idx(folder.resolve("data"));
        train(data, "whole", false).await();
        Path whole = folder.resolve("whole");
        SplittableRandom random = new SplittableRandom(1);
        int kills = FaultScale.times(200, 2);
        try (FaultLine killed =
                        FaultTable.line(
                                FaultGroup.KILLED,
                                "`kill -9` at a random moment of training; the newest checkpoint is"
                                        + " whole, and the run resumes");
                FaultLine ended =
                        FaultTable.line(
                                FaultGroup.KILLED,
                                "killed runs at their end: weights, averages and moments"
                                        + " byte-identical to a run that nothing happened to")) {
            List<String> insideWriting = new ArrayList<>();
            int number = 0;
            while (killed.tried() < kills || ended.tried() == 0) {
                String run = "run" + number++;
                boolean finished = false;
                while (!finished) {
                    boolean resuming = hasCheckpoint(run);
                    ZigmaProcess process = train(data, run, resuming);
                    boolean kill = killed.tried() < kills;
                    if (kill
                            && !process.endsWithin(
                                    random.nextInt(START_MILLISECONDS, LATEST_MILLISECONDS))) {
                        process.signal("KILL");
                        process.await();
                        boolean had = resuming;
                        killed.attempt(run, () -> requireSound(run, had));
                        if (isHalfWritten(run)) {
                            insideWriting.add(run);
                        }
                    } else {
                        ZigmaProcess.Ended last = process.await();
                        assertThat(last.status()).as(last.err()).isZero();
                        finished = true;
                    }
                }
                ended.attempt(run, () -> requireSameBytes(whole, folder.resolve(run)));
            }
            if (!insideWriting.isEmpty()) {
                try (FaultLine inside =
                        FaultTable.line(
                                FaultGroup.KILLED,
                                "… of these inside the writing of a checkpoint; its run came to"
                                        + " the same bytes too")) {
                    for (String run : insideWriting) {
                        inside.attempt(run, () -> requireSameBytes(whole, folder.resolve(run)));
                    }
                }
            }
        }
    }

    @ParameterizedTest(name = "SIG{0}")
    @CsvSource({"INT, 130", "TERM, 143"})
    void aSignalFinishesTheStepAndSaves(String signal, int status) throws Exception {
        Path data = TinyData.idx(folder.resolve("data"));
        SplittableRandom random = new SplittableRandom(status);
        try (FaultLine line =
                FaultTable.line(
                        FaultGroup.KILLED,
                        "SIG%s at a random moment: the step is finished and saved, status %d"
                                .formatted(signal, status))) {
            for (int i = 0; i < FaultScale.times(20, 1); i++) {
                String run = signal + i;
                line.attempt(
                        run,
                        () -> {
                            ZigmaProcess process = train(data, run, false, 1_000_000);
                            while (!hasCheckpoint(run)) {
                                assertThat(process.endsWithin(10)).isFalse();
                            }
                            assertThat(process.endsWithin(random.nextInt(300))).isFalse();
                            process.signal(signal);
                            ZigmaProcess.Ended ended = process.await();
                            assertThat(ended.status()).as(ended.err()).isEqualTo(status);
                            assertThat(ended.err()).contains("stopped after step", "--resume");
                            Path newest = newest(run).orElseThrow();
                            assertThat(ended.out().strip()).endsWith(newest.getFileName() + "");
                            requireSound(run, true);
                        });
            }
        }
    }

    private ZigmaProcess train(Path data, String run, boolean resume) throws IOException {
        return train(data, run, resume, STEPS);
    }

    private ZigmaProcess train(Path data, String run, boolean resume, int steps)
            throws IOException {
        List<String> words = new ArrayList<>(List.of("train", "--data", data.toString()));
        words.addAll(List.of("--out", run, "--threads", "1"));
        if (resume) {
            words.add("--resume");
        } else {
            words.addAll(List.of("--steps", Integer.toString(steps), "--batch-size", "2"));
            words.addAll(List.of("--hidden-size", "8", "--depth", "1", "--patch-size", "4"));
            words.addAll(List.of("--save-every", Integer.toString(SAVE_EVERY), "--keep", "2"));
            words.addAll(List.of("--sample-every", "40", "--sample-steps", "1"));
        }
        return ZigmaProcess.start(folder, List.of(), words);
    }

    private Optional<Path> newest(String run) throws IOException {
        RunFolder place = new RunFolder(folder.resolve(run));
        return Files.isDirectory(place.checkpointsFolder())
                ? new CheckpointStore(place).newest()
                : Optional.empty();
    }

    private boolean hasCheckpoint(String run) throws IOException {
        return newest(run).isPresent();
    }

    private boolean isHalfWritten(String run) throws IOException {
        Path checkpoints = folder.resolve(run).resolve("checkpoints");
        if (!Files.isDirectory(checkpoints)) {
            return false;
        }
        try (Stream<Path> entries = Files.list(checkpoints)) {
            return entries.anyMatch(e -> e.getFileName().toString().endsWith(".partial"));
        }
    }

    /**
     * What counts as a checkpoint must be one: all its weights are read and their hash holds. A run
     * that had one before still has one: old ones go only when the new one is whole.
     */
    private void requireSound(String run, boolean hadOne) throws IOException {
        Optional<Path> newest = newest(run);
        assertThat(newest.isPresent() || !hadOne).as("there is a checkpoint still").isTrue();
        if (newest.isPresent()) {
            Path copy = Files.createTempDirectory(folder, "export");
            CheckpointFolder.open(newest.get()).exportTo(copy, SafetensorsType.F32);
        }
    }

    private static void requireSameBytes(Path whole, Path run) throws IOException {
        String last = "checkpoints/%08d/".formatted(STEPS);
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

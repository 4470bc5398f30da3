package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.testing.FaultGroup;
import io.zigma.testing.FaultLine;
import io.zigma.testing.FaultScale;
import io.zigma.testing.FaultTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
    // a process computes nothing before this: the engine is being loaded
    private static final int START_MILLISECONDS = 600;
    private static final int LATEST_MILLISECONDS = 2600;
    private static final int MOST_KILLS_OF_A_RUN = 10;

    @TempDir Path folder;

    @Test
    void everyKilledRunIsResumedAndEndsWithTheSameBytes() throws Exception {
        TinyTraining training = training();
        Path whole = folder.resolve("whole");
        training.start(whole, false).await();
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
            List<Path> insideWriting = new ArrayList<>();
            int number = 0;
            while (killed.tried() < kills || ended.tried() == 0) {
                Path run = folder.resolve("run" + number++);
                boolean finished = false;
                int killsOfRun = 0;
                while (!finished) {
                    boolean resuming = hasCheckpoint(run);
                    ZigmaProcess process = training.start(run, resuming);
                    // on a slow machine few runs would come to their end by themselves
                    boolean kill = killed.tried() < kills && killsOfRun < MOST_KILLS_OF_A_RUN;
                    if (kill
                            && !process.endsWithin(
                                    random.nextInt(START_MILLISECONDS, LATEST_MILLISECONDS))) {
                        process.signal("KILL");
                        process.await();
                        killsOfRun++;
                        boolean had = resuming;
                        killed.attempt(name(run), () -> requireSound(training, run, had));
                        if (isHalfWritten(run)) {
                            insideWriting.add(run);
                        }
                    } else {
                        ZigmaProcess.Ended last = process.await();
                        assertThat(last.status()).as(last.err()).isZero();
                        finished = true;
                    }
                }
                ended.attempt(name(run), () -> training.requireSameBytes(whole, run));
            }
            if (!insideWriting.isEmpty()) {
                try (FaultLine inside =
                        FaultTable.line(
                                FaultGroup.KILLED,
                                "… of the kills inside the writing of a checkpoint; its run came to"
                                        + " the same bytes too")) {
                    for (Path run : insideWriting) {
                        inside.attempt(name(run), () -> training.requireSameBytes(whole, run));
                    }
                }
            }
        }
    }

    @ParameterizedTest(name = "SIG{0}")
    @CsvSource({"INT, 130", "TERM, 143"})
    void aSignalFinishesTheStepAndSaves(String signal, int status) throws Exception {
        TinyTraining training = training().endless();
        SplittableRandom random = new SplittableRandom(status);
        try (FaultLine line =
                FaultTable.line(
                        FaultGroup.KILLED,
                        "SIG%s at a random moment: the step is finished and saved, status %s"
                                .formatted(signal, status))) {
            for (int i = 0; i < FaultScale.times(20, 1); i++) {
                Path run = folder.resolve(signal + i);
                line.attempt(
                        name(run),
                        () -> {
                            ZigmaProcess process = training.start(run, false);
                            while (!hasCheckpoint(run)) {
                                assertThat(process.endsWithin(10)).isFalse();
                            }
                            assertThat(process.endsWithin(random.nextInt(300))).isFalse();
                            process.signal(signal);
                            ZigmaProcess.Ended ended = process.await();
                            assertThat(ended.status()).as(ended.err()).isEqualTo(status);
                            assertThat(ended.err()).contains("stopped after step", "--resume");
                            Path newest = TinyTraining.newest(run).orElseThrow();
                            assertThat(ended.out().strip()).endsWith(newest.getFileName() + "");
                            requireSound(training, run, true);
                        });
            }
        }
    }

    private TinyTraining training() throws IOException {
        return new TinyTraining(folder, TinyData.idx(folder.resolve("data")), STEPS, 40);
    }

    private static String name(Path run) {
        return run.getFileName().toString();
    }

    private static boolean hasCheckpoint(Path run) throws IOException {
        return TinyTraining.newest(run).isPresent();
    }

    private static boolean isHalfWritten(Path run) throws IOException {
        Path checkpoints = run.resolve("checkpoints");
        if (!Files.isDirectory(checkpoints)) {
            return false;
        }
        try (Stream<Path> entries = Files.list(checkpoints)) {
            return entries.anyMatch(e -> e.getFileName().toString().endsWith(".partial"));
        }
    }

    /** A run that had a checkpoint still has one: old ones go only when the new one is whole. */
    private static void requireSound(TinyTraining training, Path run, boolean hadOne)
            throws IOException {
        Optional<Path> newest = TinyTraining.newest(run);
        assertThat(newest.isPresent() || !hadOne).as("there is a checkpoint still").isTrue();
        if (newest.isPresent()) {
            training.requireSound(newest.get());
        }
    }
}

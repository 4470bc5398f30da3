package io.zigma.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.cli.command.TrainCommand;
import io.zigma.cli.terminal.ExitStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Trainings that a barrier stage runs. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Spark's workers start bash there")
class TrainOnSparkTest {

    @TempDir Path folder;
    private Path data = Path.of("");

    @BeforeEach
    void drawPictures() throws IOException {
        data = TinyCodec.pictures(folder.resolve("data"), 40);
    }

    private String[] words(String out, int steps, String... more) {
        String[] words = {
            "--data",
            data + "",
            "--image-size",
            "16",
            "--picture-cache",
            "none",
            "--hidden-size",
            "16",
            "--depth",
            "2",
            "--batch-size",
            "8",
            "--sample-every",
            "0",
            "--seed",
            "3",
            "--learning-rate",
            "1e-3",
            "--steps",
            "" + steps,
            "--out",
            folder.resolve(out) + ""
        };
        return Stream.concat(Stream.of(words), Stream.of(more)).toArray(String[]::new);
    }

    private static String[] with(String[] words, String... before) {
        return Stream.concat(Stream.of(before), Stream.of(words)).toArray(String[]::new);
    }

    private void requireSameEnd(String one, String other, int steps) {
        for (String file : new String[] {"model.safetensors", "training.safetensors"}) {
            String place = String.format(Locale.ROOT, "checkpoints/%08d/", steps);
            assertThat(folder.resolve(one).resolve(place + file))
                    .hasSameBinaryContentAs(folder.resolve(other).resolve(place + file));
        }
    }

    @Test
    void twoMachinesEndWithTheBytesOfTwoReplicasAlsoWhenOneIsKilledInTheMiddle() throws Exception {
        int steps = 120;
        Path run = folder.resolve("killed");
        String[] often = words("killed", steps, "--threads", "1", "--save-every", "20");
        try (Cluster cluster = Cluster.run(folder, "train", with(often, "--machines", "2"))) {
            ProcessHandle killed =
                    cluster.killOneWhen(
                            () -> Files.isDirectory(run.resolve("checkpoints/00000020")));
            assertThat(run.resolve("checkpoints/00000120")).doesNotExist();
            cluster.awaitEnd();
            assertThat(killed.isAlive()).isFalse();
            assertThat(cluster.said())
                    .containsPattern("a machine is lost; all start again at .*checkpoints/000")
                    .contains("saved " + run.resolve("checkpoints/00000120"));
        }
        // each replica has one of the two threads
        Runs.run(new TrainCommand(), words("here", steps, "--replicas", "2", "--threads", "2"));

        requireSameEnd("killed", "here", steps);
    }

    @Test
    void tasksOfOneProcessTrainTogetherToo() throws IOException {
        Runs.Result result =
                Runs.spark(
                        with(
                                words("spark", 10),
                                "train",
                                "--master",
                                "local[2]",
                                "--machines",
                                "2",
                                "--average-every",
                                "5",
                                "--save-every",
                                "5"));
        assertThat(result.status()).as(result.err()).isEqualTo(ExitStatus.DONE);
        assertThat(result.out().strip())
                .isEqualTo(folder.resolve("spark/checkpoints/00000010").toString());

        Runs.Result more =
                Runs.spark(
                        "train",
                        "--master",
                        "local[2]",
                        "--machines",
                        "2",
                        "--data",
                        data + "",
                        "--picture-cache",
                        "none",
                        "--out",
                        folder.resolve("spark") + "",
                        "--resume",
                        "--steps",
                        "12");
        assertThat(more.status()).as(more.err()).isEqualTo(ExitStatus.DONE);
        assertThat(more.out().strip()).endsWith("00000012");
    }

    @Test
    void whatATaskCannotTrainOnIsSaidInALine() throws IOException {
        Path empty = Files.createDirectories(folder.resolve("empty"));
        data = empty;
        Runs.Result result =
                Runs.spark(
                        with(words("out", 5), "train", "--master", "local[2]", "--machines", "2"));

        assertThat(result.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(result.err()).containsPattern("zigma-spark: machine [12] of 2: .*no pictures");
    }

    @Test
    void aRunThatIsThereIsNotOverwritten() throws IOException {
        Runs.run(new TrainCommand(), words("run", 2));

        Runs.Result result =
                Runs.spark(
                        with(words("run", 2), "train", "--master", "local[2]", "--machines", "2"));

        assertThat(result.status()).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(result.err()).contains("already holds a run; continue it with --resume");
    }

    @Test
    void moreMachinesThanThereAreAreRefused() {
        Runs.Result result =
                Runs.spark(
                        with(words("out", 5), "train", "--master", "local[2]", "--machines", "3"));

        assertThat(result.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(result.err())
                .contains("cannot run 3 tasks at the same time; use fewer --machines");
    }

    @Test
    void theNumberOfMachinesIsNeeded() {
        Runs.Result result = Runs.spark(with(words("out", 5), "train"));

        assertThat(result.status()).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(result.err()).contains("--machines");
    }
}

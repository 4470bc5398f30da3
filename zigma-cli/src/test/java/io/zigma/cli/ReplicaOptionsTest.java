package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.cli.terminal.ExitStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Options that divide the batches of a training among copies of the model. */
class ReplicaOptionsTest {

    @TempDir static Path data;
    private static Path pictures;

    @TempDir Path folder;
    private final ConsoleOfTest test = ConsoleOfTest.plain();

    @BeforeAll
    static void writeData() throws IOException {
        pictures = TinyData.pictures(data.resolve("pictures"));
    }

    private ExitStatus train(String... options) {
        return test.zigma(
                Stream.concat(
                                Stream.of(
                                        "train",
                                        "--data",
                                        pictures.toString(),
                                        "--out",
                                        folder.resolve("run").toString(),
                                        "--picture-cache",
                                        "none"),
                                Stream.of(options))
                        .toArray(String[]::new));
    }

    private ExitStatus begin(String... options) {
        return train(
                Stream.concat(
                                Stream.of(
                                        "--image-size",
                                        "8",
                                        "--steps",
                                        "2",
                                        "--batch-size",
                                        "4",
                                        "--hidden-size",
                                        "16",
                                        "--depth",
                                        "2",
                                        "--sample-every",
                                        "0"),
                                Stream.of(options))
                        .toArray(String[]::new));
    }

    @Test
    void aRunOfTwoReplicasResumesWithOne() {
        assertThat(begin("--replicas", "2")).as(test.err()).isEqualTo(ExitStatus.DONE);
        assertThat(train("--resume", "--steps", "4")).as(test.err()).isEqualTo(ExitStatus.DONE);

        assertThat(folder.resolve("run/checkpoints/00000004/model.safetensors")).isRegularFile();
    }

    @Test
    void moreReplicasThanPicturesOfABatchAreRefused() {
        assertThat(begin("--replicas", "5")).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err())
                .contains(
                        "zigma: --replicas: a batch of 4 cannot be divided among 5 replicas; use fewer, or larger batches");
        assertThat(folder.resolve("run")).doesNotExist();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    --devices gpu0,gpu0           | --devices names gpu0 twice
                    --devices gpu0,cpu            | --devices 'gpu0,cpu' names no GPUs; write gpu0,gpu1
                    --devices gpu0 --replicas 2   | leave out --replicas
                    --devices gpu0 --device gpu1  | leave out --device
                    --replicas 2 --device gpu     | for GPUs give --devices gpu0,gpu1
                    --replicas 0                  | --replicas
                    """)
    void whatCannotBeMeantIsRefused(String options, String reason) {
        assertThat(begin(options.split(" "))).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err().lines()).singleElement().asString().contains(reason);
        assertThat(folder.resolve("run")).doesNotExist();
    }
}

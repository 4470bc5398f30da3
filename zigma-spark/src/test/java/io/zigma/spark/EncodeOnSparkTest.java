package io.zigma.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.cli.command.EncodeCommand;
import io.zigma.cli.terminal.ExitStatus;
import io.zigma.train.data.LatentIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code zigma-spark encode} writes is what {@code zigma encode} writes, byte for byte. */
class EncodeOnSparkTest {

    @TempDir Path folder;

    private String[] words(Path data, Path codec, String out, String... more) {
        List<String> words = new ArrayList<>(List.of("--data", data.toString()));
        words.addAll(List.of("--codec", codec.toString(), "--threads", "1"));
        words.addAll(List.of("--picture-cache", "none", "-o", folder.resolve(out).toString()));
        words.addAll(List.of(more));
        return words.toArray(String[]::new);
    }

    private Runs.Result spark(String... words) {
        List<String> all = new ArrayList<>(List.of("encode", "--master", "local[2]"));
        all.addAll(List.of(words));
        return Runs.spark(all.toArray(String[]::new));
    }

    private void encodeInBothWays(Path data, Path codec, String... more) throws IOException {
        Runs.Result result = spark(words(data, codec, "cluster", more));
        assertThat(result.status()).as(result.err()).isEqualTo(ExitStatus.DONE);
        assertThat(result.out().strip()).isEqualTo(folder.resolve("cluster").toString());
        Runs.run(new EncodeCommand(), words(data, codec, "here", more));
        Map<String, byte[]> here = Runs.files(folder.resolve("here"));
        assertThat(here).containsKeys("000000.tar", "shards.json", "SHA256SUMS", "encoding.json");
        assertThat(Runs.files(folder.resolve("cluster"))).containsExactlyEntriesOf(here);
    }

    @Test
    void latentsAndTokensOfPictureFilesAreThoseOfOneMachine() throws IOException {
        Path data = TinyCodec.pictures(folder.resolve("data"), 150);

        encodeInBothWays(
                data,
                TinyCodec.in(folder, 0.5),
                "--image-size",
                "16",
                "--mirrored",
                "--text-encoder",
                "minilm-l6",
                "--shard-size",
                "70"); // of which a task has 64

        assertThat(LatentIndex.read(folder.resolve("cluster")).size()).isEqualTo(150);
    }

    @Test
    void picturesInShardsAreEncodedToo() throws IOException {
        Path shards = folder.resolve("pictures");
        Runs.spark(
                "generate",
                "--master",
                "local[2]",
                "-m",
                Runs.FASHION,
                "-n",
                "20",
                "-s",
                "1",
                "--steps",
                "1",
                "--cfg-scale",
                "1",
                "--shard-size",
                "8",
                "-o",
                shards.toString());

        encodeInBothWays(
                shards, TinyCodec.in(folder, 0.5), "--image-size", "28", "--shard-size", "9");
    }

    @Test
    void aFolderThatIsThereInPartIsCompleted() throws IOException {
        Path data = TinyCodec.pictures(folder.resolve("data"), 30);
        Path codec = TinyCodec.in(folder, 0.5);
        String[] words = words(data, codec, "out", "--image-size", "16", "--shard-size", "10");
        spark(words);
        Path second = folder.resolve("out/000001.tar");
        byte[] whole = Files.readAllBytes(second);
        Files.delete(second);

        assertThat(spark(words).status()).isEqualTo(ExitStatus.DONE);

        assertThat(second).hasBinaryContent(whole);
    }

    @Test
    void aPictureThatCannotBeEncodedIsNamedInALine() throws IOException {
        Path data = TinyCodec.pictures(folder.resolve("data"), 30);
        Path codec = TinyCodec.in(folder, 1e7); // latents beyond float16

        Runs.Result result =
                spark(
                        words(
                                data,
                                codec,
                                "out",
                                "--image-size",
                                "16",
                                "--conf",
                                "spark.ui.enabled=false"));

        assertThat(result.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(result.err().strip().lines().reduce((first, last) -> last).orElseThrow())
                .startsWith(
                        "zigma-spark: pictures 0 to 29 of data: the codec codec makes a latent of picture 0 in which")
                .endsWith("; encode as float32");
    }

    @Test
    void wrongUsageIsRefusedBeforeSparkStarts() {
        Runs.Result result = spark("--data", folder.toString(), "-o", "out");

        assertThat(result.status()).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(result.err()).contains("--codec");
    }
}

package io.zigma.spark;

import static io.zigma.spark.Runs.FASHION;
import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.cli.terminal.ExitStatus;
import io.zigma.io.ContentHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code zigma-spark generate} writes in this process is what the command line writes. */
class GenerateOnSparkTest {

    private static final String[] TEN = {
        "-m", FASHION, "-n", "10", "-s", "41", "--sampler", "heun", "--steps", "1"
    };

    @TempDir Path folder;

    private Runs.Result generate(String... words) {
        return Runs.spark(
                Stream.concat(Stream.of("generate", "--master", "local[2]"), Stream.of(words))
                        .toArray(String[]::new));
    }

    private static String[] with(String[] some, String... more) {
        return Stream.concat(Stream.of(some), Stream.of(more)).toArray(String[]::new);
    }

    @Test
    void shardsHoldTheFilesOfTheCommandLine() throws IOException {
        Path shards = folder.resolve("shards");

        Runs.Result result = generate(with(TEN, "--shard-size", "4", "-o", shards.toString()));

        assertThat(result.status()).as(result.err()).isEqualTo(ExitStatus.DONE);
        assertThat(result.out().strip()).isEqualTo(shards.toString());
        assertThat(Runs.entries(shards.resolve("00002.tar")))
                .containsOnlyKeys("000008.json", "000008.png", "000009.json", "000009.png");
        assertThat(Runs.pictures(shards))
                .containsExactlyEntriesOf(Runs.commandLine(folder.resolve("files"), TEN));
        assertThat(LoadedModel.leases()).isZero();
    }

    @Test
    void shardsAreTheSameBytesOnAnyNumberOfCores() throws IOException {
        Path two = folder.resolve("two");
        Path one = folder.resolve("one");

        generate(with(TEN, "--shard-size", "3", "-o", two.toString()));
        generate(with(TEN, "--shard-size", "3", "-o", one.toString(), "--master", "local[1]"));

        Map<String, byte[]> written = Runs.files(two);
        assertThat(written).containsKeys("00000.tar", "00003.tar");
        assertThat(written).containsExactlyEntriesOf(Runs.files(one));
    }

    @Test
    void parquetRowsHaveBytesHashAndRecipe() throws IOException {
        Path rows = folder.resolve("rows.parquet");

        Runs.Result result = generate(with(TEN, "--shard-size", "4", "-o", rows.toString()));

        assertThat(result.status()).as(result.err()).isEqualTo(ExitStatus.DONE);
        Map<String, byte[]> pictures = new TreeMap<>();
        for (Row row : read(rows)) {
            byte[] png = (byte[]) row.get(row.fieldIndex("png"));
            pictures.put(row.getString(row.fieldIndex("key")) + ".png", png);
            assertThat(row.getString(row.fieldIndex("sha256")))
                    .isEqualTo(HexFormat.of().formatHex(ContentHash.of(png)));
            assertThat(row.getString(row.fieldIndex("recipe")))
                    .contains("\"model\":\"fashion\"")
                    .contains("\"seed\":\"" + (41 + row.getLong(row.fieldIndex("row"))) + "\"");
        }
        assertThat(pictures)
                .containsExactlyEntriesOf(Runs.commandLine(folder.resolve("files"), TEN));
    }

    private static List<Row> read(Path rows) throws IOException {
        try (SparkSession spark =
                SparkSession.builder()
                        .master("local[1]")
                        .config("spark.ui.enabled", "false")
                        .config("spark.driver.host", "127.0.0.1")
                        .getOrCreate()) {
            return spark.read().parquet(rows.toString()).orderBy("row").collectAsList();
        }
    }

    @Test
    void rowsOfSeveralModelsAndSettingsAreMadeEachInItsOwnWay() throws IOException {
        Path other = Files.createDirectories(folder.resolve("models/other"));
        for (String file : List.of("config.json", "model.safetensors")) {
            Files.copy(Path.of(FASHION, file), other.resolve(file));
        }
        Path requests = folder.resolve("requests.jsonl");
        Files.writeString(
                requests,
                """
                {"key": "a", "model": "%1$s", "seed": 5, "class": "bag", "steps": 2}
                {"key": "b", "model": "%2$s", "seed": 6, "class": "7", "steps": 2}
                {"key": "c", "model": "%1$s", "seed": 7, "class": "bag", "steps": 3, "guidance_scale": 2.0}
                """
                        .formatted(FASHION, other));
        Path shards = folder.resolve("shards");

        Runs.Result result = generate("--requests", requests.toString(), "-o", shards.toString());

        assertThat(result.status()).as(result.err()).isEqualTo(ExitStatus.DONE);
        Map<String, byte[]> pictures = Runs.pictures(shards);
        assertThat(pictures).containsOnlyKeys("a.png", "b.png", "c.png");
        assertThat(pictures.get("a.png")).isEqualTo(one("a", FASHION, "5", "bag", "2"));
        assertThat(pictures.get("b.png")).isEqualTo(one("b", other.toString(), "6", "7", "2"));
        assertThat(pictures.get("c.png"))
                .isEqualTo(one("c", FASHION, "7", "bag", "3", "--cfg-scale", "2"));
    }

    @Test
    void theSameWeightsFollowEachFoldersOwnDefaults() throws IOException {
        Path other = Files.createDirectories(folder.resolve("a copy #2/fashion"));
        Files.copy(Path.of(FASHION, "model.safetensors"), other.resolve("model.safetensors"));
        String config = Files.readString(Path.of(FASHION, "config.json"));
        Files.writeString(
                other.resolve("config.json"), config.replaceFirst("\"steps\": 16", "\"steps\": 2"));
        Path requests = folder.resolve("requests.jsonl");
        Files.writeString(
                requests,
                """
                {"key": "a", "model": "%1$s", "seed": 5, "class": "bag"}
                {"key": "b", "model": "%2$s", "seed": 5, "class": "bag"}
                """
                        .formatted(FASHION, other));
        Path shards = folder.resolve("shards");

        Runs.Result result = generate("--requests", requests.toString(), "-o", shards.toString());

        assertThat(result.status()).as(result.err()).isEqualTo(ExitStatus.DONE);
        Map<String, byte[]> pictures = Runs.pictures(shards);
        assertThat(pictures.get("a.png")).isEqualTo(one("a", FASHION, "5", "bag", "16"));
        assertThat(pictures.get("b.png")).isEqualTo(one("b", other.toString(), "5", "bag", "2"));
    }

    @ParameterizedTest
    @CsvSource({
        "1.5, 2, seed",
        "1e30, 2, seed",
        "1, 2.5, steps",
        "1, 4294967298, steps",
    })
    void numbersThatWouldBeCutAreRefused(String seed, String steps, String column)
            throws IOException {
        Path requests = folder.resolve("requests.jsonl");
        Files.writeString(
                requests,
                "{\"model\": \"%s\", \"class\": \"bag\", \"seed\": %s, \"steps\": %s}"
                        .formatted(FASHION, seed, steps));

        Runs.Result result =
                generate("--requests", requests.toString(), "-o", folder.resolve("out").toString());

        assertThat(result.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(result.err()).contains("the column " + column + " needs a whole number");
    }

    @Test
    void aKeyThatTwoRowsHaveIsRefused() throws IOException {
        Path requests = folder.resolve("requests.jsonl");
        String row = "{\"key\": \"%s\", \"model\": \"%s\", \"seed\": 5, \"class\": \"bag\"}\n";
        Files.writeString(
                requests,
                row.formatted("a", FASHION)
                        + row.formatted("b", FASHION)
                        + row.formatted("a", FASHION));
        Path out = folder.resolve("out");

        Runs.Result result = generate("--requests", requests.toString(), "-o", out.toString());

        assertThat(result.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(result.err())
                .contains("2 requests have the key 'a'; keys name files, so they must differ");
        assertThat(out).doesNotExist();
    }

    private byte[] one(
            String name, String model, String seed, String label, String steps, String... more)
            throws IOException {
        String[] words = {"-m", model, "-s", seed, "-c", label, "--steps", steps};
        return Runs.commandLine(folder.resolve("one-" + name), with(words, more)).get("000000.png");
    }

    @Test
    void aRowThatCannotBeMadeIsNamedInOneLine() throws IOException {
        Path requests = folder.resolve("requests.jsonl");
        Files.writeString(
                requests,
                """
                {"model": "%1$s", "seed": 5, "class": "bag", "steps": 1}
                {"model": "%1$s", "seed": 6, "class": "sneker", "steps": 1}
                """
                        .formatted(FASHION));

        Runs.Result result =
                generate("--requests", requests.toString(), "-o", folder.resolve("out").toString());

        assertThat(result.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(result.err().lines().filter(line -> line.startsWith("zigma-spark: ")))
                .singleElement()
                .asString()
                .startsWith("zigma-spark: row 1 (000001): ")
                .contains("sneker");
        assertThat(LoadedModel.leases()).isZero();
    }

    @Test
    void aColumnThatNobodyKnowsIsRefused() throws IOException {
        Path requests = folder.resolve("requests.csv");
        Files.writeString(requests, "model,seed,scale\n" + FASHION + ",1,2\n");

        Runs.Result result =
                generate("--requests", requests.toString(), "-o", folder.resolve("out").toString());

        assertThat(result.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(result.err()).contains("a column that no request knows: scale");
    }

    @Test
    void digitsOfACsvFileAreTheTextOrTheNumberThatTheColumnIs() throws IOException {
        Path requests = folder.resolve("requests.csv");
        Files.writeString(
                requests,
                "key,model,class,seed,steps,guidance_scale\n007,%s,8,1,1,1.0\n008,%s,bag,2,,1\n"
                        .formatted(FASHION, FASHION));

        Path out = folder.resolve("out");
        Runs.Result result = generate("--requests", requests.toString(), "-o", out.toString());

        assertThat(result.status()).as(result.err()).isEqualTo(ExitStatus.DONE);
        assertThat(Runs.pictures(out)).containsOnlyKeys("007.png", "008.png");
        assertThat(Runs.pictures(out).get("007.png"))
                .isEqualTo(
                        Runs.commandLine(
                                        folder.resolve("files"),
                                        "-m",
                                        FASHION,
                                        "-c",
                                        "bag",
                                        "-s",
                                        "1",
                                        "--steps",
                                        "1",
                                        "--cfg-scale",
                                        "1")
                                .values()
                                .iterator()
                                .next());
    }

    @Test
    void aTextThatIsNoNumberIsRefusedByItsRow() throws IOException {
        Path requests = folder.resolve("requests.csv");
        Files.writeString(requests, "model,seed\n" + FASHION + ",many\n");

        Runs.Result result =
                generate("--requests", requests.toString(), "-o", folder.resolve("out").toString());

        assertThat(result.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(result.err())
                .contains("row 0 (000000): the column seed holds 'many', which is no number");
    }

    @Test
    void aFolderThatIsThereIsNotWrittenInto() throws IOException {
        Path there = Files.createDirectory(folder.resolve("there"));

        Runs.Result result = generate(with(TEN, "-o", there.toString()));

        assertThat(result.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(result.err()).contains("exists already; name a new folder");
        assertThat(there).isEmptyDirectory();
    }

    @Test
    void wrongUsageIsSaidBeforeSparkStarts() {
        Runs.Result result = generate(with(TEN, "--requests", "rows.csv", "-o", "never"));

        assertThat(result.status()).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(result.err())
                .isEqualTo(
                        "zigma-spark: each row of --requests says that itself; leave out --model"
                                + System.lineSeparator());
    }

    @Test
    void helpNamesTheProgram() {
        Runs.Result result = Runs.spark("help", "generate");

        assertThat(result.out())
                .contains("Usage: zigma-spark generate")
                .contains("--master URL")
                .contains("  zigma-spark generate -m models/fashion -n 50000");
    }
}

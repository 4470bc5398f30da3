package io.zigma.spark;

import static io.zigma.spark.Runs.ROOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.zigma.cli.command.EvaluateCommand;
import io.zigma.cli.terminal.ExitStatus;
import io.zigma.io.SafetensorsFile;
import io.zigma.media.PngFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code zigma-spark evaluate} measures is what one machine measures. */
class EvaluateOnSparkTest {

    /** More than one block of rows has. */
    private static final int MANY = 530;

    @TempDir Path folder;

    /** Makes pictures of a bright rectangle each, on noise. */
    private Path pictures(String name, int count, long seed) throws IOException {
        Path pictures = Files.createDirectories(folder.resolve(name));
        Random random = new Random(seed);
        for (int i = 0; i < count; i++) {
            BufferedImage picture = new BufferedImage(28, 28, BufferedImage.TYPE_BYTE_GRAY);
            int width = 4 + random.nextInt(20);
            int height = 4 + random.nextInt(20);
            int level = 100 + random.nextInt(100);
            for (int y = 0; y < 28; y++) {
                for (int x = 0; x < 28; x++) {
                    int value = random.nextInt(30) + (x < width && y < height ? level : 0);
                    picture.getRaster().setSample(x, y, 0, value);
                }
            }
            PngFile.write(pictures.resolve("%s.png".formatted(i)), picture, Map.of());
        }
        return pictures;
    }

    private String[] words(Path samples, Path data, String cache) {
        return new String[] {
            "--samples",
            samples.toString(),
            "--image-size",
            "28",
            "--data",
            data.toString(),
            "--reference-split",
            "holdout",
            "--classifier",
            ROOT.resolve("models/fashion-classifier").toString(),
            "--cache",
            folder.resolve(cache).toString(),
            "--threads",
            "1",
            "--json"
        };
    }

    private Runs.Result spark(Path samples, Path data, String cache) {
        String[] words = words(samples, data, cache);
        String[] all = new String[words.length + 3];
        all[0] = "evaluate";
        all[1] = "--master";
        all[2] = "local[2]";
        System.arraycopy(words, 0, all, 3, words.length);
        return Runs.spark(all);
    }

    @Test
    void figuresAreThoseOfOneMachine() throws IOException {
        Path samples = pictures("samples", MANY, 1);
        Path data = pictures("data", 900, 2);

        Runs.Result result = spark(samples, data, "cluster");

        assertThat(result.status()).as(result.err()).isEqualTo(ExitStatus.DONE);
        JsonElement actual = JsonParser.parseString(result.out());
        // of the features that the cluster computed, so that nothing but the comparisons differs
        JsonElement expected =
                JsonParser.parseString(
                        Runs.run(new EvaluateCommand(), words(samples, data, "cluster")).out());
        assertThat(expected.toString())
                .contains("frechet_distance", "kernel_distance", "precision", "memori");
        requireSame("", actual, expected);
        Runs.run(new EvaluateCommand(), words(samples, data, "here"));
        requireSameFeatures();
    }

    /** Compares what the networks computed: they round differently from one run to the next. */
    private void requireSameFeatures() throws IOException {
        Map<String, byte[]> here = Runs.files(folder.resolve("here/features"));
        assertThat(Runs.files(folder.resolve("cluster/features")).keySet())
                .isEqualTo(here.keySet())
                .hasSizeGreaterThan(1);
        for (String name : here.keySet()) {
            try (SafetensorsFile expected =
                            SafetensorsFile.open(folder.resolve("here/features").resolve(name));
                    SafetensorsFile actual =
                            SafetensorsFile.open(
                                    folder.resolve("cluster/features").resolve(name))) {
                assertThat(expected.names()).contains("features", "logits");
                for (String tensor : expected.names()) {
                    assertThat(actual.floats(tensor))
                            .as(tensor)
                            .usingComparatorWithPrecision(1e-3f)
                            .containsExactly(expected.floats(tensor));
                }
            }
        }
    }

    /**
     * Compares all values; numbers may differ in the last digits that the order of sums decides.
     */
    private static void requireSame(String place, JsonElement actual, JsonElement expected) {
        if (expected instanceof JsonObject object) {
            assertThat(actual.getAsJsonObject().keySet()).as(place).isEqualTo(object.keySet());
            object.keySet()
                    .forEach(
                            key ->
                                    requireSame(
                                            place + "/" + key,
                                            actual.getAsJsonObject().get(key),
                                            object.get(key)));
        } else if (expected instanceof JsonArray array) {
            assertThat(actual.getAsJsonArray().size()).as(place).isEqualTo(array.size());
            for (int i = 0; i < array.size(); i++) {
                requireSame(place + "/" + i, actual.getAsJsonArray().get(i), array.get(i));
            }
        } else if (expected instanceof JsonPrimitive value && value.isNumber()) {
            double number = value.getAsDouble();
            assertThat(actual.getAsDouble())
                    .as(place)
                    .isCloseTo(number, within(1e-9 * Math.abs(number)));
        } else {
            assertThat(actual).as(place).isEqualTo(expected);
        }
    }

    @Test
    void shardsThatWereMadeAreMeasured() throws IOException {
        Path shards = folder.resolve("shards");
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
                "-o",
                shards.toString(),
                "--shard-size",
                "8");
        Path data = pictures("data", 60, 2);

        Runs.Result result = spark(shards, data, "cluster");

        assertThat(result.status()).as(result.err()).isEqualTo(ExitStatus.DONE);
        assertThat(result.out()).contains("frechet_distance");
    }
}

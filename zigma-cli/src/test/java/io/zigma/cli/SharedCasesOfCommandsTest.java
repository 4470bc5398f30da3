package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.zigma.cli.terminal.ExitStatus;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small inputs of others that went wrong in the commands; skipped where they are not at hand. */
class SharedCasesOfCommandsTest {

    @TempDir static Path place;
    private static Path cases;

    @TempDir Path folder;

    @BeforeAll
    static void find() {
        cases = Path.of(System.getProperty("golden.dir", "")).resolveSibling("cases");
        assumeTrue(Files.isDirectory(cases), "there is no folder " + cases);
    }

    @Test
    void lettersInTwoCasesAreLearntAndMeasuredAsClassesOfTheirOwn() throws IOException {
        Path letters = cases.resolve("letters");
        Path classifier = classifier(letters, 16, 80);
        Path run = folder.resolve("run");
        done(
                "train --image-size 16 --patch-size 4 --hidden-size 48 --depth 3 --learning-rate 2e-3"
                        + " --seed 1 --steps 400 --sample-every 0",
                "--data",
                letters.resolve("train"),
                "--out",
                run);
        JsonObject json =
                evaluate(
                        letters.resolve("train"),
                        letters.resolve("test"),
                        "-n",
                        64,
                        "--seeds",
                        1,
                        "--steps",
                        6,
                        "-m",
                        run,
                        "--classifier",
                        classifier);

        // 43.08 and 0.5 where a and A, b and B were one class
        assertThat(json.get("class_agreement_floor").getAsDouble()).isEqualTo(1);
        assertThat(json.get("class_agreement").getAsDouble()).isGreaterThan(0.9);
        assertThat(json.get("frechet_distance").getAsDouble()).isLessThan(8);
        assertThat(json.getAsJsonObject("class_agreement_by_class").keySet())
                .containsExactly("A", "B", "a", "b");
        List<byte[]> pictures = new ArrayList<>();
        for (String letter : List.of("A", "B", "a", "b")) {
            Path file = folder.resolve("of %s %s.png".formatted(letter, pictures.size()));
            done("generate -s 3 --steps 2 --no-metadata", "-m", run, "-c", letter, "-o", file);
            pictures.add(Files.readAllBytes(file));
        }
        assertThat(pictures.stream().map(Arrays::hashCode)).doesNotHaveDuplicates();
    }

    @Test
    void classesThatAreNumbersAreNoPositions() throws IOException {
        Path numeric = unpacked("numeric.tar");
        String small =
                "train --image-size 8 --patch-size 4 --hidden-size 32 --depth 2"
                        + " --batch-size 4 --steps 2 --sample-every 0";
        Path run = folder.resolve("run");
        done(small, "--data", numeric.resolve("train"), "--out", run);

        ConsoleOfTest refused =
                zigma("generate", "-m", run, "-c", "0", "-o", folder.resolve("0.png"));
        assertThat(refused.err()).hasLineCount(1).contains("has no class '0'");
        assertThat(folder.resolve("0.png")).doesNotExist();
        done("generate --steps 2", "-m", run, "-c", "9", "-o", folder.resolve("9.png"));

        ConsoleOfTest more =
                done(
                        "train --steps 1 --batch-size 4 --sample-every 0",
                        "--data",
                        numeric.resolve("test0"),
                        "--from",
                        run,
                        "--out",
                        folder.resolve("more"));
        assertThat(more.err())
                .contains("start from random embeddings: 0 (it has 1, 2, 3, 4, 5, 6, 7, 8, 9)");
        ConsoleOfTest ten =
                zigma("generate", "-m", folder.resolve("more"), "-c", "10", "-o", "10.png");
        assertThat(ten.err()).contains("has no class '10'");
    }

    @Test
    void photographsThatWereTurnedAreNoDistanceFromThoseThatWereNot() throws IOException {
        Path classifier = classifier(cases.resolve("evalclasses"), 32, 2);
        Path plain = cases.resolve("exif/ev_plain");
        Path turned = cases.resolve("exif/ev_turned");
        for (List<Path> pair : List.of(List.of(turned, plain), List.of(plain, turned))) {
            JsonObject json =
                    evaluate(
                            plain,
                            pair.get(1),
                            "--samples",
                            pair.get(0),
                            "--classifier",
                            classifier);

            for (String column : List.of("", "_floor")) {
                assertThat(json.get("frechet_distance" + column).getAsDouble())
                        .isCloseTo(0, within(1e-9));
                assertThat(json.get("precision" + column).getAsDouble()).isEqualTo(1);
                assertThat(json.get("recall" + column).getAsDouble()).isEqualTo(1);
            }
            assertThat(json.getAsJsonObject("model").get("pictures_sha256"))
                    .isEqualTo(json.getAsJsonObject("conditions").get("reference_sha256"));
        }
    }

    @Test
    void ofHowManyPicturesARealFigureIsStandsBesideIt() throws IOException {
        Path classes = cases.resolve("evalclasses");
        Path classifier = classifier(classes, 16, 60);
        Path train = classes.resolve("train");
        Path test = classes.resolve("test");
        JsonObject asMany = evaluate(train, test, "--samples", train, "--classifier", classifier);
        JsonObject fewer = evaluate(test, train, "--samples", train, "--classifier", classifier);

        assertThat(asMany.get("frechet_distance_floor_pictures").getAsInt()).isEqualTo(60);
        assertThat(fewer.get("frechet_distance_floor_pictures").getAsInt()).isEqualTo(36);
        for (JsonObject json : List.of(asMany, fewer)) {
            assertThat(json.get("samples").getAsInt()).isEqualTo(60);
            // three classes that are easily told apart: 3 is all there can be
            assertThat(json.get("inception_score_floor").getAsDouble()).isBetween(2.8, 3.0);
            assertThat(json.get("inception_score").getAsDouble()).isBetween(2.8, 3.0);
        }
        assertThat(fewer.get("warnings").toString()).contains("60 samples are only 36 pictures");
    }

    private Path classifier(Path data, int side, int steps) {
        Path classifier = folder.resolve("classifier");
        done(
                "train-classifier --channels 3 --batch-size 16 --shift 0 --image-size %s --steps %s"
                        .formatted(side, steps),
                "--data",
                data.resolve("train"),
                "--test-data",
                data.resolve("test"),
                "--out",
                classifier);
        return classifier;
    }

    private JsonObject evaluate(Path data, Path testData, Object... more) {
        List<Object> words =
                new ArrayList<>(
                        List.of(
                                "--data",
                                data,
                                "--test-data",
                                testData,
                                "--cache",
                                folder.resolve("cache")));
        words.addAll(List.of(more));
        ConsoleOfTest console = done("evaluate --json", words.toArray());
        return JsonParser.parseString(console.out()).getAsJsonObject();
    }

    private static ConsoleOfTest done(String words, Object... more) {
        ConsoleOfTest console = ConsoleOfTest.plain();
        assertThat(console.zigma(words(words, more))).as(console.err()).isEqualTo(ExitStatus.DONE);
        return console;
    }

    private static ConsoleOfTest zigma(String word, Object... more) {
        ConsoleOfTest console = ConsoleOfTest.plain();
        assertThat(console.zigma(words(word, more))).isEqualTo(ExitStatus.WRONG_USAGE);
        return console;
    }

    private static String[] words(String words, Object... more) {
        return Stream.concat(Arrays.stream(words.split(" +")), Arrays.stream(more))
                .map(Object::toString)
                .toArray(String[]::new);
    }

    private static Path unpacked(String archive) throws IOException {
        Path target = place.resolve(archive.replace(".tar", ""));
        try (InputStream in = Files.newInputStream(cases.resolve(archive));
                TarArchiveInputStream entries = new TarArchiveInputStream(in, "UTF-8")) {
            for (TarArchiveEntry entry = entries.getNextEntry();
                    entry != null;
                    entry = entries.getNextEntry()) {
                Path path = target.resolve(entry.getName()).normalize();
                assertThat(path.startsWith(target)).isTrue();
                if (entry.isDirectory()) {
                    Files.createDirectories(path);
                } else {
                    Files.createDirectories(path.getParent());
                    Files.copy(entries, path);
                }
            }
        }
        return target;
    }
}

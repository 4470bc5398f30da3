package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.zigma.cli.terminal.ExitStatus;
import io.zigma.media.PngFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code zigma evaluate --prompts}: how often classifiers agree with the prompts. */
class PromptEvaluationTest {

    private static final int PROMPTS = 20;

    @TempDir static Path shared;
    private static Path model;
    private static Path data;
    private static Path judge;
    private static Path prompts;

    @TempDir Path folder;
    private final ConsoleOfTest test = ConsoleOfTest.plain();

    @BeforeAll
    static void prepare() throws IOException {
        model = TinyCheckpoint.withPrompts(shared.resolve("model"), List.of("a red crab"));
        data = FlatColours.write(shared.resolve("data"), List.of("red", "blue"), 12, 1);
        judge = shared.resolve("judge");
        ConsoleOfTest console = ConsoleOfTest.plain();
        ExitStatus trained =
                console.zigma(
                        "train-classifier",
                        "--data",
                        data.toString(),
                        "--out",
                        judge.toString(),
                        "--steps",
                        "4",
                        "--batch-size",
                        "8",
                        "--image-size",
                        "4x6",
                        "--channels",
                        "1");
        assertThat(trained).as(console.err()).isEqualTo(ExitStatus.DONE);
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < PROMPTS; i++) {
            String colour = i % 2 == 0 ? "red" : "blue";
            lines.append(
                    "{\"text\": \"a %s crab\", \"colour\": \"%s\", \"held_out\": %s}%n"
                            .formatted(colour, colour, i < 6));
        }
        prompts = Files.writeString(shared.resolve("prompts.jsonl"), lines);
    }

    @Test
    void eachAttributeHasAFigureAlsoOfWhatWasHeldOut() throws IOException {
        JsonObject json = json("--attribute", "colour=" + judge);
        assertThat(json.get("samples").getAsInt()).isEqualTo(PROMPTS);
        double all = json.get("agreement_colour").getAsDouble();
        double heldOut = json.get("agreement_colour_held_out").getAsDouble();
        double other = json.get("agreement_colour_not_held_out").getAsDouble();
        assertThat(all).isBetween(0.0, 1.0);
        assertThat(6 * heldOut + 14 * other).isCloseTo(20 * all, within(1e-9));
        assertThat(json.has("frechet_distance")).isTrue();
        assertThat(json.getAsJsonObject("conditions").get("prompts").getAsString())
                .isEqualTo("prompts.jsonl");
        assertThat(json.getAsJsonObject("conditions").has("colour_classifier_sha256")).isTrue();
    }

    @Test
    void theFigureIsThatOfThePicturesThatGenerateMakes() throws IOException {
        JsonObject json = json("--attribute", "colour=" + judge, "--cfg-scale", "2");
        // seed 1: picture i has the seed 2^32 + i
        ExitStatus status =
                test.zigma(
                        "generate",
                        "-m",
                        model.toString(),
                        "--prompts",
                        prompts.toString(),
                        "-s",
                        Long.toString(1L << 32),
                        "--cfg-scale",
                        "2",
                        "-o",
                        folder + "/%d.png");
        assertThat(status).as(test.err()).isEqualTo(ExitStatus.DONE);
        List<String> named = new ArrayList<>();
        for (int i = 0; i < PROMPTS; i++) {
            named.add(PngFile.readText(folder.resolve(i + ".png")).get("prompt"));
            Path place = Files.createDirectories(folder.resolve("asked").resolve(named.get(i)));
            Files.move(folder.resolve(i + ".png"), place.resolve(i + ".png"));
        }
        // the same classifier on the same pictures, whose folders are called like its classes
        Path asked = folder.resolve("asked");
        Files.move(asked.resolve("a red crab"), asked.resolve("red"));
        Files.move(asked.resolve("a blue crab"), asked.resolve("blue"));
        ConsoleOfTest console = ConsoleOfTest.plain();
        status =
                console.zigma(
                        "evaluate",
                        "--samples",
                        asked.toString(),
                        "--data",
                        data.toString(),
                        "--test-data",
                        data.toString(),
                        "--classifier",
                        judge.toString(),
                        "--image-size",
                        "4x6",
                        "--channels",
                        "1",
                        "--json",
                        "--cache",
                        folder.resolve("cache").toString());
        assertThat(status).as(console.err()).isEqualTo(ExitStatus.DONE);
        assertThat(
                        JsonParser.parseString(console.out())
                                .getAsJsonObject()
                                .get("class_agreement")
                                .getAsDouble())
                .isEqualTo(json.get("agreement_colour").getAsDouble());
    }

    @Test
    void aClassifierOfSmallerPicturesSeesThemAveragedDownAndItIsSaid() throws IOException {
        Path small = smaller("2x3");
        ExitStatus alone =
                evaluate(test, "--test-data", data, "--attribute", "colour=" + small, "--json");
        assertThat(alone).as(test.err()).isEqualTo(ExitStatus.DONE);
        JsonObject json = JsonParser.parseString(test.out()).getAsJsonObject();
        assertThat(test.err()).containsOnlyOnce("small sees the pictures averaged down to 2 × 3");
        assertThat(json.getAsJsonObject("conditions").get("classifier_sees").getAsString())
                .isEqualTo("2 × 3");
        assertThat(json.has("agreement_colour")).isTrue();

        ConsoleOfTest beside = ConsoleOfTest.plain();
        ExitStatus status =
                evaluate(
                        beside,
                        "--test-data",
                        data,
                        "--classifier",
                        judge,
                        "--attribute",
                        "colour=" + small,
                        "--json");
        assertThat(status).as(beside.err()).isEqualTo(ExitStatus.DONE);
        assertThat(beside.err()).containsOnlyOnce("small sees the pictures averaged down to 2 × 3");
        assertThat(beside.out()).doesNotContain("classifier_sees");
    }

    @Test
    void aClassifierOfAnotherShapeIsRefusedBeforeAnySample() {
        Path other = smaller("3x4");
        ExitStatus status = evaluate(test, "--classifier", judge, "--attribute", "colour=" + other);
        assertThat(status).isEqualTo(ExitStatus.FAILED);
        assertThat(test.err())
                .contains("takes pictures of 1 × 3 × 4, these are pictures of 1 × 4 × 6")
                .doesNotContain("samples");
    }

    private Path smaller(String size) {
        Path small = folder.resolve("small");
        ConsoleOfTest console = ConsoleOfTest.plain();
        ExitStatus trained =
                console.zigma(
                        "train-classifier",
                        "--data",
                        data.toString(),
                        "--out",
                        small.toString(),
                        "--steps",
                        "2",
                        "--batch-size",
                        "8",
                        "--image-size",
                        size,
                        "--channels",
                        "1");
        assertThat(trained).as(console.err()).isEqualTo(ExitStatus.DONE);
        return small;
    }

    @Test
    void guidanceIsSweptWithPromptsToo() {
        ExitStatus status =
                evaluate(
                        test,
                        "--attribute",
                        "colour=" + judge,
                        "--guidance-sweep",
                        "1,2",
                        "--reference-split",
                        "holdout");
        assertThat(status).as(test.err()).isEqualTo(ExitStatus.DONE);
        assertThat(test.out()).contains("colour agrees");
    }

    @Test
    void theTableHasALineForEachFigure() {
        ExitStatus status = evaluate(test, "--test-data", data, "--attribute", "colour=" + judge);
        assertThat(status).as(test.err()).isEqualTo(ExitStatus.DONE);
        assertThat(test.out())
                .contains(
                        "colour agrees", "colour agrees, held out", "colour agrees, not held out");
    }

    @Test
    void realPicturesAreComparedWithWhatIsKnownOfThem() throws IOException {
        Path captioned = captioned(folder.resolve("captioned"));
        Path classifier = folder.resolve("classifier");
        ExitStatus status =
                test.zigma(
                        "train-classifier",
                        "--data",
                        captioned.toString(),
                        "--attribute",
                        "colour",
                        "--out",
                        classifier.toString(),
                        "--steps",
                        "60",
                        "--batch-size",
                        "8",
                        "--image-size",
                        "4x6",
                        "--channels",
                        "1");
        assertThat(status).as(test.err()).isEqualTo(ExitStatus.DONE);
        assertThat(test.err()).contains("1 of 25 pictures have no colour and are left out");
        ConsoleOfTest info = ConsoleOfTest.plain();
        info.zigma("info", "-m", classifier.toString());
        assertThat(info.out()).contains("blue", "red");

        ConsoleOfTest console = ConsoleOfTest.plain();
        status =
                console.zigma(
                        "evaluate",
                        "-m",
                        model.toString(),
                        "--data",
                        captioned.toString(),
                        "--test-data",
                        captioned.toString(),
                        "--prompts",
                        captioned.resolve("metadata.jsonl").toString(),
                        "--attribute",
                        "colour=" + classifier,
                        "--seeds",
                        "1",
                        "--json",
                        "--cache",
                        folder.resolve("cache").toString());
        assertThat(status).as(console.err()).isEqualTo(ExitStatus.DONE);
        JsonObject json = JsonParser.parseString(console.out()).getAsJsonObject();
        assertThat(json.get("samples").getAsInt()).isEqualTo(25);
        assertThat(json.get("agreement_colour_floor_pictures").getAsInt()).isEqualTo(24);
        assertThat(json.get("agreement_colour_floor").getAsDouble())
                .as("dark blue and bright red differ in grey")
                .isGreaterThan(0.9);

        ConsoleOfTest holdout = ConsoleOfTest.plain();
        status =
                holdout.zigma(
                        "evaluate",
                        "-m",
                        model.toString(),
                        "--data",
                        captioned.toString(),
                        "--reference-split",
                        "holdout",
                        "--prompts",
                        captioned.resolve("metadata.jsonl").toString(),
                        "--attribute",
                        "colour=" + classifier,
                        "--seeds",
                        "1",
                        "--json",
                        "--cache",
                        folder.resolve("cache").toString());
        assertThat(status).as(holdout.err()).isEqualTo(ExitStatus.DONE);
        json = JsonParser.parseString(holdout.out()).getAsJsonObject();
        assertThat(json.get("agreement_colour_floor").getAsDouble()).isGreaterThan(0.7);
    }

    /** Red and blue pictures in one folder, and one of which nothing but a caption is known. */
    private static Path captioned(Path folder) throws IOException {
        Path classes =
                FlatColours.write(folder.resolveSibling("classes"), List.of("red", "blue"), 12, 3);
        Files.createDirectories(folder);
        StringBuilder lines = new StringBuilder();
        for (String colour : List.of("red", "blue")) {
            for (int i = 0; i < 12; i++) {
                String name = "%s%s.png".formatted(colour, i);
                Files.copy(
                        classes.resolve(colour).resolve(i < 10 ? "0" + i + ".png" : i + ".png"),
                        folder.resolve(name));
                lines.append(
                        "{\"file_name\": \"%s\", \"text\": \"a %s crab\", \"colour\": \"%s\"}%n"
                                .formatted(name, colour, colour));
            }
        }
        Files.copy(classes.resolve("red").resolve("00.png"), folder.resolve("some.png"));
        lines.append("{\"file_name\": \"some.png\", \"text\": \"a crab\"}\n");
        Files.writeString(folder.resolve("metadata.jsonl"), lines);
        return folder;
    }

    @Test
    void whatNoClassifierKnowsIsRefused() throws IOException {
        refused(ExitStatus.WRONG_USAGE, "no prompt of", "--attribute", "style=" + judge);
        refused(ExitStatus.WRONG_USAGE, "--attribute takes NAME=DIR", "--attribute", "colour");
        refused(
                ExitStatus.FAILED,
                "there is no folder",
                "--attribute",
                "colour=" + shared.resolve("none"));
        ConsoleOfTest plain = ConsoleOfTest.plain();
        ExitStatus status =
                plain.zigma(
                        "evaluate",
                        "-m",
                        model.toString(),
                        "--data",
                        data.toString(),
                        "--test-data",
                        data.toString());
        assertThat(status).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(plain.err()).contains("say with --prompts FILE what it is asked for");
        Path shoes = TinyCheckpoint.withClasses(folder.resolve("shoes"));
        ConsoleOfTest other = ConsoleOfTest.plain();
        status =
                other.zigma(
                        "evaluate",
                        "-m",
                        shoes.toString(),
                        "--data",
                        data.toString(),
                        "--test-data",
                        data.toString(),
                        "--prompts",
                        prompts.toString());
        assertThat(status).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(other.err()).contains("is not conditioned on text; leave out --prompts");
    }

    private void refused(ExitStatus expected, String why, Object... more) {
        ConsoleOfTest console = ConsoleOfTest.plain();
        assertThat(evaluate(console, more)).isEqualTo(expected);
        assertThat(console.err()).contains(why);
    }

    private JsonObject json(Object... more) {
        ConsoleOfTest console = ConsoleOfTest.plain();
        List<Object> words = new ArrayList<>(List.of("--json", "--test-data", data));
        words.addAll(List.of(more));
        assertThat(evaluate(console, words.toArray())).as(console.err()).isEqualTo(ExitStatus.DONE);
        return JsonParser.parseString(console.out()).getAsJsonObject();
    }

    private ExitStatus evaluate(ConsoleOfTest console, Object... more) {
        Stream<Object> words =
                Stream.concat(
                        Stream.of(
                                "evaluate",
                                "-m",
                                model,
                                "--data",
                                data,
                                "--prompts",
                                prompts,
                                "--seeds",
                                "1",
                                "--cache",
                                folder.resolve("cache")),
                        Stream.of(more));
        return console.zigma(words.map(Object::toString).toArray(String[]::new));
    }
}

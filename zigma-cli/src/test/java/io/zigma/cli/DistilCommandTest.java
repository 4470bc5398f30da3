package io.zigma.cli;

import static io.zigma.cli.terminal.ExitStatus.DONE;
import static io.zigma.cli.terminal.ExitStatus.FAILED;
import static io.zigma.cli.terminal.ExitStatus.WRONG_USAGE;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.cli.terminal.ExitStatus;
import io.zigma.train.card.Provenance;
import io.zigma.train.card.RunFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code zigma distil}. */
class DistilCommandTest {

    @TempDir Path folder;
    private final ConsoleOfTest test = ConsoleOfTest.plain();

    @Test
    void theNewModelSamplesInAsManyStepsAsWereAskedFor() throws IOException {
        Path run = folder.resolve("run");
        assertThat(distil(classes(), run)).as(test.err()).isEqualTo(DONE);
        assertThat(test.out()).contains("00000003");

        Path picture = folder.resolve("bag.png");
        assertThat(zigma("generate", "-m", run, "-c", "bag", "-s", "1", "-o", picture))
                .as(test.err())
                .isEqualTo(DONE);
        assertThat(zigma("info", "-m", run)).isEqualTo(DONE);
        assertThat(test.out()).contains("ddim, 2 steps");
    }

    @Test
    void aLongerRunIsTheSameInOneGoAndResumed() throws IOException {
        Path model = classes();
        Path run = folder.resolve("run");
        distil(model, run);
        Path before = run.resolve("checkpoints/00000003/model.safetensors");
        byte[] weights = Files.readAllBytes(before);

        assertThat(zigma("distil", "--out", run, "--resume")).as(test.err()).isEqualTo(DONE);
        assertThat(Files.readAllBytes(before)).isEqualTo(weights);
        Path again = folder.resolve("again");
        distil(model, again);
        assertThat(again.resolve("checkpoints/00000003/model.safetensors"))
                .hasSameBinaryContentAs(before);
    }

    @Test
    void aResumedRunRefusesEveryOptionThatItDoesNotFollow() throws IOException {
        Path model = classes();
        Path run = folder.resolve("run");
        distil(model, run);
        Map<String, Object> others = new LinkedHashMap<>();
        others.put("--model", model);
        others.put("--steps", 2);
        others.put("--train-steps", 5);
        others.put("--batch-size", 2);
        others.put("--learning-rate", 1e-3);
        others.put("--ema", 0.9);
        others.put("--seed", 1);
        others.put("--sampler", "heun");
        others.put("--sampler-option", "eta=0");
        others.put("--teacher-steps", 8);
        others.put("--cfg-scale", 3);
        others.put("--cfg-interval", "0.1,0.9");
        others.put("--cfg-channels", 3);
        others.put("--save-every", 1);
        others.put("--sample-every", 1);

        for (Map.Entry<String, Object> other : others.entrySet()) {
            assertThat(zigma("distil", "--out", run, "--resume", other.getKey(), other.getValue()))
                    .as(other.getKey())
                    .isEqualTo(WRONG_USAGE);
            assertThat(test.err()).contains("leave out " + other.getKey());
        }
        assertThat(
                        zigma(
                                "distil",
                                "--out",
                                run,
                                "--resume",
                                "--caption-cache",
                                folder.resolve("cache"),
                                "--threads",
                                1))
                .as(test.err())
                .isEqualTo(DONE);
    }

    @Test
    void theCardSaysWhereThePicturesComeFromAsGivenAndStaysSoWhenResumed() throws IOException {
        Path run = folder.resolve("run");
        distil(classes(), run, "--data-source", "my shelf", "--data-licence", "CC0");
        assertThat(provenance(run).dataSource()).isEqualTo("my shelf");
        assertThat(provenance(run).dataLicence()).isEqualTo("CC0");
        assertThat(provenance(run).command()).startsWith("zigma distil").hasLineCount(1);

        zigma("distil", "--out", run, "--resume", "--data-licence", "CC BY 4.0");
        JsonObject resumed =
                JsonParser.parseString(Files.readString(run.resolve("config.json")))
                        .getAsJsonObject();
        assertThat(resumed.toString()).contains("my shelf", "CC BY 4.0");
    }

    private static Provenance provenance(Path run) throws IOException {
        return RunFacts.provenance(
                CheckpointFolder.open(run.resolve("checkpoints/00000003")).config());
    }

    @Test
    void aTeacherOfTextsNeedsCaptions() throws IOException {
        Path model = TinyCheckpoint.withPrompts(folder.resolve("crabs"), List.of("a blue crab"));

        assertThat(distil(model, folder.resolve("run"))).isEqualTo(WRONG_USAGE);
        assertThat(test.err()).contains("name pictures with captions by --data");
    }

    @Test
    void picturesForATeacherOfClassesAreRefused() throws IOException {
        assertThat(distil(classes(), folder.resolve("run"), "--data", folder))
                .isEqualTo(WRONG_USAGE);
        assertThat(test.err()).contains("no captions are needed; leave out --data");
    }

    @Test
    void aTrainingIsNotResumedAsADistillation() throws IOException {
        Path run = folder.resolve("run");
        Path data = TinyData.pictures(folder.resolve("data"));
        zigma(
                "train",
                "--data",
                data,
                "--out",
                run,
                "--steps",
                "1",
                "--batch-size",
                "1",
                "--hidden-size",
                "8",
                "--depth",
                "1",
                "--patch-size",
                "4");

        assertThat(zigma("distil", "--out", run, "--resume")).as(test.err()).isEqualTo(FAILED);
        assertThat(test.err()).contains("is no distillation; resume it by zigma train --resume");
    }

    @Test
    void stepsThatDoNotGoIntoTheTeachersAreRefused() throws IOException {
        assertThat(distil(classes(), folder.resolve("run"), "--steps", "3")).isEqualTo(WRONG_USAGE);
        assertThat(test.err()).contains("the teacher takes 4 steps and the student 3");
        assertThat(folder.resolve("run")).doesNotExist();
    }

    private Path classes() throws IOException {
        return TinyCheckpoint.withClasses(folder.resolve("shoes"));
    }

    private ExitStatus distil(Path model, Path run, Object... more) {
        List<Object> words =
                new ArrayList<>(List.of("distil", "-m", model, "--out", run, "--steps", "2"));
        words.addAll(List.of("--teacher-steps", "4", "--train-steps", "3", "--batch-size", "4"));
        words.addAll(List.of("--sample-every", "0"));
        words.addAll(List.of(more));
        return zigma(words.toArray());
    }

    private ExitStatus zigma(Object... words) {
        return test.zigma(Arrays.stream(words).map(Object::toString).toArray(String[]::new));
    }
}

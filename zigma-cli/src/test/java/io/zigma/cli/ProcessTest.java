package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.zigma.cli.terminal.ExitStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every process trains, goes on, is exported, verified and sampled by the commands that exist. */
class ProcessTest {

    @TempDir private Path folder;
    private final ConsoleOfTest test = ConsoleOfTest.plain();
    private Path data;

    @BeforeEach
    void writeData() throws IOException {
        data = FlatColours.write(folder.resolve("data"), List.of("a", "b"), 4, 8);
    }

    @ParameterizedTest
    @CsvSource({
        "ddpm, variance=learned-range, ancestral",
        "ddpm, schedule=cosine, ddim",
        "ddpm, mean=x0, dpm++",
        "interpolant, prediction=data, heun-euler"
    })
    void aProcessGoesThroughEveryCommand(String process, String option, String sampler) {
        Path run = folder.resolve("run");
        zigma(
                "train",
                "--data",
                data.toString(),
                "--image-size",
                "8",
                "--out",
                run.toString(),
                "--process",
                process,
                "--process-option",
                option,
                "--patch-size",
                "4",
                "--hidden-size",
                "8",
                "--depth",
                "1",
                "--batch-size",
                "4",
                "--steps",
                "2",
                "--sample-every",
                "0");
        zigma(
                "train",
                "--data",
                data.toString(),
                "--image-size",
                "8",
                "--out",
                run.toString(),
                "--resume",
                "--steps",
                "3");
        Path exported = folder.resolve("exported");
        zigma("export", "-m", run.toString(), "-o", exported.toString());
        zigma("verify", "-m", exported.toString());
        String json = zigma("info", "-m", exported.toString(), "--json");
        JsonObject said = JsonParser.parseString(json).getAsJsonObject().getAsJsonObject("process");
        assertThat(said.get("kind").getAsString()).isEqualTo(process);
        String[] setting = option.split("=", 2);
        assertThat(said.get(setting[0]).getAsString()).isEqualTo(setting[1]);
        Path picture = folder.resolve("x.png");
        zigma(
                "generate",
                "-m",
                exported.toString(),
                "-c",
                "a",
                "--sampler",
                sampler,
                "--steps",
                "4",
                "-o",
                picture.toString());
        assertThat(picture).isNotEmptyFile();
    }

    @Test
    void anUnknownSettingIsRefusedWithTheList() {
        ExitStatus status =
                test.zigma(
                        "train",
                        "--data",
                        data.toString(),
                        "--image-size",
                        "8",
                        "--out",
                        folder.resolve("run").toString(),
                        "--process",
                        "ddpm",
                        "--process-option",
                        "variense=fixed");
        assertThat(status).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).contains("variance").hasLineCount(1);
    }

    private String zigma(String... words) {
        ConsoleOfTest console = ConsoleOfTest.plain();
        assertThat(console.zigma(words)).as(console.err()).isEqualTo(ExitStatus.DONE);
        return console.out();
    }
}

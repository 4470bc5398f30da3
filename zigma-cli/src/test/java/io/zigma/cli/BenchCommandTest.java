package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.zigma.bench.Effort;
import io.zigma.cli.command.BenchCommand;
import io.zigma.cli.option.Arguments;
import io.zigma.cli.terminal.ExitStatus;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BenchCommandTest {

    private final ConsoleOfTest test = ConsoleOfTest.plain();

    @Test
    void printsFiguresForPrograms() throws IOException {
        JsonObject json =
                JsonParser.parseString(bench("--parts", "scan,optimizer", "--json"))
                        .getAsJsonObject();
        assertThat(json.get("preset").getAsString()).isEqualTo("small");
        assertThat(json.get("tokens").getAsInt()).isEqualTo(4);
        assertThat(json.get("batch").getAsInt()).isEqualTo(2);
        assertThat(json.get("threads").getAsInt()).isPositive();
        assertThat(json.get("scan.forward.fused").getAsDouble()).isPositive();
        assertThat(json.get("model.optimizer").getAsDouble()).isPositive();
        assertThat(json.has("model.forward.fused")).isFalse();
    }

    @Test
    void printsATableForPeople() throws IOException {
        assertThat(bench("--parts", "convolution"))
                .contains("zigma small, 4 tokens, batch 2", "convolution, forward", "faster");
    }

    @Test
    void theScalingEndsWhereItIsTold() throws IOException {
        JsonObject json =
                JsonParser.parseString(bench("--parts", "scaling", "--longest", "512", "--json"))
                        .getAsJsonObject();
        List<Integer> tokens = new ArrayList<>();
        json.getAsJsonArray("scaling")
                .forEach(point -> tokens.add(point.getAsJsonObject().get("tokens").getAsInt()));
        assertThat(tokens).containsExactly(64, 128, 256, 512);
    }

    private String bench(String... words) throws IOException {
        BenchCommand command = new BenchCommand(new Effort(0.002, 1, 2, 0, 256, 0));
        List<String> tiny = List.of("--preset", "small", "--tokens", "4", "-b", "2", "--quick");
        List<String> all = Stream.concat(tiny.stream(), Stream.of(words)).toList();
        command.run(Arguments.parse(command, all), test.console());
        return test.out();
    }

    @ParameterizedTest
    @ValueSource(strings = {"dit", "uvit", "adm"})
    void measuresAnyBackbone(String backbone) throws IOException {
        JsonObject json =
                JsonParser.parseString(bench("--backbone", backbone, "--json")).getAsJsonObject();
        assertThat(json.get("backbone").getAsString()).isEqualTo(backbone);
        assertThat(json.get("model.forward.fused").getAsDouble()).isPositive();
        assertThat(json.keySet()).noneMatch(key -> key.startsWith("scan"));
    }

    @Test
    void refusesAPartThatTheBackboneHasNot() {
        assertThat(test.zigma("bench", "--backbone", "dit", "--parts", "forward,scan"))
                .isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err())
                .contains("--parts: scan is of layers with a Mamba mixer, which dit has not")
                .hasLineCount(1);
    }

    @Test
    void refusesAPresetOfAnotherBackbone() {
        assertThat(test.zigma("bench", "--backbone", "dit", "--preset", "h-4"))
                .isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).contains("--preset knows no 'h-4'").hasLineCount(1);
    }

    @Test
    void refusesAPresetThatThereIsNot() {
        assertThat(test.zigma("bench", "--preset", "b-3")).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).contains("--preset knows no 'b-3'").hasLineCount(1);
    }

    @Test
    void refusesAPartThatThereIsNot() {
        assertThat(test.zigma("bench", "--parts", "scan,norm")).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).contains("--parts knows no 'norm'", "scan,").hasLineCount(1);
    }
}

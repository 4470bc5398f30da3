package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.cli.terminal.ExitStatus;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {

    private final ConsoleOfTest test = ConsoleOfTest.plain();

    @ParameterizedTest(name = "{0}")
    @CsvSource({"genrate, generate", "inf, info", "hepl, help", "--verison, --version"})
    void anUnknownCommandIsRefusedWithTheNearestRightOne(String wrong, String right) {
        assertThat(test.zigma(wrong)).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err())
                .startsWith("zigma: there is no command '" + wrong + "'; did you mean '" + right)
                .hasLineCount(1);
    }

    @Test
    void anUnknownOptionIsRefusedWithTheNearestRightOne() {
        assertThat(test.zigma("generate", "--stps", "4")).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err())
                .startsWith("zigma: generate has no option '--stps'; did you mean '--steps'?")
                .hasLineCount(1);
    }

    @Test
    void anUnknownOptionWithItsValueIsRefusedToo() {
        assertThat(test.zigma("generate", "--sed=4")).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).contains("did you mean '--seed'?").hasLineCount(1);
    }

    @Test
    void aWordWithoutOptionIsRefused() {
        assertThat(test.zigma("info", "models/fashion")).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).contains("'models/fashion'").hasLineCount(1);
    }

    @Test
    void anOptionWithoutItsValueIsRefused() {
        assertThat(test.zigma("generate", "--seed")).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).startsWith("zigma: --seed needs a value").hasLineCount(1);
    }

    @Test
    void noCommandAtAllListsThem() {
        assertThat(test.zigma()).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).contains("generate").contains("info").hasLineCount(1);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"help", "--help", "-h"})
    void helpListsTheCommands(String word) {
        assertThat(test.zigma(word)).isEqualTo(ExitStatus.DONE);
        assertThat(test.out()).contains("Usage: zigma COMMAND", "generate", "info", "Examples:");
        assertThat(test.err()).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"help, generate", "generate, --help", "generate, -h"})
    void helpForACommandListsItsOptions(String first, String second) {
        assertThat(test.zigma(first, second)).isEqualTo(ExitStatus.DONE);
        assertThat(test.out())
                .contains("Usage: zigma generate -m DIR", "-c, --class CLASS", "--cfg-scale S");
        assertThat(test.out().lines()).allMatch(line -> line.length() <= 96);
    }

    @Test
    void theVersionIsThatOfTheBuild() {
        assertThat(test.zigma("--version")).isEqualTo(ExitStatus.DONE);
        assertThat(test.out()).matches("zigma \\d+\\.\\d+\\.\\d+\\S*\\R");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void resultsThatAreLostAreAFailure(@TempDir Path folder) throws Exception {
        List<String> full = List.of("sh", "-c", "exec \"$@\" >/dev/full", "sh");
        ZigmaProcess.Ended ended = ZigmaProcess.start(folder, full, List.of("--version")).await();

        ended.expectRefusal(ExitStatus.FAILED.code());
        assertThat(ended.err()).contains("the results could not be written whole");
    }

    @Test
    void debugAddsTheStackTrace() {
        assertThat(test.zigma("info", "-m", "no/such/folder", "--debug"))
                .isEqualTo(ExitStatus.FAILED);
        assertThat(test.err()).startsWith("zigma: there is no folder no/such/folder");
        assertThat(test.err()).contains("\tat io.zigma.");
    }
}

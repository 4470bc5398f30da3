package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.cli.terminal.Console;
import io.zigma.cli.terminal.StopRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class StopRequestTest {

    @TempDir Path folder;

    @Test
    void theFirstCtrlCWaitsAndAnnouncesThatASecondDoesNot() throws Exception {
        Process process = start();
        interrupt(process);
        awaitOutput("stopping (Ctrl-C again ends at once)");
        assertThat(process.waitFor(500, TimeUnit.MILLISECONDS)).as("ended by the first").isFalse();

        interrupt(process);

        assertThat(process.waitFor(20, TimeUnit.SECONDS)).as("ended by the second").isTrue();
        assertThat(process.exitValue()).isEqualTo(130);
        assertThat(said()).contains("ended at once");
    }

    private Process start() throws Exception {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                Endless.class.getName())
                        .redirectError(folder.resolve("err").toFile())
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        awaitOutput("working");
        return process;
    }

    private static void interrupt(Process process) throws Exception {
        new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
    }

    private void awaitOutput(String words) throws Exception {
        for (int i = 0; i < 600 && !said().contains(words); i++) {
            Thread.sleep(50);
        }
        assertThat(said()).contains(words);
    }

    private String said() throws Exception {
        return Files.readString(folder.resolve("err"));
    }

    /** Work that never comes to its end, in a process of its own. */
    static final class Endless {

        private Endless() {}

        public static void main(String[] arguments) throws InterruptedException {
            Console console = Console.ofProcess();
            try (StopRequest stop = StopRequest.listen(console, "stopping", () -> {})) {
                console.say("working");
                new CountDownLatch(1).await();
            }
        }
    }
}

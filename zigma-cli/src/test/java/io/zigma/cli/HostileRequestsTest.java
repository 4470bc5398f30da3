package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.cli.terminal.ExitStatus;
import io.zigma.pipeline.GeneratedImage;
import io.zigma.pipeline.GenerationListener;
import io.zigma.pipeline.GenerationRequest;
import io.zigma.pipeline.ImageGenerator;
import io.zigma.sampler.Samplers;
import io.zigma.testing.FaultGroup;
import io.zigma.testing.FaultLine;
import io.zigma.testing.FaultScale;
import io.zigma.testing.FaultTable;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.commons.cli.Option;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is asked for is made or refused in one line. */
@Tag("faults")
@ExtendWith(FaultTable.class)
class HostileRequestsTest {

    /** Values that no option means. */
    private static final List<String> NEVER =
            List.of("", "abc", "NaN", "nan", "Infinity", "1e999", "0x10", "--");

    /** Values that some options mean. */
    private static final List<String> SOMETIMES =
            List.of("0", "-1", "0.5", "-0.0", "2147483648", "9".repeat(30));

    private static final Set<String> NUMBERS =
            Set.of("N", "M", "R", "S", "P", "K", "W", "NORM", "FROM,TO", "A,B", "L,T,R,B");

    /** What other options take; whoever adds a name says here or above which it is. */
    private static final Set<String> OTHERS =
            Set.of(
                    "A,B,...",
                    "ADDRESS",
                    "CLASS",
                    "CLASS|TEXT",
                    "DIR",
                    "FILE",
                    "NAME",
                    "NAME=VALUE",
                    "NAME|DIR",
                    "NAME|GRID",
                    "TEXT",
                    "on|off");

    @TempDir Path folder;
    private Path model = Path.of("");
    private Path data = Path.of("");

    @BeforeEach
    void writeModelAndData() throws IOException {
        model = TinyCheckpoint.withClasses(folder.resolve("model"));
        data = TinyData.idx(folder.resolve("data"));
    }

    @Test
    void everyNumericOptionRefusesWhatIsNoSuchNumber() throws Exception {
        try (FaultLine never =
                        FaultTable.line(
                                FaultGroup.REQUESTS,
                                "every numeric option of `generate` and `train` as empty, word,"
                                        + " NaN, infinity, hexadecimal: refused, status"
                                        + " 2");
                FaultLine sometimes =
                        FaultTable.line(
                                FaultGroup.REQUESTS,
                                "every numeric option at 0, −1, 0.5, −0, 2³¹: used where it has a"
                                        + " meaning, else refused in one line")) {
            for (String command : List.of("generate", "train")) {
                for (Option option : numericOptions(command)) {
                    String name = "--" + option.getLongOpt();
                    for (String value : NEVER) {
                        never.attempt(
                                command + " " + name + " " + value,
                                () -> {
                                    ConsoleOfTest console = ConsoleOfTest.plain();
                                    assertThat(console.zigma(words(command, name, value)))
                                            .as(console.err())
                                            .isEqualTo(ExitStatus.WRONG_USAGE);
                                    requireOneLine(console.err());
                                });
                    }
                    for (String value : SOMETIMES) {
                        sometimes.attempt(
                                command + " " + name + " " + value,
                                () -> {
                                    ConsoleOfTest console = ConsoleOfTest.plain();
                                    if (console.zigma(words(command, name, value))
                                            != ExitStatus.DONE) {
                                        requireOneLine(console.err());
                                    }
                                });
                    }
                }
            }
        }
    }

    @Test
    void namesThatAreNoneAreRefusedBeforeAnythingIsWritten() throws Exception {
        String picture = folder.resolve("a.png").toString();
        String[][] wrong = {
            {"generate", "-m", model.toString(), "-o", picture, "-c", "no such class"},
            {"generate", "-m", model.toString(), "-o", picture, "--sampler", "magic"},
            {"generate", "-m", model.toString(), "-o", picture, "--device", "abacus"},
            {"generate", "-m", model.toString(), "-o", picture, "-p", "word ".repeat(10_000)},
            {"generate", "-m", model.toString(), "-o", picture, "-c", "x".repeat(100_000)},
            {"generate", "-m", model.toString(), "-o", picture, "-c", "\ud800\u0000\u001b[2J\n"},
            {"generate", "-m", model.toString(), "-o", folder.toString()},
            {"generate", "-m", model.toString(), "-o", folder.resolve("no/a.png").toString()},
            {"generate", "-m", folder.resolve("nothing").toString(), "-o", picture},
            {"generate", "-m", data.toString(), "-o", picture},
            {"generate", "-m", "\u0000", "-o", picture},
            {"train", "--data", data.toString(), "--out", model.toString()},
            {"train", "--data", model.toString(), "--out", folder.resolve("r").toString()},
            {
                "train",
                "--data",
                data.toString(),
                "--out",
                data.resolve("x/y").toString(),
                "--scan",
                "spiral"
            },
            {"import", picture, "-o", folder.resolve("new").toString()},
            {"export", "-m", model.toString(), "-o", model.toString()},
            {"info", "-m", data.toString()},
            {"nonsense"},
        };
        try (FaultLine line =
                FaultTable.line(
                        FaultGroup.REQUESTS,
                        "unknown names, missing folders, a folder as output, 10,000-word and"
                                + " 100,000-letter texts, control characters: one line, nothing"
                                + " written")) {
            for (String[] words : wrong) {
                line.attempt(
                        words[0] + " " + words[words.length - 1].length(),
                        () -> HostileFiles.refused(folder, words));
            }
            Files.writeString(Path.of(picture), "mine");
            line.attempt(
                    "existing file",
                    () -> {
                        HostileFiles.refused(
                                folder, "generate", "-m", model.toString(), "-o", picture);
                        assertThat(Path.of(picture)).hasContent("mine");
                    });
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void wordsThatAreNotUtf8AreRefused() throws Exception {
        try (FaultLine line =
                FaultTable.line(
                        FaultGroup.REQUESTS,
                        "bytes that are not UTF-8 as class: refused, status 2")) {
            line.attempt(
                    "bytes",
                    () -> {
                        List<String> bash =
                                List.of("bash", "-c", "exec \"$@\" -c $'\\xff\\xfe'", "bash");
                        ZigmaProcess.start(
                                        folder,
                                        bash,
                                        List.of("generate", "-m", "model", "-o", "a.png"))
                                .await()
                                .expectRefusal(2);
                    });
        }
    }

    @Test
    void manyRequestsAtOnceGetTheSamePicturesAsAlone() throws Exception {
        int requests = FaultScale.times(100, 12);
        try (ImageGenerator generator =
                        ImageGenerator.load(CheckpointFolder.open(model), Device.cpu());
                FaultLine line =
                        FaultTable.line(
                                FaultGroup.REQUESTS,
                                "concurrent requests through one loaded model: each gets the"
                                        + " pictures that it gets alone")) {
            List<byte[]> alone = new ArrayList<>();
            for (int i = 0; i < requests; i++) {
                alone.add(pixels(generator.generate(request(i), GenerationListener.NONE)));
            }
            ExecutorService threads = Executors.newFixedThreadPool(requests);
            try {
                List<Future<byte[]>> together = new ArrayList<>();
                for (int i = 0; i < requests; i++) {
                    int number = i;
                    together.add(
                            threads.submit(
                                    () ->
                                            pixels(
                                                    generator.generate(
                                                            request(number),
                                                            GenerationListener.NONE))));
                }
                for (int i = 0; i < requests; i++) {
                    int number = i;
                    line.attempt(
                            "request " + i,
                            () ->
                                    assertThat(together.get(number).get())
                                            .isEqualTo(alone.get(number)));
                }
            } finally {
                threads.shutdown();
            }
        }
    }

    @Test
    void aRequestThatIsCancelledHarmsNoOther() throws Exception {
        try (ImageGenerator generator =
                        ImageGenerator.load(CheckpointFolder.open(model), Device.cpu());
                FaultLine line =
                        FaultTable.line(
                                FaultGroup.REQUESTS,
                                "cancelled in mid-sampling: the caller is notified, and the next"
                                        + " request gets its pictures")) {
            byte[] expected = pixels(generator.generate(request(1), GenerationListener.NONE));
            for (int i = 0; i < FaultScale.times(100, 5); i++) {
                int after = i % 3;
                line.attempt(
                        "after step " + after,
                        () -> {
                            GenerationListener impatient =
                                    (done, total) -> {
                                        if (done > after) {
                                            throw new CancellationException("enough");
                                        }
                                    };
                            assertThatThrownBy(() -> generator.generate(request(1), impatient))
                                    .isInstanceOf(CancellationException.class);
                            assertThat(
                                            pixels(
                                                    generator.generate(
                                                            request(1), GenerationListener.NONE)))
                                    .isEqualTo(expected);
                        });
            }
        }
    }

    private static GenerationRequest request(int number) {
        return GenerationRequest.of(number % 3, 2, 7 * number, Samplers.of("heun", 4), 2);
    }

    private static byte[] pixels(List<GeneratedImage> images) {
        byte[] all = new byte[0];
        for (GeneratedImage image : images) {
            BufferedImage picture = image.picture();
            byte[] one = ((DataBufferByte) picture.getRaster().getDataBuffer()).getData();
            int before = all.length;
            all = Arrays.copyOf(all, before + one.length);
            System.arraycopy(one, 0, all, before, one.length);
        }
        return all;
    }

    private static List<Option> numericOptions(String command) {
        List<Option> options =
                Main.command(command).sections().stream()
                        .flatMap(section -> section.options().stream())
                        .filter(Option::hasArg)
                        .toList();
        assertThat(options)
                .extracting(Option::getArgName)
                .allMatch(name -> NUMBERS.contains(name) || OTHERS.contains(name));
        return options.stream().filter(option -> NUMBERS.contains(option.getArgName())).toList();
    }

    /** A command that works, then the option: the last one counts. */
    private String[] words(String command, String option, String value) throws IOException {
        Path out = Files.createTempDirectory(folder, "out");
        List<String> words = new ArrayList<>(List.of(command));
        if (command.equals("generate")) {
            words.addAll(List.of("-m", model.toString(), "-o", out.resolve("a.png").toString()));
            words.addAll(List.of("--steps", "1", "-n", "1", "-s", "1"));
        } else {
            words.addAll(List.of("--data", data.toString(), "--out", out.resolve("r").toString()));
            words.addAll(List.of("--steps", "1", "--batch-size", "1", "--hidden-size", "8"));
            words.addAll(List.of("--depth", "1", "--patch-size", "4", "--sample-every", "0"));
        }
        words.addAll(List.of(option, value));
        return words.toArray(new String[0]);
    }

    private static void requireOneLine(String said) {
        String last = said.substring(said.stripTrailing().lastIndexOf('\n') + 1);
        assertThat(last).startsWith("zigma: ").doesNotContain("unexpected");
        assertThat(said).doesNotContain("\tat ");
    }
}

package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToIntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher for Windows, read and followed: nothing but Windows can run it. */
class WindowsLauncherTest {

    /** What may be in a folder's name on Windows and means something to cmd.exe. */
    private static final String ROOT = "C:\\R&D (x86)\\it's ^50\\zigma\\";

    private static final String TARGET = ROOT + "zigma-cli\\target";
    private static final Path FILE = Path.of(System.getProperty("zigma.root"), "zigma.cmd");

    private BatchFile launcher;

    @BeforeEach
    void read() throws IOException {
        launcher = new BatchFile(FILE);
    }

    @Test
    void itsLinesEndAsCmdExeNeeds() throws IOException {
        String text = Files.readString(FILE, StandardCharsets.ISO_8859_1);
        assertThat(text.replace("\r\n", "")).doesNotContain("\r").doesNotContain("\n");
        assertThat(text.chars()).as("all ASCII, in any code page").allMatch(c -> c < 128);
        assertThat(text).endsWith("\r\n");
        assertThat(text.lines())
                .as("a space behind a caret is escaped")
                .noneMatch(line -> line.matches(".*\\^ +"));
    }

    @Test
    void everyLabelIsThereOnceAndUsed() {
        List<String> labels =
                launcher.lines().stream()
                        .filter(line -> line.startsWith(":"))
                        .map(line -> line.substring(1))
                        .toList();
        Set<String> used = new TreeSet<>();
        launcher.lines().stream()
                .map(Pattern.compile("goto (\\w+)")::matcher)
                .forEach(m -> m.results().forEach(found -> used.add(found.group(1))));
        assertThat(labels).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(used);
    }

    @Test
    void foldersAreInQuotesAndNoBlockIsInParentheses() {
        for (String line : commands()) {
            Matcher folder =
                    Pattern.compile("%(~dp0|ROOT%|TARGET%|JAVA%|JAVA_HOME%|CLASSES%|REVISION%)")
                            .matcher(line);
            while (folder.find()) {
                long quotes =
                        line.substring(0, folder.start()).chars().filter(c -> c == '"').count();
                assertThat(quotes % 2).as(line).isEqualTo(1);
            }
            String unquoted = line.replaceAll("\"[^\"]*\"", "");
            // the loop's own parentheses are closed on its line
            assertThat(unquoted.replaceAll("in \\('[^']*'\\) do", "")).doesNotContain("(", ")");
        }
    }

    @Test
    void noQuotedWordOfAProgramEndsInABackslash() {
        // which would make the quote behind it a letter of the word
        for (String program : run(archive(), Map.of()).programs()) {
            assertThat(program).doesNotContain("\\\"");
        }
        for (String program : run(Set.of(ROOT + "pom.xml", ROOT + ".git"), Map.of()).programs()) {
            assertThat(program).doesNotContain("\\\"");
        }
    }

    @Test
    void everyMessageIsOneLineOnStandardErrorAndEndsWithStatusOne() {
        List<String> lines = launcher.lines();
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith("echo zigma: ")) {
                assertThat(lines.get(i)).endsWith(" 1>&2");
                if (!lines.get(i).contains("building")) {
                    assertThat(lines.get(i + 1)).isEqualTo("exit /b 1");
                }
            }
        }
    }

    @Test
    void anUnpackedArchiveRunsWithAJavaAlone() {
        BatchFile.Run run = run(archive(), Map.of());
        assertThat(run.programs()).hasSize(2).noneMatch(program -> program.contains("mvn"));
        assertThat(run.messages()).isEmpty();
        assertThat(last(run)).contains("-cp \"" + ROOT + "lib\\*\" io.zigma.cli.Main");
    }

    @Test
    void theProgramGetsItsWordsAndTheOptionsOfTheOtherLauncher() throws IOException {
        String other = Files.readString(FILE.resolveSibling("zigma"));
        BatchFile.Run run = run(archive(), Map.of("ZIGMA_JAVA_OPTS", "-Xmx2g -Dx=y"));
        for (String option :
                List.of(
                        "--add-modules jdk.incubator.vector",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Dai.djl.offline=true",
                        "-Djava.awt.headless=true")) {
            assertThat(other).contains(option);
            assertThat(last(run)).contains(" " + option + " ");
        }
        assertThat(last(run))
                .contains(" -Dorg.slf4j.simpleLogger.defaultLogLevel=error -Xmx2g -Dx=y -cp ")
                .endsWith(" io.zigma.cli.Main generate -c \"ankle boot\" -o \"a b%d.png\"");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 130})
    void theStatusOfTheProgramIsItsOwn(int status) {
        BatchFile.Run run =
                launcher.run(place(archive(), Map.of(), p -> p.contains("Main") ? status : 0));
        assertThat(run.status()).isEqualTo(status);
    }

    @Test
    void aJavaThatIsTooOldIsNamedBeforeAnythingElse() {
        BatchFile.Run run = launcher.run(place(archive(), Map.of(), p -> 1));
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.messages()).singleElement().asString().contains("needs a Java 17 or newer");
        assertThat(run.programs()).allMatch(program -> program.contains(" -version "));
    }

    @Test
    void aJavaWithoutTheVectorApiRunsTheProgramAllTheSame() {
        BatchFile.Run run =
                launcher.run(place(archive(), Map.of(), p -> p.contains("vector") ? 1 : 0));
        assertThat(last(run)).contains("io.zigma.cli.Main").doesNotContain("vector");
    }

    @Test
    void theJavaOfJavaHomeIsTaken() {
        BatchFile.Run run = run(archive(), Map.of("JAVA_HOME", "C:\\Program Files\\Java (17)"));
        assertThat(run.programs())
                .allMatch(p -> p.startsWith("\"C:\\Program Files\\Java (17)\\bin\\java\" "));
    }

    @Test
    void aCheckoutThatIsBuiltIsNotBuiltAgain() {
        BatchFile.Run run = run(Set.of(ROOT + "pom.xml", TARGET + "\\launcher.built"), Map.of());
        assertThat(run.programs()).noneMatch(program -> program.contains("mvn"));
        assertThat(last(run)).contains("-cp \"" + TARGET + "\\*;" + TARGET + "\\lib\\*\" ");
    }

    @Test
    void aNewCheckoutIsBuiltAndThenRun() {
        BatchFile.Run run = run(Set.of(ROOT + "pom.xml"), Map.of());
        assertThat(run.programs())
                .anyMatch(
                        p ->
                                p.startsWith("call mvn ")
                                        && p.contains("-pl zigma-cli -am -DskipTests")
                                        && p.endsWith(
                                                " package >\""
                                                        + TARGET
                                                        + "\\launcher-build.log\" 2>&1"));
        assertThat(run.messages()).singleElement().asString().contains("building");
        assertThat(last(run)).contains("io.zigma.cli.Main");
    }

    @Test
    void aBuildThatFailsNamesItsLog() {
        BatchFile.Run run =
                launcher.run(
                        place(
                                Set.of(ROOT + "pom.xml"),
                                Map.of(),
                                p -> p.startsWith("call mvn") ? 1 : 0));
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.messages().get(1)).contains("\"" + TARGET + "\\launcher-build.log\"");
        assertThat(run.programs()).noneMatch(program -> program.contains("io.zigma.cli.Main"));
    }

    @Test
    void withoutMavenWhatMavenBuiltElsewhereRuns() {
        Set<String> built = Set.of(ROOT + "pom.xml", TARGET + "\\lib");
        BatchFile.Run run =
                launcher.run(place(built, Map.of(), p -> p.startsWith("where mvn") ? 1 : 0));
        assertThat(last(run)).contains("io.zigma.cli.Main");
        assertThat(run.messages()).isEmpty();
    }

    @Test
    void withoutMavenAndABuildItNamesWhatIsMissing() {
        BatchFile.Run run =
                launcher.run(
                        place(
                                Set.of(ROOT + "pom.xml"),
                                Map.of(),
                                p -> p.startsWith("where mvn") ? 1 : 0));
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.messages()).singleElement().asString().contains("install Maven");
    }

    @Test
    void variablesOfOtherSoftwareDoNotCount() {
        Map<String, String> others =
                Map.of(
                        "DJL_DEFAULT_ENGINE", "TensorFlow",
                        "PYTORCH_VERSION", "1.13.1",
                        "PYTORCH_FLAVOR", "cu117",
                        "PYTORCH_PRECXX11", "true");
        assertThat(run(archive(), others).set())
                .doesNotContainKeys(others.keySet().toArray(new String[0]));

        Map<String, String> own = new TreeMap<>(others);
        own.put("PYTORCH_LIBRARY_PATH", "C:\\libtorch");
        assertThat(run(archive(), own).set())
                .containsKeys("PYTORCH_VERSION", "PYTORCH_FLAVOR", "PYTORCH_PRECXX11")
                .doesNotContainKey("DJL_DEFAULT_ENGINE");

        Map<String, String> djl = new TreeMap<>(others);
        djl.put("ZIGMA_ENGINE", "djl");
        assertThat(run(archive(), djl).set()).containsAllEntriesOf(others);
    }

    @Test
    void whatTheUserSetsForThreadsAndLogsStays() {
        assertThat(run(archive(), Map.of()).set()).containsEntry("OMP_WAIT_POLICY", "PASSIVE");
        BatchFile.Run run =
                run(archive(), Map.of("OMP_WAIT_POLICY", "ACTIVE", "ZIGMA_LOG", "debug"));
        assertThat(run.set()).containsEntry("OMP_WAIT_POLICY", "ACTIVE");
        assertThat(last(run)).contains("defaultLogLevel=debug");
    }

    private List<String> commands() {
        return launcher.lines().stream().filter(line -> !line.startsWith("rem ")).toList();
    }

    private static Set<String> archive() {
        return Set.of(ROOT + "lib", ROOT + "models");
    }

    private static String last(BatchFile.Run run) {
        return run.programs().get(run.programs().size() - 1);
    }

    private BatchFile.Run run(Set<String> files, Map<String, String> variables) {
        return launcher.run(place(files, variables, program -> 0));
    }

    private static BatchFile.Place place(
            Set<String> files, Map<String, String> variables, ToIntFunction<String> status) {
        String words = "generate -c \"ankle boot\" -o \"a b%d.png\"";
        return new BatchFile.Place(ROOT, words, variables, files, status);
    }
}

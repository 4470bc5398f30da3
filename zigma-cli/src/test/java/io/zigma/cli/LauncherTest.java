package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the launcher script in a folder like a checkout that has just been built. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {

    @TempDir Path folder;
    private Path checkout;
    private Path maven;

    @BeforeEach
    void layOutACheckout() throws IOException {
        checkout = Files.createDirectory(folder.resolve("check out"));
        Files.copy(Path.of(System.getProperty("zigma.root"), "zigma"), checkout.resolve("zigma"));
        Files.writeString(checkout.resolve("pom.xml"), "a project");
        Files.createDirectories(checkout.resolve("zigma-cli/src/main"));
        Files.writeString(checkout.resolve("zigma-cli/src/main/Main.java"), "a class");
        Path target = Files.createDirectories(checkout.resolve("zigma-cli/target"));
        writeJarOfOwnClassPath(
                Files.createDirectory(target.resolve("build-1")).resolve("zigma-cli-0.jar"));
        Path built = Files.writeString(target.resolve("launcher.built"), "build-1\n");
        Files.setLastModifiedTime(built, FileTime.from(Instant.now().plusSeconds(60)));
        installMavenThatBuildsAtOnce();
    }

    @Test
    void saysNothingOfItsOwn() throws Exception {
        Ended ended = run(folder, Map.of(), checkout.resolve("zigma"), "--version");

        assertThat(ended.err()).isEmpty();
        assertThat(ended.out()).startsWith("zigma ");
        assertThat(ended.status()).isZero();
    }

    @Test
    void worksThroughSymbolicLinks() throws Exception {
        Path first = Files.createSymbolicLink(folder.resolve("one"), checkout.resolve("zigma"));
        Path second = Files.createSymbolicLink(folder.resolve("two"), first.getFileName());

        Ended ended = run(Path.of("/"), Map.of(), second, "--version");

        assertThat(ended.status()).as(ended.err()).isZero();
    }

    @Test
    void passesOnWordsLinesAndStatus() throws Exception {
        Ended ended = run(folder, Map.of(), checkout.resolve("zigma"), "no such  command");

        assertThat(ended.err()).startsWith("zigma: there is no command 'no such  command'");
        assertThat(ended.err().lines()).hasSize(1);
        assertThat(ended.status()).isEqualTo(2);
    }

    @Test
    void saysWhenJavaHomeHoldsNoJava() throws Exception {
        Ended ended =
                run(
                        folder,
                        Map.of("JAVA_HOME", folder.toString()),
                        checkout.resolve("zigma"),
                        "--version");

        assertThat(ended.err()).startsWith("zigma: JAVA_HOME is ").contains("Java 17");
        assertThat(ended.status()).isEqualTo(1);
    }

    @Test
    void passesOnJavasMessageOnOptionsInTheEnvironmentAndNoMore() throws Exception {
        Ended ended =
                run(
                        folder,
                        Map.of("JAVA_TOOL_OPTIONS", "-Dsome=thing"),
                        checkout.resolve("zigma"),
                        "--version");

        assertThat(ended.err().lines()).hasSize(1).allMatch(line -> line.contains("-Dsome=thing"));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"C", "POSIX", "no_SUCH.UTF-8"})
    void readsWordsWithOtherLettersWhereTheLocaleIsNotUtf8(String locale) throws Exception {
        // the shell makes the word, as this Java may itself be unable to
        Path script = folder.resolve("script");
        Files.writeString(
                script,
                "exec bash '%s' info -m \"$(printf 'caf\\303\\251')\"\n"
                        .formatted(checkout.resolve("zigma")));

        Ended ended = ended(start(folder, Map.of("LC_ALL", locale), script, List.of()));

        assertThat(ended.err()).contains("caf\u00e9");
    }

    @Test
    void worksInAFolderWithAColonInItsName() throws Exception {
        Path named = Files.move(checkout, folder.resolve("a:b"));

        Ended ended = run(folder, Map.of(), named.resolve("zigma"), "--version");

        assertThat(ended.status()).as(ended.err()).isZero();
        assertThat(ended.out()).startsWith("zigma ");
    }

    @Test
    void leavesNothingBehindThatItNeededForAColon() throws Exception {
        Path named = Files.move(checkout, folder.resolve("a:b"));
        Path temporary = Files.createDirectory(folder.resolve("tmp"));

        run(folder, Map.of("TMPDIR", temporary.toString()), named.resolve("zigma"), "--version");

        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void buildsInAFolderWithAColonInItsName() throws Exception {
        Files.delete(mark());
        Path named = Files.move(checkout, folder.resolve("a:b"));

        Ended ended = run(folder, Map.of(), named.resolve("zigma"), "--version");

        assertThat(ended.status()).as(ended.err()).isZero();
        assertThat(Files.readString(maven.resolve("calls"))).doesNotContain("a:b");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"sh", "bash --posix"})
    void worksWhenAnotherShellReadsIt(String shell) throws Exception {
        Path script = folder.resolve("script");
        Files.writeString(
                script, "exec %s '%s' --version\n".formatted(shell, checkout.resolve("zigma")));

        Ended ended = ended(start(folder, Map.of(), script, List.of()));

        assertThat(ended.err()).isEmpty();
        assertThat(ended.status()).isZero();
    }

    @Test
    void aPyTorchThatOtherSoftwareNamesDoesNotCount() throws Exception {
        Process process =
                start(
                        folder,
                        Map.of("PYTORCH_VERSION", "1.0.0a0", "DJL_DEFAULT_ENGINE", "TensorFlow"),
                        checkout.resolve("zigma"),
                        List.of(
                                "verify",
                                "-m",
                                Path.of(System.getProperty("zigma.root"), "models/fashion")
                                        .toString()));
        Ended ended = ended(process);

        assertThat(ended.status()).as(ended.err()).isZero();
    }

    @Test
    void saysOnceThatTheOptimisingCompilerIsMissing() throws Exception {
        Process process =
                start(
                        folder,
                        Map.of("ZIGMA_JAVA_OPTS", "-XX:TieredStopAtLevel=1"),
                        checkout.resolve("zigma"),
                        List.of(
                                "verify",
                                "-m",
                                Path.of(System.getProperty("zigma.root"), "models/fashion")
                                        .toString()));
        Ended ended = ended(process);

        assertThat(ended.err()).contains("leave out -XX:TieredStopAtLevel").hasLineCount(1);
        assertThat(ended.status()).isZero();
    }

    @Test
    void writesNothingWhereTheBuildIsGood() throws Exception {
        Map<String, String> before = content(checkout);

        run(folder, Map.of(), checkout.resolve("zigma"), "--version");

        assertThat(content(checkout)).isEqualTo(before);
    }

    @Test
    void buildsWhatIsNotBuilt() throws Exception {
        Files.delete(mark());

        Ended ended = run(folder, Map.of(), checkout.resolve("zigma"), "--version");

        assertThat(ended.err()).contains("building for the first time").hasLineCount(1);
        assertThat(ended.out()).startsWith("zigma ");
        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void buildsWhatHasChangedAndOnlyOnce() throws Exception {
        buildOnce();
        Files.writeString(checkout.resolve("zigma-cli/src/main/Main.java"), "another class");

        Ended changed = run(folder, Map.of(), checkout.resolve("zigma"), "--version");
        Ended again = run(folder, Map.of(), checkout.resolve("zigma"), "--version");

        assertThat(changed.err()).contains("sources have changed");
        assertThat(again.err()).isEmpty();
        assertThat(builds()).isEqualTo(2);
    }

    @Test
    void seesAFileThatWasRemovedAndOneThatCameWithAnOldTime() throws Exception {
        Path extra = Files.writeString(checkout.resolve("zigma-cli/src/main/Extra.java"), "extra");
        buildOnce();
        Files.delete(extra);
        run(folder, Map.of(), checkout.resolve("zigma"), "--version");
        assertThat(builds()).isEqualTo(2);

        Path changed = checkout.resolve("zigma-cli/src/main/Main.java");
        Files.writeString(changed, "another class");
        Files.setLastModifiedTime(changed, FileTime.from(Instant.EPOCH));
        run(folder, Map.of(), checkout.resolve("zigma"), "--version");

        assertThat(builds()).isEqualTo(3);
    }

    @Test
    void aCopyOfACheckoutIsNotBuiltAgain() throws Exception {
        buildOnce();
        Path copy = folder.resolve("copy");
        new ProcessBuilder("cp", "-R", checkout.toString(), copy.toString()).start().waitFor();

        Ended ended = run(folder, Map.of(), copy.resolve("zigma"), "--version");

        assertThat(ended.err()).isEmpty();
        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void namesTheLogWhenTheBuildFailsAndPreservesTheBuildThatWorks() throws Exception {
        buildOnce();
        Files.writeString(checkout.resolve("pom.xml"), "another project");
        Files.createFile(maven.resolve("broken"));

        Ended failed = run(folder, Map.of(), checkout.resolve("zigma"), "--version");
        assertThat(failed.err()).contains("building", "[ERROR] broken", "launcher-build.log");
        assertThat(failed.status()).isEqualTo(1);

        Ended old = run(folder, withoutMaven(), checkout.resolve("zigma"), "--version");
        assertThat(old.err()).contains("sources have changed", "Maven").hasLineCount(1);
        assertThat(old.out()).startsWith("zigma ");
        assertThat(old.status()).isZero();
    }

    @Test
    void runsWhatMavenBuiltWhereThereIsNoMaven() throws Exception {
        buildOnce();
        Files.delete(mark());

        Ended ended = run(folder, withoutMaven(), checkout.resolve("zigma"), "--version");

        assertThat(ended.err()).isEmpty();
        assertThat(ended.status()).isZero();
    }

    @Test
    void saysWhatIsMissingWhereNothingIsBuiltAndThereIsNoMaven() throws Exception {
        Files.delete(mark());

        Ended ended = run(folder, withoutMaven(), checkout.resolve("zigma"), "--version");

        assertThat(ended.err()).contains("there is no mvn; install Maven").hasLineCount(1);
        assertThat(ended.status()).isEqualTo(1);
    }

    @Test
    void anUnpackedArchiveNeedsNoBuild() throws Exception {
        Path archive = Files.createDirectory(folder.resolve("archive"));
        Files.copy(checkout.resolve("zigma"), archive.resolve("zigma"));
        writeJarOfOwnClassPath(
                Files.createDirectory(archive.resolve("lib")).resolve("zigma-cli-0.jar"));

        Ended ended = run(folder, withoutMaven(), archive.resolve("zigma"), "--version");

        assertThat(ended.err()).isEmpty();
        assertThat(ended.status()).isZero();
        assertThat(archive.resolve("zigma-cli")).doesNotExist();
    }

    /** Java would take the part before the colon for an archive of its own. */
    @ParameterizedTest
    @CsvSource({
        "ZIGMA_CACHE_DIR, %s/cache, true",
        "ZIGMA_CACHE_DIR, %s/ca:che, false",
        "XDG_CACHE_HOME, %s/cache, true",
        "XDG_CACHE_HOME, cache, false"
    })
    void startsWithAnArchiveOfClassesWhoseNameJavaCanRead(
            String variable, String cache, boolean used) throws Exception {
        Path archive = Files.createDirectory(folder.resolve("archive"));
        Files.copy(checkout.resolve("zigma"), archive.resolve("zigma"));
        Files.createDirectory(archive.resolve("lib"));
        Path java = Files.createDirectories(folder.resolve("java/bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\necho \"$@\"\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();
        Files.writeString(folder.resolve("java/release"), "JAVA_VERSION=\"17.0.1\"\n");
        String cacheFolder = cache.formatted(folder);
        Path classes =
                folder.resolve(cacheFolder)
                        .resolve(variable.startsWith("XDG") ? "zigma/classes" : "classes");
        String name = archive.toRealPath().toString().replaceAll("[^A-Za-z0-9.]", "_");
        name = name.substring(Math.max(0, name.length() - 150)) + "-17.0.1.jsa";
        Files.writeString(Files.createDirectories(classes).resolve(name), "classes");
        Map<String, String> environment = new TreeMap<>();
        environment.put("JAVA_HOME", folder.resolve("java").toString());
        environment.put("ZIGMA_CACHE_DIR", "");
        environment.put(variable, cacheFolder);

        Ended ended = run(folder, environment, archive.resolve("zigma"), "--version");

        assertThat(ended.status()).as(ended.err()).isZero();
        assertThat(ended.out().contains("-XX:SharedArchiveFile=" + classes)).isEqualTo(used);
        assertThat(ended.out().contains("-XX:SharedArchiveFile")).isEqualTo(used);
    }

    @ParameterizedTest(name = "SIG{0}")
    @CsvSource({"INT, 130", "TERM, 143"})
    void finishesTheStepAndSavesWhenAskedToEnd(String signal, int status) throws Exception {
        Path data = TinyData.idx(folder.resolve("data"));
        Path checkpoints = folder.resolve("run").resolve("checkpoints");
        Process process =
                start(
                        folder,
                        Map.of(),
                        checkout.resolve("zigma"),
                        List.of(
                                "train",
                                "--data",
                                data.toString(),
                                "--out",
                                "run",
                                "--steps",
                                "1000000",
                                "--hidden-size",
                                "16",
                                "--depth",
                                "1",
                                "--save-every",
                                "2",
                                "--keep",
                                "1",
                                "--sample-every",
                                "0"));
        while (process.isAlive() && !Files.exists(checkpoints.resolve("00000002"))) {
            process.waitFor(20, TimeUnit.MILLISECONDS);
        }
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();

        Ended ended = ended(process);

        assertThat(ended.status()).as(ended.err()).isEqualTo(status);
        assertThat(ended.err()).contains("stopping", "--resume");
        assertThat(Path.of(ended.out().strip())).isRelative();
        assertThat(folder.resolve(ended.out().strip())).isDirectory();
    }

    private record Ended(int status, String out, String err) {}

    private Ended run(Path where, Map<String, String> environment, Path program, String word)
            throws IOException, InterruptedException {
        return ended(start(where, environment, program, List.of(word)));
    }

    private Process start(
            Path where, Map<String, String> environment, Path program, List<String> words)
            throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(new ArrayList<>(List.of("bash", program.toString())))
                        .directory(where.toFile())
                        .redirectOutput(folder.resolve("out").toFile())
                        .redirectError(folder.resolve("err").toFile());
        builder.command().addAll(words);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        builder.environment().merge("PATH", maven + ":", (path, first) -> first + path);
        return builder.start();
    }

    private Ended ended(Process process) throws IOException, InterruptedException {
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("ended").isTrue();
        return new Ended(
                process.exitValue(),
                Files.readString(folder.resolve("out")),
                Files.readString(folder.resolve("err")));
    }

    private Path mark() {
        return checkout.resolve("zigma-cli/target/launcher.built");
    }

    /** Takes the build of the layout away and has the launcher make one. */
    private void buildOnce() throws IOException, InterruptedException {
        Files.delete(mark());
        run(folder, Map.of(), checkout.resolve("zigma"), "--version");
        assertThat(builds()).isEqualTo(1);
    }

    private long builds() throws IOException {
        try (Stream<String> calls = Files.lines(maven.resolve("calls"))) {
            return calls.count();
        }
    }

    /** A Maven that puts the jars where the real one does, or fails on request. */
    private void installMavenThatBuildsAtOnce() throws IOException {
        maven = Files.createDirectory(folder.resolve("maven"));
        writeJarOfOwnClassPath(maven.resolve("zigma-cli-0.jar"));
        Path program = maven.resolve("mvn");
        Files.writeString(
                program,
                """
                #!/usr/bin/env bash
                here=$(dirname "$0")
                while [ "$1" != -f ]; do shift; done
                target=$(dirname "$2")/zigma-cli/target
                echo "$target" >>"$here/calls"
                [ ! -e "$here/broken" ] || { echo "[ERROR] broken"; exit 1; }
                mkdir -p "$target/lib" && cp "$here/zigma-cli-0.jar" "$target"
                cp "$here/zigma-cli-0.jar" "$target/lib/zigma-core-0.jar"
                cp "$here/zigma-cli-0.jar" "$target/lib/other.jar"
                """);
        assertThat(program.toFile().setExecutable(true)).isTrue();
    }

    /** A search path with all that the launcher calls but Maven. */
    private Map<String, String> withoutMaven() throws IOException {
        Path programs = Files.createDirectories(folder.resolve("programs"));
        String path = "/usr/bin:/bin:" + System.getenv("PATH");
        for (String name :
                List.of(
                        "bash",
                        "cat",
                        "cksum",
                        "cp",
                        "cut",
                        "date",
                        "dirname",
                        "env",
                        "find",
                        "git",
                        "grep",
                        "head",
                        "ln",
                        "locale",
                        "mkdir",
                        "mktemp",
                        "mv",
                        "ps",
                        "readlink",
                        "rm",
                        "sed",
                        "sleep",
                        "sort",
                        "stty",
                        "tail",
                        "touch")) {
            for (String place : path.split(":")) {
                Path program = Path.of(place, name);
                if (Files.isExecutable(program)) {
                    Path call = programs.resolve(name);
                    Files.writeString(call, "#!/bin/sh\nexec %s \"$@\"\n".formatted(program));
                    assertThat(call.toFile().setExecutable(true)).isTrue();
                    break;
                }
            }
        }
        Files.deleteIfExists(maven.resolve("mvn"));
        return Map.of("PATH", programs.toString());
    }

    /** Names, sizes and times of all that is in a folder. */
    private static Map<String, String> content(Path folder) throws IOException {
        Map<String, String> content = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.toList()) {
                content.put(
                        folder.relativize(path).toString(),
                        Files.size(path) + " bytes, " + Files.getLastModifiedTime(path));
            }
        }
        return content;
    }

    /** A jar that holds nothing but the names of all that this test runs on. */
    private static void writeJarOfOwnClassPath(Path jar) throws IOException {
        String entries =
                Stream.of(System.getProperty("java.class.path").split(":"))
                        .map(entry -> Path.of(entry).toUri().toString())
                        .collect(Collectors.joining(" "));
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, entries);
        new JarOutputStream(Files.newOutputStream(jar), manifest).close();
    }
}

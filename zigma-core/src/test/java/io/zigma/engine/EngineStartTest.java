package io.zigma.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Starts the engine in processes of their own, in folders that will not do. */
class EngineStartTest {

    @TempDir Path folder;

    /** Where the engine of these tests is unpacked already. */
    private static final Path CACHE = ai.djl.util.Utils.getCacheDir().toAbsolutePath();

    @BeforeEach
    void unpackOnce() {
        EngineStart.engine();
    }

    @Test
    void otherSoftwaresVariablesDoNotCount() throws Exception {
        Ended ended =
                start(
                        Map.of(
                                "PYTORCH_VERSION", "1.0.0a0+nv",
                                "PYTORCH_FLAVOR", "cu101",
                                "DJL_DEFAULT_ENGINE", "TensorFlow"),
                        List.of(),
                        List.of());

        assertThat(ended.status()).as(ended.said()).isZero();
        assertThat(ended.said()).contains("started 2.");
    }

    @Test
    void aFileWhereTheFolderShouldBeIsNamed() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "none");

        Ended ended = start(Map.of("DJL_CACHE_DIR", file.toString()), List.of(), List.of());

        ended.expectFailure(file, "DJL_CACHE_DIR");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aFolderThatCannotBeWrittenToIsNamedWithTheReason() throws Exception {
        Path place = Files.createDirectory(folder.resolve("read only"));

        Ended ended =
                start(Map.of("DJL_CACHE_DIR", place.toString()), mounted(place, "ro"), List.of());

        ended.expectFailure(place, "Read-only file system", "DJL_CACHE_DIR");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aFullFolderIsNamedWithWhatIsFreeBeforeAnythingIsUnpacked() throws Exception {
        Path place = Files.createDirectory(folder.resolve("full"));

        Ended ended =
                start(
                        Map.of("DJL_CACHE_DIR", place.toString()),
                        mounted(place, "size=3m"),
                        List.of());

        ended.expectFailure(place, "only 3 MB are free", "DJL_CACHE_DIR");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aFolderThatNothingMayBeRunFromIsNamedWithTheReason() throws Exception {
        Path place = Files.createDirectory(folder.resolve("no programs"));

        Ended ended =
                start(
                        Map.of("DJL_CACHE_DIR", place.toString()),
                        mounted(place, "noexec,size=600m"),
                        List.of());

        ended.expectFailure(place, "noexec", "DJL_CACHE_DIR");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void saysNothingWhereOnlyTheLibrariesCanBeRead() throws Exception {
        Path place = Files.createDirectory(folder.resolve("tmp"));

        Ended ended =
                start(
                        Map.of("DJL_CACHE_DIR", CACHE.toString(), "XDG_CACHE_HOME", "/proc/none"),
                        mounted(place, "ro"),
                        List.of("-Djava.io.tmpdir=" + place));

        assertThat(ended.status()).as(ended.said()).isZero();
        assertThat(ended.said()).doesNotContain("JNA", "\tat ");
    }

    @Test
    void aUserWithoutAHomeGetsNoFolderInTheWorkingDirectory() throws Exception {
        Files.createDirectory(folder.resolve("home"));
        Files.createSymbolicLink(folder.resolve("home/.djl.ai"), CACHE);

        Ended ended =
                start(
                        Map.of("HOME", folder.resolve("home").toString()),
                        List.of(),
                        List.of("-Duser.home=?"));

        assertThat(ended.status()).as(ended.said()).isZero();
        assertThat(folder.resolve("?")).doesNotExist();
    }

    /** The engine's variables as they are where these tests run must not count in the children. */
    private Ended start(Map<String, String> environment, List<String> prefix, List<String> options)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Dai.djl.offline=true");
        command.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=error");
        command.addAll(options);
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path"), Child.class.getName()));
        Path output = folder.resolve("output");
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("ended").isTrue();
        return new Ended(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
    }

    /**
     * A command line that runs a command with a file system of other options mounted over a folder.
     */
    private static List<String> mounted(Path place, String options) throws Exception {
        List<String> words =
                List.of(
                        "unshare",
                        "-rm",
                        "sh",
                        "-c",
                        "mount -t tmpfs -o %s none '%s' && exec \"$@\"".formatted(options, place),
                        "sh");
        List<String> trial = new ArrayList<>(words);
        trial.add("true");
        int status;
        try {
            status = new ProcessBuilder(trial).start().waitFor();
        } catch (IOException e) {
            status = -1;
        }
        assumeTrue(status == 0, "file systems cannot be mounted here");
        return words;
    }

    private record Ended(int status, String said) {

        void expectFailure(Path place, String... reasons) {
            assertThat(status).as(said).isEqualTo(1);
            assertThat(said.lines()).hasSize(1);
            assertThat(said).contains(place.toString()).contains(reasons);
        }
    }

    /** Starts the engine twice, as a program that continues after the first failure would. */
    static final class Child {

        private Child() {}

        public static void main(String[] arguments) {
            try (NDManager manager = EngineStart.newManager(Device.cpu())) {
                manager.create(1f);
                System.out.println("started " + EngineStart.version());
            } catch (EngineStartException first) {
                System.out.println(first.getMessage());
                System.exit(failsAgain(first) ? 1 : 3);
            }
        }

        private static boolean failsAgain(EngineStartException first) {
            try {
                EngineStart.engine();
                return false;
            } catch (EngineStartException again) {
                return again == first;
            }
        }
    }
}

package io.zigma.train.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunFolderTest {

    @TempDir Path parent;

    @Test
    void aNewRunHasItsFolders() throws IOException {
        RunFolder run = RunFolder.create(parent.resolve("a/b"));
        assertThat(run.samplesFolder()).isDirectory();
        assertThat(run.checkpointsFolder()).isDirectory();
        assertThat(run.sampleFile(120)).hasFileName("00000120.png");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aNewRunIsWrittenToTheTargetOfADanglingLink() throws IOException {
        Path link = Files.createSymbolicLink(parent.resolve("link"), Path.of("there"));

        RunFolder.create(link);

        assertThat(link).isSymbolicLink();
        assertThat(parent.resolve("there/checkpoints")).isDirectory();
    }

    @Test
    void aRunIsNotStartedOverOneThatCanBeContinued() throws IOException {
        RunFolder run = RunFolder.create(parent);
        new CheckpointStore(run).write(5, 1, folder -> {});
        assertThatThrownBy(() -> RunFolder.create(parent))
                .isInstanceOf(RunException.class)
                .hasMessageContaining("already holds a run")
                .hasMessageContaining("--resume");
    }

    @Test
    void aRunThatNeverCameToACheckpointMayBeStartedOver() throws IOException {
        RunFolder.create(parent).writeConfig("{\"format\": \"zigma-run\"}");
        assertThat(RunFolder.create(parent).root()).isEqualTo(parent);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "[]", "not JSON", "{\"format\": \"zigma-checkpoint\"}"})
    void aRunIsNeitherStartedNorResumedOverSomethingElse(String config) throws IOException {
        Path file = Files.writeString(parent.resolve("config.json"), config);
        assertThatThrownBy(() -> RunFolder.create(parent))
                .isInstanceOf(RunException.class)
                .hasMessageContaining("holds something else");
        assertThatThrownBy(() -> RunFolder.open(parent))
                .isInstanceOf(RunException.class)
                .hasMessageContaining("holds no run");
        assertThat(file).hasContent(config);
        assertThat(parent.toFile().list()).containsExactly("config.json");
    }

    @Test
    void aFolderWithoutARunIsNotResumed() {
        assertThatThrownBy(() -> RunFolder.open(parent))
                .isInstanceOf(RunException.class)
                .hasMessageContaining("no config.json");
    }

    @Test
    void theConfigReplacesAnOlderOneAndLeavesNothingBesideIt() throws IOException {
        RunFolder run = RunFolder.create(parent.resolve("r"));
        run.writeConfig("old and longer");
        run.writeConfig("new");
        assertThat(Files.readString(run.configFile())).isEqualTo("new");
        assertThat(run.root()).isDirectoryNotContaining("glob:**.part");
    }
}

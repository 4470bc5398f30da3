package io.zigma.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class NewFolderTest {

    @TempDir Path folder;

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aNameThatIsTooLongIsRefusedBeforeWeightsAreRead() {
        Path named = folder.resolve("x".repeat(300));

        assertThatThrownBy(() -> NewFolder.of(named)).hasMessageContaining("choose a shorter one");
        assertThat(folder).isEmptyDirectory();
    }
}

package io.zigma.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class EngineCacheTest {

    @TempDir Path folder;

    @Test
    void isInTheHomeThatThereIs() {
        assertThat(EngineCache.choose(folder.toString(), null, folder, "me"))
                .isEqualTo(folder.resolve(".djl.ai"));
    }

    @ParameterizedTest(name = "home {0}")
    @NullAndEmptySource
    @ValueSource(strings = {"?", "somewhere", "/no/such/home"})
    void isInTheHomeThatTheShellKnowsWhereJavaKnowsNone(String home) {
        assertThat(EngineCache.choose(home, folder.toString(), folder, "me"))
                .isEqualTo(folder.resolve(".djl.ai"));
    }

    @ParameterizedTest(name = "home {0}")
    @NullAndEmptySource
    @ValueSource(strings = {"?", "/no/such/home"})
    void hasTheUsersNameWhereItIsAmongTheTemporaryFiles(String home) {
        assertThat(EngineCache.choose("?", home, folder, "1000/x"))
                .isEqualTo(folder.resolve("djl-1000_x"));
    }

    @Test
    void isNoFolderOfTheWorkingDirectory() throws IOException {
        assertThat(EngineCache.choose("?", "?", Files.createDirectory(folder.resolve("tmp")), "?"))
                .isEqualTo(folder.resolve("tmp").resolve("djl-_"));
    }
}

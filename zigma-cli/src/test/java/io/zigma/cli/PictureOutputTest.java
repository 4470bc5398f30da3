package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zigma.cli.option.PictureOutput;
import io.zigma.cli.option.UsageException;
import io.zigma.media.MediaFormats;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PictureOutputTest {

    @Test
    void aPlainNameIsAGridOfAnyNumberOfPictures() {
        PictureOutput output = PictureOutput.parse("--output", Path.of("a", "sneakers.png"));

        assertThat(output).isInstanceOf(PictureOutput.Grid.class);
        assertThat(output.files(16)).containsExactly(Path.of("a", "sneakers.png"));
    }

    @Test
    void aPatternNumbersPicturesFromNought() {
        PictureOutput output = PictureOutput.parse("--output", Path.of("a", "shoe_%03d.png"));

        assertThat(output.files(2))
                .containsExactly(Path.of("a", "shoe_000.png"), Path.of("a", "shoe_001.png"));
    }

    @Test
    void aPatternNeedsNoFolder() {
        assertThat(PictureOutput.parse("-o", Path.of("%d.PNG")).files(1))
                .containsExactly(Path.of("0.PNG"));
    }

    @Test
    void aDoublePercentSignIsOne() {
        assertThat(PictureOutput.parse("-o", Path.of("100%%.png")).files(1))
                .containsExactly(Path.of("100%.png"));
        assertThat(PictureOutput.parse("-o", Path.of("100%%_%d.png")).files(1))
                .containsExactly(Path.of("100%_0.png"));
    }

    @Test
    void theEndingChoosesTheFormat() {
        assertThat(PictureOutput.parse("-o", Path.of("a.png")).format()).isSameAs(MediaFormats.PNG);
        assertThat(PictureOutput.parse("-o", Path.of("a_%d.GIF")).format())
                .isSameAs(MediaFormats.GIF);
    }

    @Test
    void anUnknownEndingIsAnsweredWithTheList() {
        assertThatThrownBy(() -> PictureOutput.parse("--output", Path.of("a.jpg")))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("should end in .png or .gif");
    }

    @Test
    void aHyphenIsStandardOutput() {
        PictureOutput output = PictureOutput.parse("-o", Path.of("-"));

        assertThat(output).isInstanceOf(PictureOutput.StandardOutput.class);
        assertThat(output.files(3)).isEmpty();
        assertThat(output.hasNames()).isFalse();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aDeviceNeedsNoEnding() {
        assertThat(PictureOutput.parse("-o", Path.of("/dev/null")).format())
                .isSameAs(MediaFormats.PNG);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "a.jpg",
                "a",
                "a%.png",
                "a%s.png",
                "a%0d.png",
                "a%-3d.png",
                "%d_%d.png",
                "a%99999d.png"
            })
    void anythingElseIsRefusedByName(String name) {
        assertThatThrownBy(() -> PictureOutput.parse("--output", Path.of(name)))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("--output")
                .hasMessageContaining(name);
    }
}

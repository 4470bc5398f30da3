package io.zigma.condition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zigma.io.SafetensorsException;
import io.zigma.io.SafetensorsType;
import io.zigma.io.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TextTokensFileTest {

    @TempDir Path folder;
    private Path file;

    @BeforeEach
    void nameAFile() {
        file = folder.resolve("tokens.safetensors");
    }

    @Test
    void oneTextIsAMatrix() throws IOException {
        List<Prompt> read = read(new SafetensorsWriter(), "embeddings", 3, 2);
        assertThat(read).hasSize(1);
        assertThat(read.get(0).tokens().count()).isEqualTo(3);
        assertThat(read.get(0).tokens().size()).isEqualTo(2);
        assertThat(read.get(0).tokens().values()).containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(read.get(0).nullTokens()).isNull();
    }

    @Test
    void severalTextsAreABatchAndTheEmptyOneHasAName() throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter();
        tensor(writer, TextTokensFile.NULL_TEXT, SafetensorsType.F32, 1, 3, 2);
        List<Prompt> read = read(writer, "prompts", 2, 3, 2);
        assertThat(read).hasSize(2);
        assertThat(read.get(1).tokens().values()).containsExactly(6, 7, 8, 9, 10, 11);
        assertThat(read.get(0).nullTokens()).isNotNull();
    }

    @ParameterizedTest
    @EnumSource(
            value = SafetensorsType.class,
            names = {"F16", "BF16"})
    void halfPrecisionWillDo(SafetensorsType type) throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter();
        tensor(writer, "text", type, 2, 2);
        writer.write(file);
        assertThat(TextTokensFile.read(file).get(0).tokens().values()).containsExactly(0, 1, 2, 3);
    }

    @Test
    void sameTokensHaveTheSameHashAndOthersAnother() throws IOException {
        List<Prompt> texts = read(new SafetensorsWriter(), "prompts", 2, 3, 2);
        TextTokens same = new TextTokens(3, 2, texts.get(0).tokens().values());
        assertThat(same.hash()).hasSize(64).isEqualTo(texts.get(0).tokens().hash());
        assertThat(same.hash()).isNotEqualTo(texts.get(1).tokens().hash());
    }

    @Test
    void aFileWithoutTextsOrWithTwoTensorsOfThemIsRefused() throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter();
        tensor(writer, TextTokensFile.NULL_TEXT, SafetensorsType.F32, 3, 2);
        writer.write(file);
        refused("needs one tensor of texts beside 'null', not 0");
        tensor(writer, "one", SafetensorsType.F32, 3, 2);
        tensor(writer, "two", SafetensorsType.F32, 3, 2);
        writer.write(file);
        refused("needs one tensor of texts beside 'null', not 2");
    }

    @Test
    void anotherShapeIsRefused() throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter();
        tensor(writer, "text", SafetensorsType.F32, 6);
        writer.write(file);
        refused("tensor text has shape [6]; a text is (n, d), several are (B, n, d)");
    }

    @Test
    void anEmptyTextOfAnotherLengthIsRefused() throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter();
        tensor(writer, "text", SafetensorsType.F32, 3, 2);
        tensor(writer, TextTokensFile.NULL_TEXT, SafetensorsType.F32, 1, 2);
        writer.write(file);
        refused("the empty text has 1 tokens of 2 numbers, the text 3 of 2; pad both");
    }

    @Test
    void numbersThatAreNoneAreRefused() throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter();
        writer.floats(
                "text", SafetensorsType.F32, new long[] {1, 2}, () -> new float[] {1, Float.NaN});
        writer.write(file);
        refused("tensor text: a text's tokens are finite numbers, not NaN");
    }

    private List<Prompt> read(SafetensorsWriter writer, String name, long... shape)
            throws IOException {
        tensor(writer, name, SafetensorsType.F32, shape);
        writer.write(file);
        return TextTokensFile.read(file);
    }

    private void refused(String message) {
        assertThatThrownBy(() -> TextTokensFile.read(file))
                .isInstanceOf(SafetensorsException.class)
                .hasMessageContainingAll(file.toString(), message);
    }

    /** Writes the numbers 0, 1, 2 and so on. */
    private static void tensor(
            SafetensorsWriter writer, String name, SafetensorsType type, long... shape) {
        int size = 1;
        for (long side : shape) {
            size *= (int) side;
        }
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = i;
        }
        writer.floats(name, type, shape, () -> values);
    }
}

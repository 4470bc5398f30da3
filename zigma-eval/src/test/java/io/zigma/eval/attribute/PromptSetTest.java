package io.zigma.eval.attribute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zigma.eval.attribute.PromptSet.Asked;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PromptSetTest {

    @TempDir Path folder;

    @Test
    void theFieldsOfALineAreAttributesButForTheTextAndTheFile() throws IOException {
        PromptSet set =
                read(
                        "p.jsonl",
                        "{\"file_name\": \"1.png\", \"text\": \"a blue crab\", \"colour\": \"blue\","
                                + " \"held_out\": true, \"style\": null}\r\n"
                                + "\r\n"
                                + "{\"text\": [\"a red crab\", \"crab\"], \"colour\": \"red\"}\n");
        assertThat(set.prompts())
                .containsExactly(
                        new Asked("a blue crab", Map.of("colour", "blue", "held_out", "true")),
                        new Asked("a red crab", Map.of("colour", "red")));
        assertThat(set.attributes()).containsExactly("colour", "held_out");
        assertThat(set.name()).isEqualTo("p.jsonl");
    }

    @Test
    void aPlainFileHasAPromptALine() throws IOException {
        PromptSet set = read("p.txt", "\uFEFF# crabs\n a blue crab \n\n\\#red crab");
        assertThat(set.prompts())
                .containsExactly(
                        new Asked("a blue crab", Map.of()), new Asked("#red crab", Map.of()));
    }

    @Test
    void promptsTakeTurnsWhereMoreSamplesAreWanted() throws IOException {
        PromptSet set = read("p.txt", "a\nb\n");
        assertThat(set.first(5).stream().map(Asked::text)).containsExactly("a", "b", "a", "b", "a");
    }

    @Test
    void otherTextsHaveAnotherHash() throws IOException {
        assertThat(read("a.txt", "a\nb").hash()).isEqualTo(read("b.txt", "a\nb").hash());
        assertThat(read("a.txt", "a\nb").hash()).isNotEqualTo(read("b.txt", "b\na").hash());
    }

    @Test
    void aDamagedLineIsNamed() {
        assertThatThrownBy(() -> read("p.jsonl", "{\"text\": \"a\"}\n{\"txt\": 1}"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("line 2")
                .hasMessageContaining("no prompt as \"text\"");
        assertThatThrownBy(() -> read("p.jsonl", "{\"text\"")).hasMessageContaining("is no JSON");
        assertThatThrownBy(() -> read("p.jsonl", "[1]")).hasMessageContaining("no JSON object");
        assertThatThrownBy(() -> read("p.txt", "\n")).hasMessageContaining("holds no prompt");
    }

    private PromptSet read(String name, String text) throws IOException {
        return PromptSet.read(Files.writeString(folder.resolve(name), text));
    }
}

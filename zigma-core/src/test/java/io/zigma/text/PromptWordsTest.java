package io.zigma.text;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import java.util.List;
import org.junit.jupiter.api.Test;

class PromptWordsTest {

    private final TextEncoder encoder = new FakeTextEncoder.Fake().open(Device.cpu());

    @Test
    void aWordHasThePositionsOfAllItsPieces() {
        // <begin> a | croc odil e | , | don ' t | <end>
        assertThat(places("a crocodile, don't", 16))
                .containsExactly("a 1-2", "crocodile 2-5", "don't 6-9");
    }

    @Test
    void aWordThatIsCutOffHasThePositionsThatAreLeftOrNone() {
        assertThat(places("a crocodile swims", 5)).containsExactly("a 1-2", "crocodile 2-4");
        assertThat(places("a crocodile swims", 3)).containsExactly("a 1-2");
    }

    @Test
    void anEmptyTextHasNoWords() {
        assertThat(places("", 8)).isEmpty();
        assertThat(places(" , ", 8)).isEmpty();
    }

    @Test
    void whatIsLeftOfATextEndsWithAWholeWord() {
        assertThat(PromptWords.retained("a blue crocodile", encoder, 16))
                .isEqualTo("a blue crocodile");
        assertThat(PromptWords.retained("a blue crocodile", encoder, 6)).isEqualTo("a blue");
        assertThat(PromptWords.retained("crocodile", encoder, 4)).isEmpty();
    }

    private List<String> places(String text, int tokens) {
        return PromptWords.placed(text, encoder, tokens).stream()
                .map(word -> word.word().text() + " " + word.first() + "-" + word.end())
                .toList();
    }
}

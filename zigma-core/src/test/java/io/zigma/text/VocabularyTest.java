package io.zigma.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class VocabularyTest {

    private static final Vocabulary CRABS =
            Vocabulary.of(List.of("A blue Crab", "a red crab, in the style of Noto"));

    @Test
    void itHasEachWordOnceInLowerCaseAndSorted() {
        assertThat(CRABS.words())
                .containsExactly("a", "blue", "crab", "in", "noto", "of", "red", "style", "the");
        assertThat(CRABS.size()).isEqualTo(9);
        assertThat(CRABS.complete()).isTrue();
    }

    @Test
    void itNamesTheWordsOfAPromptThatTheCaptionsHadNot() {
        assertThat(CRABS.missing("a BLUE walrus with a Top-hat, blue walrus"))
                .containsExactly("walrus", "Top-hat");
        assertThat(CRABS.missing("a red crab")).isEmpty();
        assertThat(CRABS.missing("")).isEmpty();
    }

    @Test
    void aDescriptionGivesItBack() {
        JsonObject data = new JsonObject();
        data.addProperty("name", "crabs");
        CRABS.writeTo(data);

        assertThat(Vocabulary.read(JsonParser.parseString(data.toString()).getAsJsonObject()))
                .contains(CRABS);
        assertThat(Vocabulary.without(data).keySet()).containsExactly("name");
        assertThat(Vocabulary.read(new JsonObject())).isEmpty();
    }

    @Test
    void ofManyWordsTheMostFrequentAreStored() {
        List<String> captions = new ArrayList<>();
        for (int i = 0; i < Vocabulary.MOST_WORDS + 5; i++) {
            captions.add(String.format(Locale.ROOT, "word%05d", i));
        }
        captions.addAll(List.of("zebra", "zebra"));
        Vocabulary many = Vocabulary.of(captions);

        assertThat(many.words()).hasSize(Vocabulary.MOST_WORDS).contains("zebra", "word00000");
        assertThat(many.words()).doesNotContain("word04004");
        assertThat(many.size()).isEqualTo(Vocabulary.MOST_WORDS + 6);
        assertThat(many.complete()).isFalse();
    }

    @Test
    void examplesAreSpreadOverTheAlphabet() {
        assertThat(CRABS.examples(2)).containsExactly("crab", "style");
        assertThat(CRABS.examples(100)).hasSize(9);
    }
}

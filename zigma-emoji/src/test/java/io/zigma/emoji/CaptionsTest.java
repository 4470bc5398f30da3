package io.zigma.emoji;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CaptionsTest {

    @Test
    void theFullSentenceSaysColourThingStyleAndBackground() {
        assertThat(Captions.full(shown("crab", Colour.BLUE, Colour.YELLOW)))
                .isEqualTo("a blue crab, in the style of noto, on a yellow background");
        assertThat(Captions.full(shown("owl", null, null)))
                .isEqualTo("an owl, in the style of noto");
        assertThat(Captions.full(shown("car", Colour.ORANGE, Colour.ORANGE)))
                .isEqualTo("an orange car, in the style of noto, on an orange background");
    }

    @ParameterizedTest
    @CsvSource({
        "owl, an owl",
        "unicorn, a unicorn",
        "hourglass, an hourglass",
        "x-ray, an x-ray",
        "scissors, scissors",
        "thumbs up, thumbs up",
        "cactus, a cactus",
        "rhinoceros, a rhinoceros",
        "stack of books, a stack of books",
        "bowl of rice, a bowl of rice",
        "bread, bread",
    })
    void articlesAreThoseOfEnglish(String name, String said) {
        assertThat(Captions.full(shown(name, null, null)))
                .isEqualTo(said + ", in the style of noto");
    }

    @Test
    void fiveOfEightCaptionsOrMoreAreTheFullSentence() {
        Combination shown = shown("crab", Colour.PINK, null);
        for (int seed = 0; seed < 20; seed++) {
            List<String> captions = Captions.of(shown, new Random(seed));
            assertThat(captions)
                    .hasSize(8)
                    .contains("a pink crab", "pink crab, in the style of noto");
            assertThat(captions).filteredOn(Captions.full(shown)::equals).hasSizeBetween(5, 6);
        }
    }

    @Test
    void aThingThatIsInTheListTwiceIsNamed() {
        assertThatThrownBy(() -> Things.read("crab\n\n# sea\nlobster = crab\n"))
                .isInstanceOf(IOException.class)
                .hasMessage("line 4: 'lobster = crab' is in the list of things already");
    }

    @Test
    void aLineOfTheListHasIconNameAndTags() throws IOException {
        assertThat(Things.read("[food]\n!beer-mug = mug of beer ; beer, drink\nhot-dog\n"))
                .containsExactly(
                        new Thing("beer-mug", "mug of beer", List.of("beer", "drink"), false),
                        new Thing("hot-dog", "hot dog", List.of(), true));
    }

    @Test
    void noNameHasAColourInIt() throws IOException {
        List<Thing> things = Things.all();
        assertThat(things).hasSizeGreaterThan(600);
        for (Thing thing : things) {
            for (Colour colour : Colour.values()) {
                assertThat(List.of(thing.name().split("[ -]"))).doesNotContain(colour.word());
            }
        }
    }

    private static Combination shown(
            String name, @Nullable Colour colour, @Nullable Colour background) {
        return new Combination(
                new Thing(name, name, List.of(), true), Style.NOTO, colour, background);
    }
}

package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.cli.option.Suggestions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuggestionsTest {

    private static final List<String> WORDS =
            List.of("--steps", "--seed", "--sampler", "--scale", "--output", "sneaker", "shirt");

    @ParameterizedTest(name = "{0} was meant to be {1}")
    @CsvSource({
        "--stps, --steps",
        "--setps, --steps",
        "--seeds, --seed",
        "--ouput, --output",
        "sneker, sneaker",
        "SNEAKERS, sneaker",
        "shrit, shirt"
    })
    void findTheWordThatWasMeant(String wrong, String right) {
        assertThat(Suggestions.nearest(wrong, WORDS)).contains(right);
    }

    @ParameterizedTest(name = "{0} is like nothing")
    @CsvSource({"--colour", "banana", "x", "''"})
    void stayAwayFromWordsThatAreNothingLikeIt(String wrong) {
        assertThat(Suggestions.nearest(wrong, WORDS)).isEmpty();
    }

    @Test
    void goBehindTheWrongWord() {
        assertThat(Suggestions.didYouMean("sneker", WORDS)).isEqualTo("; did you mean 'sneaker'?");
    }
}

package io.zigma.eval.attribute;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.eval.metric.Figure;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class AttributeAgreementTest {

    private static final List<Map<String, String>> ASKED =
            List.of(
                    Map.of("thing", "crab", "colour", "blue", "held_out", "true"),
                    Map.of("thing", "crab", "colour", "red", "held_out", "false"),
                    Map.of("thing", "apple", "colour", "red", "held_out", "false"),
                    Map.of("thing", "apple", "held_out", "true"));

    @Test
    void eachAttributeIsCountedWhereItWasAskedFor() {
        Map<String, Figure> figures = figures(seen());
        assertThat(figures.get("agreement_thing").value()).isEqualTo(0.75);
        assertThat(figures.get("agreement_thing").pictures()).isEqualTo(4);
        assertThat(figures.get("agreement_colour").value()).isEqualTo(2.0 / 3);
        assertThat(figures.get("agreement_colour").pictures()).isEqualTo(3);
    }

    @Test
    void allAttributesAgreeWhereEachDoes() {
        Figure all = figures(seen()).get("agreement_all");
        assertThat(all.pictures()).as("the last has no colour").isEqualTo(3);
        assertThat(all.value()).isEqualTo(1.0 / 3);
    }

    @Test
    void whatIsTrueOrFalseDividesThem() {
        Map<String, Figure> figures = figures(seen());
        assertThat(figures.get("agreement_thing_held_out").value()).isEqualTo(1);
        assertThat(figures.get("agreement_thing_held_out").pictures()).isEqualTo(2);
        assertThat(figures.get("agreement_thing_not_held_out").value()).isEqualTo(0.5);
        assertThat(figures.get("agreement_thing_held_out").quantity().title())
                .isEqualTo("thing agrees, held out");
        assertThat(figures.keySet()).doesNotContain("agreement_thing_colour");
    }

    @Test
    void whatTheClassifierDoesNotKnowIsNotCounted() {
        Map<String, List<Optional<String>>> seen = seen();
        seen.put(
                "thing",
                List.of(
                        Optional.of("crab"),
                        Optional.empty(),
                        Optional.of("apple"),
                        Optional.empty()));
        assertThat(figures(seen).get("agreement_thing").pictures()).isEqualTo(2);
    }

    @Test
    void ofOneAttributeThereIsNoOther() {
        Map<String, List<Optional<String>>> seen = seen();
        seen.remove("colour");
        assertThat(figures(seen)).doesNotContainKey("agreement_all");
    }

    private static Map<String, List<Optional<String>>> seen() {
        Map<String, List<Optional<String>>> seen = new LinkedHashMap<>();
        seen.put("thing", of("crab", "apple", "apple", "apple"));
        seen.put("colour", of("red", "red", "red", "red"));
        return seen;
    }

    private static List<Optional<String>> of(String... values) {
        return List.of(values).stream().map(Optional::of).toList();
    }

    private static Map<String, Figure> figures(Map<String, List<Optional<String>>> seen) {
        return new AttributeAgreement(ASKED, seen)
                .figures().stream()
                        .collect(Collectors.toMap(figure -> figure.quantity().key(), f -> f));
    }
}

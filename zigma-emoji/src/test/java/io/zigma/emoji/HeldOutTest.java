package io.zigma.emoji;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class HeldOutTest {

    @Test
    void aboutOneInTenPairsIsHeldOut() throws IOException {
        List<Thing> things = Things.all();
        double styles = 0;
        double colours = 0;
        for (Thing thing : things) {
            long own = Stream.of(Style.values()).filter(s -> HeldOut.pair(thing, s)).count();
            assertThat(own).as(thing.name()).isLessThanOrEqualTo(1);
            styles += own;
            colours += Colour.OF_THINGS.stream().filter(c -> HeldOut.pair(thing, c)).count();
        }
        // standard deviations: 0.005 and 0.004
        assertThat(styles / (4 * things.size())).isBetween(0.075, 0.125);
        assertThat(colours / (8 * things.size())).isBetween(0.08, 0.12);
    }

    @Test
    void anOwnColourIsNeverHeldOut() throws IOException {
        assertThat(Things.all()).noneMatch(thing -> HeldOut.pair(thing, (Colour) null));
    }

    /** A model that was trained once must find the same pairs held out for ever. */
    @Test
    void thePairsStayTheSame() throws IOException {
        List<String> pairs =
                Things.all().stream()
                        .filter(t -> List.of("crab", "cat", "car", "apple").contains(t.name()))
                        .flatMap(
                                t ->
                                        Stream.concat(
                                                Stream.of(Style.values())
                                                        .filter(s -> HeldOut.pair(t, s))
                                                        .map(s -> t.name() + " " + s.word()),
                                                Colour.OF_THINGS.stream()
                                                        .filter(c -> HeldOut.pair(t, c))
                                                        .map(c -> c.word() + " " + t.name())))
                        .toList();
        assertThat(pairs)
                .containsExactly(
                        "cat fluent", "blue crab", "apple twemoji", "car fluent", "orange car");
    }
}

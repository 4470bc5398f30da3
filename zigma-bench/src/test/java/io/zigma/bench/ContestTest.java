package io.zigma.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.op.ReferencePath;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ContestTest {

    private static final long MILLISECOND = 1_000_000;
    private final List<String> order = new ArrayList<>();

    @Test
    void slowComputationsGetFewerRoundsSpreadOverThoseOfTheOthers() {
        Map<String, Timing> timings =
                new Contest(new Effort(0.1, 2, 20, 0, 256, 0))
                        .add("fast", claiming("fast", 5 * MILLISECOND))
                        .add("slow", claiming("slow", 25 * MILLISECOND))
                        .run();
        assertThat(timings.get("fast").rounds()).isEqualTo(20);
        assertThat(timings.get("slow").rounds()).isEqualTo(4);
        List<String> rounds = order.subList(order.size() - 24, order.size());
        assertThat(rounds.subList(0, 12)).filteredOn("slow"::equals).hasSize(2);
    }

    @Test
    void everyComputationIsRepeatedAsOftenAsWasAskedFor() {
        Map<String, Timing> timings =
                new Contest(new Effort(0.1, 3, 20, 0, 256, 0))
                        .add("slow", claiming("slow", 90 * MILLISECOND))
                        .run();
        assertThat(timings.get("slow").rounds()).isEqualTo(3);
    }

    @Test
    void whatTheEngineDoesIsRunOnceIfThatTakesLongerThanAllRoundsMay() {
        Map<String, Timing> timings =
                new Contest(new Effort(0.1, 3, 20, 0, 256, 0))
                        .addEngines("slow", claiming("reference", 200 * MILLISECOND))
                        .run();
        assertThat(order).hasSize(1);
        assertThat(timings.get("slow").median()).isEqualTo(200);
    }

    @Test
    void aTrialCanBeMadeOnTheReferencePath() {
        List<Boolean> seen = new ArrayList<>();
        Trial trial =
                () -> {
                    seen.add(ReferencePath.inUse());
                    return MILLISECOND;
                };
        trial.run();
        assertThat(trial.onReferences().run()).isEqualTo(MILLISECOND);
        assertThat(seen).containsExactly(false, true);
    }

    /** A computation with a given duration. */
    private Trial claiming(String name, long nanos) {
        return () -> {
            order.add(name);
            return nanos;
        };
    }
}

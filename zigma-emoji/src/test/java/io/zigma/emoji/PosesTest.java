package io.zigma.emoji;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PosesTest {

    private static Set<Jitter> many(Poses poses) {
        Random random = new Random(1);
        Set<Jitter> jitters = new HashSet<>();
        for (int i = 0; i < 20_000; i++) {
            jitters.add(poses.next(random, true));
        }
        return jitters;
    }

    @Test
    void steadyOnesAreFewAndNearTheMiddle() {
        assertThat(many(Poses.STEADY))
                .hasSize(75)
                .allSatisfy(
                        jitter -> {
                            assertThat(jitter.percent()).isBetween(94, 96);
                            assertThat(jitter.right()).isBetween(-2, 2);
                            assertThat(jitter.down()).isBetween(-2, 2);
                            assertThat(jitter.mirrored()).isFalse();
                        });
    }

    @Test
    void variedOnesAreManyAndHalfOfThemMirrored() {
        Set<Jitter> jitters = many(Poses.VARIED);
        assertThat(jitters).hasSizeGreaterThan(5000);
        assertThat(jitters.stream().filter(Jitter::mirrored).count())
                .isBetween(jitters.size() * 4L / 10, jitters.size() * 6L / 10);
        assertThat(jitters)
                .allSatisfy(jitter -> assertThat(jitter.percent()).isBetween(90, 100))
                .anySatisfy(jitter -> assertThat(jitter.right()).isEqualTo(8))
                .anySatisfy(jitter -> assertThat(jitter.down()).isEqualTo(-8));
    }
}

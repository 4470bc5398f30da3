package io.zigma.mixer;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.DataType;
import io.zigma.testing.Fixture;

/** Compares which centre has which point. */
final class Assignments {

    private Assignments() {}

    static void assertEqual(Fixture fixture, Clustering.Stages stages) {
        long[] own = stages.similarity().argMax(1).toLongArray();
        assertThat(own).containsExactly(fixture.longs("mid.assignment"));
        float[] kept =
                stages.similarity()
                        .gt(0)
                        .toType(DataType.FLOAT32, true)
                        .sum(new int[] {1})
                        .toFloatArray();
        for (float count : kept) {
            assertThat(count).as("centres of a point").isEqualTo(1);
        }
    }
}

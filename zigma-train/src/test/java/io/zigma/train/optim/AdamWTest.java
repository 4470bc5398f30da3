package io.zigma.train.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AdamWTest {

    private static final AdamWConfig PLAIN = AdamWConfig.DEFAULT;

    @Test
    void theFirstStepMovesEachWeightByTheRateAgainstTheSignOfItsGradient() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray weight = manager.create(new float[] {1f, 1f, 1f});
            try (AdamW adam = new AdamW(PLAIN, Map.of("w", weight), manager)) {
                adam.step(Map.of("w", manager.create(new float[] {0.3f, -200f, 0f})), 0.01);
            }
            assertThat(weight.toFloatArray())
                    .containsExactly(new float[] {0.99f, 1.01f, 1f}, within(1e-6f));
        }
    }

    @Test
    void severalStepsFollowTheAlgorithmInDoublePrecision() {
        AdamWConfig config = new AdamWConfig(0.8, 0.95, 1e-3, 0.1, WeightDecayScope.EVERYTHING);
        Random random = new Random(4);
        int size = 2 * Tiles.SIZE + 37;
        double[] w = random.doubles(size, -1, 1).map(x -> (float) x).toArray();
        double[] m = new double[size];
        double[] v = new double[size];
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray weight = manager.create(floats(w));
            try (AdamW adam = new AdamW(config, Map.of("w", weight), manager)) {
                for (int step = 1; step <= 5; step++) {
                    double rate = 0.01 * step;
                    double[] g = random.doubles(size, -1, 1).map(x -> (float) x).toArray();
                    adam.step(Map.of("w", manager.create(floats(g))), rate);
                    for (int i = 0; i < size; i++) {
                        m[i] = 0.8 * m[i] + 0.2 * g[i];
                        v[i] = 0.95 * v[i] + 0.05 * g[i] * g[i];
                        double meanHat = m[i] / (1 - Math.pow(0.8, step));
                        double squareHat = v[i] / (1 - Math.pow(0.95, step));
                        w[i] -= rate * 0.1 * w[i];
                        w[i] -= rate * meanHat / (Math.sqrt(squareHat) + 1e-3);
                    }
                }
            }
            assertThat(weight.toFloatArray()).containsExactly(floats(w), within(2e-6f));
        }
    }

    @Test
    void agreesWithTheEnginesOwnUpdateAsUsedOnOtherDevices() {
        AdamWConfig config = new AdamWConfig(0.9, 0.99, 1e-8, 0.05, WeightDecayScope.EVERYTHING);
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray weight = manager.create(new float[] {0.5f, -1f, 2f, 0.1f});
            NDArray gradient = manager.create(new float[] {0.1f, 0.2f, -3f, 1e-4f});
            NDArray other = weight.duplicate();
            NDArray mean = manager.zeros(new Shape(4));
            NDArray square = manager.zeros(new Shape(4));
            try (AdamW adam = new AdamW(config, Map.of("w", weight), manager)) {
                for (int step = 1; step <= 3; step++) {
                    adam.step(Map.of("w", gradient), 0.02);
                    double root = Math.sqrt(1 - Math.pow(0.99, step));
                    other.getNDArrayInternal()
                            .adamUpdate(
                                    new NDList(other, gradient, mean, square),
                                    new NDList(other),
                                    0.02f,
                                    (float) (0.02 * root / (1 - Math.pow(0.9, step))),
                                    0.05f,
                                    1f,
                                    -1f,
                                    0.9f,
                                    0.99f,
                                    (float) (1e-8 * root),
                                    true,
                                    true);
                }
            }
            assertThat(weight.toFloatArray()).containsExactly(other.toFloatArray(), within(1e-6f));
        }
    }

    @Test
    void decayLeavesOutNormsBiasesAndStateDecayRatesWhenAsked() {
        WeightDecayScope scope = WeightDecayScope.MATRICES;
        assertThat(scope.decays("blocks.0.mixer.in_proj.weight", new Shape(8, 4))).isTrue();
        assertThat(scope.decays("blocks.0.mixer.conv1d.weight", new Shape(8, 1, 4))).isTrue();
        assertThat(scope.decays("blocks.0.mixer.A_log", new Shape(8, 16))).isFalse();
        assertThat(scope.decays("blocks.0.mixer.D", new Shape(8))).isFalse();
        assertThat(scope.decays("blocks.0.norm.weight", new Shape(8))).isFalse();
        assertThat(scope.decays("blocks.0.mixer.dt_proj.bias", new Shape(8))).isFalse();
        assertThat(scope.decays("pos_embed", new Shape(1, 16, 8))).isFalse();
        assertThat(WeightDecayScope.EVERYTHING.decays("norm_f.weight", new Shape(8))).isTrue();
    }

    @Test
    void anOptimiserRestoredFromItsMomentsContinuesBitForBit() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray straight = manager.create(new float[] {1f, -2f, 3f});
            NDArray resumed = straight.duplicate();
            NDArray gradient = manager.create(new float[] {0.1f, 0.7f, -0.2f});
            try (AdamW one = new AdamW(PLAIN, Map.of("w", straight), manager);
                    AdamW two = new AdamW(PLAIN, Map.of("w", resumed), manager)) {
                one.step(Map.of("w", gradient), 0.1);
                straight.copyTo(resumed);
                two.restore(one.steps(), one.firstMoments(), one.secondMoments());
                one.step(Map.of("w", gradient), 0.1);
                two.step(Map.of("w", gradient), 0.1);
            }
            assertThat(resumed.toFloatArray()).containsExactly(straight.toFloatArray());
        }
    }

    @Test
    void momentsOfAnotherModelAreRefusedByName() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray weight = manager.zeros(new Shape(3));
            try (AdamW adam = new AdamW(PLAIN, Map.of("w", weight), manager)) {
                Map<String, NDArray> wrong = Map.of("w", manager.zeros(new Shape(4)));
                assertThatThrownBy(() -> adam.restore(1, wrong, wrong))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("first moment of w")
                        .hasMessageContaining("(4)")
                        .hasMessageContaining("(3)");
            }
        }
    }

    @Test
    void constantsOutOfRangeAreRefused() {
        assertThatThrownBy(() -> new AdamWConfig(1, 0.9, 1e-8, 0, WeightDecayScope.EVERYTHING))
                .hasMessageContaining("beta1");
        assertThatThrownBy(() -> new AdamWConfig(0.9, 0.9, 0, 0, WeightDecayScope.EVERYTHING))
                .hasMessageContaining("epsilon");
        assertThatThrownBy(() -> new AdamWConfig(0.9, 0.9, 1e-8, -1, WeightDecayScope.EVERYTHING))
                .hasMessageContaining("weight decay");
    }

    private static float[] floats(double[] values) {
        float[] result = new float[values.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (float) values[i];
        }
        return result;
    }
}

package io.zigma.train.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.op.Precision;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class MuonTest {

    private static final AdamWConfig PLAIN = AdamWConfig.DEFAULT;
    private static final String MATRIX = "blocks.0.mixer.in_proj.weight";

    private static float[] random(long seed, int count) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /** X ← a·X + (b·X·Xᵀ + c·(X·Xᵀ)²)·X in double precision, five times. */
    private static double[][] orthogonalised(double[][] matrix) {
        double norm = 0;
        for (double[] row : matrix) {
            for (double value : row) {
                norm += value * value;
            }
        }
        double[][] x = scaled(matrix, 1 / (Math.sqrt(norm) + 1e-7));
        for (int i = 0; i < 5; i++) {
            double[][] gram = product(x, transposed(x));
            double[][] polynomial = sum(scaled(gram, -4.7750), scaled(product(gram, gram), 2.0315));
            x = sum(scaled(x, 3.4445), product(polynomial, x));
        }
        return x;
    }

    private static double[][] product(double[][] a, double[][] b) {
        double[][] c = new double[a.length][b[0].length];
        for (int i = 0; i < a.length; i++) {
            for (int k = 0; k < b.length; k++) {
                for (int j = 0; j < b[0].length; j++) {
                    c[i][j] += a[i][k] * b[k][j];
                }
            }
        }
        return c;
    }

    private static double[][] transposed(double[][] a) {
        double[][] t = new double[a[0].length][a.length];
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < a[0].length; j++) {
                t[j][i] = a[i][j];
            }
        }
        return t;
    }

    private static double[][] sum(double[][] a, double[][] b) {
        double[][] c = new double[a.length][a[0].length];
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < a[0].length; j++) {
                c[i][j] = a[i][j] + b[i][j];
            }
        }
        return c;
    }

    private static double[][] scaled(double[][] a, double factor) {
        double[][] c = new double[a.length][a[0].length];
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < a[0].length; j++) {
                c[i][j] = factor * a[i][j];
            }
        }
        return c;
    }

    private static double[][] rows(float[] values, int columns) {
        double[][] rows = new double[values.length / columns][columns];
        for (int i = 0; i < values.length; i++) {
            rows[i / columns][i % columns] = values[i];
        }
        return rows;
    }

    private static float[] flat(double[][] rows) {
        float[] values = new float[rows.length * rows[0].length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) rows[i / rows[0].length][i % rows[0].length];
        }
        return values;
    }

    @ParameterizedTest(name = "{0} by {1}")
    @CsvSource({"6, 9", "9, 6", "5, 5", "3, 40"})
    void twoStepsFollowTheAlgorithmInDoublePrecision(int height, int width) {
        AdamWConfig decaying = new AdamWConfig(0.9, 0.999, 1e-8, 0.1, WeightDecayScope.MATRICES);
        float[] start = random(1, height * width);
        double[][] weight = rows(start, width);
        double[][] momentum = new double[height][width];
        double scale = 0.2 * Math.sqrt(Math.max(height, width));
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray array = manager.create(start, new Shape(height, width)).duplicate();
            try (Muon muon =
                    new Muon(decaying, Precision.FLOAT32, Map.of(MATRIX, array), manager)) {
                for (int step = 0; step < 2; step++) {
                    double rate = 0.01 * (step + 1);
                    float[] gradient = random(7 + step, height * width);
                    muon.step(
                            Map.of(MATRIX, manager.create(gradient, new Shape(height, width))),
                            rate);
                    double[][] g = rows(gradient, width);
                    momentum = sum(scaled(momentum, 0.95), scaled(g, 0.05));
                    double[][] ahead = sum(scaled(g, 0.05), scaled(momentum, 0.95));
                    boolean tall = height > width;
                    double[][] change =
                            tall
                                    ? transposed(orthogonalised(transposed(ahead)))
                                    : orthogonalised(ahead);
                    weight = sum(scaled(weight, 1 - rate * 0.1), scaled(change, -rate * scale));
                }
                assertThat(muon.steps()).isEqualTo(2);
            }
            assertThat(array.toFloatArray()).containsExactly(flat(weight), within(2e-5f));
        }
    }

    @ParameterizedTest
    @EnumSource
    void allDirectionsOfAStepAreAboutAsLong(Precision precision) {
        int size = 24;
        try (NDManager manager = NDManager.newBaseManager()) {
            // singular values from 1 down to 0.02
            float[] skewed = random(3, size * size);
            for (int i = 0; i < skewed.length; i++) {
                skewed[i] *= (float) Math.pow(0.85, i % size);
            }
            NDArray x = NewtonSchulz.of(manager.create(skewed, new Shape(size, size)), precision);
            // the lengths of some vectors under it lie between its singular values
            for (int i = 0; i < 20; i++) {
                NDArray v = manager.create(random(50 + i, size), new Shape(size, 1));
                double before = Math.sqrt(v.square().sum().getFloat());
                double after = Math.sqrt(x.matMul(v).square().sum().getFloat());
                assertThat(after / before).isBetween(0.6, 1.25);
            }
        }
    }

    /** Ten roundings to 8 bits on the way. */
    @ParameterizedTest(name = "{0} by {1}")
    @CsvSource({"128, 256", "256, 128", "48, 160"})
    void productsInBfloat16ChangeAStepByAFewPerCent(int height, int width) {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray gradients =
                    manager.create(random(4, 2 * height * width), new Shape(2, height, width));
            NDArray exact = NewtonSchulz.ofAll(gradients, Precision.FLOAT32);
            NDArray all = NewtonSchulz.ofAll(gradients, Precision.BFLOAT16);
            NDArray second = NewtonSchulz.of(gradients.get(1), Precision.BFLOAT16);

            assertThat(distance(all, exact)).isBetween(1e-4, 0.03);
            assertThat(distance(second, exact.get(1))).isBetween(1e-4, 0.03);
        }
    }

    /** Root mean square difference, of the second's root mean square. */
    private static double distance(NDArray a, NDArray b) {
        return Math.sqrt(a.sub(b).square().sum().getFloat() / b.square().sum().getFloat());
    }

    @Test
    void aGradientOfZeroMovesNothing() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray array = manager.ones(new Shape(3, 4));
            try (Muon muon = new Muon(PLAIN, Precision.FLOAT32, Map.of(MATRIX, array), manager)) {
                muon.step(Map.of(MATRIX, manager.zeros(new Shape(3, 4))), 0.1);
            }
            assertThat(array.toFloatArray()).containsOnly(1f);
        }
    }

    @Test
    void allOtherWeightsMoveAsUnderAdamW() {
        Map<String, Shape> others = new LinkedHashMap<>();
        others.put("blocks.0.mixer.A_log", new Shape(4, 3));
        others.put("blocks.0.mixer.in_proj.bias", new Shape(5));
        others.put("blocks.0.mixer.conv1d.weight", new Shape(4, 1, 3));
        others.put("blocks.0.adaLN_modulation.1.weight", new Shape(6, 4));
        others.put("x_embedder.proj.weight", new Shape(4, 1, 2, 2));
        others.put("y_embedder.embedding_table.weight", new Shape(3, 4));
        others.put("final_layer.linear.weight", new Shape(4, 4));
        try (NDManager manager = NDManager.newBaseManager()) {
            Map<String, NDArray> alone = random(others, manager);
            Map<String, NDArray> beside = random(others, manager);
            beside.put(MATRIX, manager.ones(new Shape(3, 3)));
            Map<String, NDArray> gradients = new LinkedHashMap<>();
            others.forEach(
                    (name, shape) ->
                            gradients.put(
                                    name,
                                    manager.create(
                                            random(name.hashCode(), (int) shape.size()), shape)));
            gradients.put(MATRIX, manager.ones(new Shape(3, 3)));
            try (AdamW adamW = new AdamW(PLAIN, alone, manager);
                    Muon muon = new Muon(PLAIN, Precision.FLOAT32, beside, manager)) {
                for (int step = 0; step < 3; step++) {
                    adamW.step(gradients, 0.01);
                    muon.step(gradients, 0.01);
                }
                assertThat(muon.secondMoments()).containsOnlyKeys(others.keySet());
                assertThat(muon.firstMoments()).containsOnlyKeys(beside.keySet());
            }
            alone.forEach(
                    (name, array) ->
                            assertThat(beside.get(name).toFloatArray())
                                    .as(name)
                                    .containsExactly(array.toFloatArray()));
        }
    }

    private static Map<String, NDArray> random(Map<String, Shape> shapes, NDManager manager) {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        shapes.forEach(
                (name, shape) ->
                        arrays.put(
                                name,
                                manager.create(random(name.length(), (int) shape.size()), shape)
                                        .duplicate()));
        return arrays;
    }

    @Test
    void aRestoredOptimizerGoesOnWithTheSameBits() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        shapes.put(MATRIX, new Shape(6, 8));
        shapes.put("norm_f.weight", new Shape(8));
        try (NDManager manager = NDManager.newBaseManager()) {
            Map<String, NDArray> weights = random(shapes, manager);
            Map<String, NDArray> copies = new LinkedHashMap<>();
            try (Muon first = new Muon(PLAIN, Precision.FLOAT32, weights, manager)) {
                first.step(random(shapes, manager), 0.01);
                weights.forEach((name, array) -> copies.put(name, array.duplicate()));
                try (Muon second = new Muon(PLAIN, Precision.FLOAT32, copies, manager)) {
                    second.restore(first.steps(), first.firstMoments(), first.secondMoments());
                    assertThat(second.steps()).isEqualTo(1);
                    first.step(random(shapes, manager), 0.02);
                    second.step(random(shapes, manager), 0.02);
                }
            }
            weights.forEach(
                    (name, array) ->
                            assertThat(copies.get(name).toFloatArray())
                                    .as(name)
                                    .containsExactly(array.toFloatArray()));
        }
    }

    @Test
    void momentsOfAnotherOptimizerAreRefused() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Map<String, NDArray> weights = Map.of(MATRIX, manager.ones(new Shape(3, 3)));
            try (AdamW adamW = new AdamW(PLAIN, weights, manager);
                    Muon muon = new Muon(PLAIN, Precision.FLOAT32, weights, manager)) {
                assertThatThrownBy(
                                () -> muon.restore(1, adamW.firstMoments(), adamW.secondMoments()))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("second moment of " + MATRIX);
                assertThatThrownBy(
                                () -> adamW.restore(1, muon.firstMoments(), muon.secondMoments()))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("second moment of " + MATRIX);
            }
        }
    }
}

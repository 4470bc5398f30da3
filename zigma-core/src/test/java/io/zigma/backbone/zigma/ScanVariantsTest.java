package io.zigma.backbone.zigma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import io.zigma.base.SampleShape;
import io.zigma.checkpoint.TinyCheckpoints;
import io.zigma.condition.Condition;
import io.zigma.condition.Unconditional;
import io.zigma.nn.DropPath;
import io.zigma.nn.MambaConfig;
import io.zigma.nn.NormKind;
import io.zigma.nn.Pass;
import io.zigma.op.GradientTape;
import io.zigma.scan.Bidirectional;
import io.zigma.scan.Factorised;
import io.zigma.scan.Fidelity;
import io.zigma.scan.Hilbert;
import io.zigma.scan.Parallel;
import io.zigma.scan.RandomOrder;
import io.zigma.scan.ScanScheme;
import io.zigma.scan.Sweep;
import io.zigma.scan.Zigzag;
import io.zigma.testing.Close;
import io.zigma.testing.Tolerance;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ScanVariantsTest {

    private static final Tolerance VALUE = Tolerance.ofLargest(2e-5, 0);
    private static final Tolerance GRADIENT = Tolerance.ofLargest(5e-4, 1e-7);

    private static final SampleShape IMAGE = SampleShape.image(2, 4, 6);
    private static final SampleShape VIDEO = SampleShape.video(3, 2, 6, 4);

    private static final List<ScanScheme> SCHEMES =
            List.of(
                    new Sweep(),
                    new Zigzag(3),
                    new Hilbert(8, Fidelity.CORRECT),
                    new Hilbert(8, Fidelity.COMPATIBLE),
                    new RandomOrder(2, 5),
                    new Bidirectional(),
                    new Parallel(3));

    static Stream<ZigMaConfig> variants() {
        return Stream.of(
                        SCHEMES.stream().map(scheme -> config(IMAGE, scheme)),
                        SCHEMES.stream().map(scheme -> config(VIDEO, scheme)),
                        Stream.of("st", "tst")
                                .flatMap(
                                        letters ->
                                                Stream.of(Fidelity.values())
                                                        .map(f -> Factorised.of(letters, f)))
                                .map(scheme -> config(VIDEO, scheme)))
                .flatMap(configs -> configs);
    }

    @ParameterizedTest
    @MethodSource("variants")
    void theKernelsGiveWhatTheReferencesGive(ZigMaConfig config) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Problem problem = new Problem(config, manager);
            NDArray fused = problem.predict();
            assertThat(fused.getShape()).isEqualTo(problem.x.getShape());
            try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
                NDArray reference = problem.predict();
                Close.assertClose("prediction", fused, reference, VALUE);
                collector.backward(reference.mul(problem.weight).sum());
            }
            Map<String, NDArray> expected = problem.takeGradients();
            try (GradientTape tape = GradientTape.open()) {
                tape.backward(problem.predict().mul(problem.weight).sum());
            }
            Map<String, NDArray> actual = problem.takeGradients();
            expected.forEach(
                    (name, gradient) ->
                            Close.assertClose(name, actual.get(name), gradient, GRADIENT));
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void whatIsRunAgainHasTheSameGradientsToTheLastBit(ZigMaConfig narrow) {
        ZigMaConfig config = droppingPaths(narrow);
        try (NDManager manager = NDManager.newBaseManager()) {
            Problem problem = new Problem(config, manager);
            NDArray dropped;
            try (GradientTape tape = GradientTape.open()) {
                dropped = problem.predict(DropPath.seeded(5));
                tape.backward(dropped.mul(problem.weight).sum());
            }
            Map<String, NDArray> expected = problem.takeGradients();
            try (GradientTape tape = GradientTape.openRecomputing()) {
                NDArray prediction = problem.predict(DropPath.seeded(5));
                Close.assertClose("prediction", prediction, dropped, Tolerance.exact());
                tape.backward(prediction.mul(problem.weight).sum());
            }
            Map<String, NDArray> actual = problem.takeGradients();
            expected.forEach(
                    (name, gradient) ->
                            Close.assertClose(name, actual.get(name), gradient, Tolerance.exact()));
        }
    }

    private static ZigMaConfig droppingPaths(ZigMaConfig config) {
        return new ZigMaConfig(
                config.sample(),
                config.patchSize(),
                5 * config.hiddenSize(), // delta of a rank of more than one
                config.depth(),
                config.scan(),
                config.mixer(),
                config.positions(),
                config.temporalPositions(),
                config.norm(),
                config.normEpsilon(),
                0.5,
                config.conditioning());
    }

    @ParameterizedTest
    @MethodSource("variants")
    void everyImageIsPredictedAloneAsInABatch(ZigMaConfig config) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Problem problem = new Problem(config, manager);
            NDArray together = problem.predict();
            for (int i = 0; i < 2; i++) {
                NDArray alone =
                        problem.model.forward(
                                Pass.inference(problem.store),
                                problem.x.get("{}:{}", i, i + 1),
                                problem.t.get("{}:{}", i, i + 1),
                                Condition.NONE);
                Close.assertClose("sample " + i, alone, together.get("{}:{}", i, i + 1), VALUE);
            }
        }
    }

    @Test
    void framesOfAFixedTableStandAtTheSamePlaces() {
        ZigMaConfig config =
                new ZigMaConfig(
                        VIDEO,
                        2,
                        8,
                        1,
                        new Sweep(),
                        MambaConfig.PUBLISHED,
                        Positions.SINE_COSINE,
                        false,
                        NormKind.RMS,
                        1e-5,
                        0,
                        new Unconditional());
        try (NDManager manager = NDManager.newBaseManager()) {
            ZigMa model = new ZigMa(config);
            model.initialize(manager);
            NDArray table = model.namedParameters().get("pos_embed").getArray(); // (1, F·H·W, D)
            assertThat(table.getShape()).isEqualTo(new Shape(1, 18, 8));
            assertThat(table.get(":,6:12").toFloatArray())
                    .isEqualTo(table.get(":,:6").toFloatArray())
                    .isEqualTo(table.get(":,12:").toFloatArray());
        }
    }

    @Test
    void aTemporalTableStartsAtZeroWithAVectorAFrame() {
        try (NDManager manager = NDManager.newBaseManager()) {
            ZigMa model = new ZigMa(config(VIDEO, new Sweep()));
            model.initialize(manager);
            NDArray table = model.namedParameters().get("temporal_pos_embedding").getArray();
            assertThat(table.getShape()).isEqualTo(new Shape(1, 3, 8));
            assertThat(table.toFloatArray()).containsOnly(0);
        }
    }

    @Test
    void whatOnlyVideosHaveIsRefusedForImages() {
        assertThatThrownBy(() -> config(IMAGE, Factorised.of("sst", Fidelity.CORRECT)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("factorised-sst runs through the frames of a video");
        assertThatThrownBy(() -> temporal(IMAGE, new Sweep(), true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("an image has none");
    }

    private static ZigMaConfig config(SampleShape canvas, ScanScheme scan) {
        return temporal(canvas, scan, canvas.isVideo());
    }

    private static ZigMaConfig temporal(SampleShape canvas, ScanScheme scan, boolean temporal) {
        return new ZigMaConfig(
                canvas,
                2,
                8,
                3,
                scan,
                MambaConfig.PUBLISHED,
                Positions.LEARNED,
                temporal,
                NormKind.RMS,
                1e-5,
                0,
                new Unconditional());
    }

    /** A model with random weights, two inputs and a direction to differentiate in. */
    private static final class Problem {

        final ZigMa model;
        final ParameterStore store;
        final NDArray x;
        final NDArray t;
        final NDArray weight;

        Problem(ZigMaConfig config, NDManager manager) {
            model = TinyCheckpoints.model(config, 3, manager);
            store = new ParameterStore(manager, false);
            Shape shape = new Shape(2).addAll(config.sample().shape());
            x = random(manager, shape, 1);
            t = manager.create(new float[] {0.2f, 0.7f}).duplicate();
            weight = random(manager, shape, 2);
        }

        NDArray predict() {
            return predict(DropPath.NONE);
        }

        NDArray predict(DropPath random) {
            return model.forward(new Pass(store, true, random), x, t, Condition.NONE);
        }

        Map<String, NDArray> takeGradients() {
            Map<String, NDArray> gradients = new LinkedHashMap<>();
            model.namedParameters()
                    .forEach(
                            (name, parameter) -> {
                                try (NDArray gradient = parameter.getArray().getGradient()) {
                                    gradients.put(name, gradient.duplicate());
                                    gradient.subi(gradient);
                                }
                            });
            return gradients;
        }

        private static NDArray random(NDManager manager, Shape shape, long seed) {
            SplittableRandom random = new SplittableRandom(seed);
            float[] values = new float[(int) shape.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextGaussian();
            }
            // duplicated into the engine's memory, which the graph of gradients can hold on to
            return manager.create(values, shape).duplicate();
        }
    }
}

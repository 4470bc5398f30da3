package io.zigma.backbone.zigma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import io.zigma.base.SampleShape;
import io.zigma.checkpoint.TinyCheckpoints;
import io.zigma.condition.Condition;
import io.zigma.condition.Unconditional;
import io.zigma.nn.DropPath;
import io.zigma.nn.MambaConfig;
import io.zigma.nn.NormKind;
import io.zigma.nn.Pass;
import io.zigma.nn.TokenRouting;
import io.zigma.nn.TokenSubset;
import io.zigma.op.GradientTape;
import io.zigma.scan.Bidirectional;
import io.zigma.scan.Factorised;
import io.zigma.scan.Fidelity;
import io.zigma.scan.ScanScheme;
import io.zigma.scan.Sweep;
import io.zigma.scan.Zigzag;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tokens that go past ZigMa's middle layers while it trains. */
class TokenRoutingTest {

    private static final SampleShape IMAGE = SampleShape.image(3, 8, 8);
    private static final SampleShape VIDEO = SampleShape.video(3, 3, 4, 6);
    private static final TokenRouting HALF = new TokenRouting(0.5, 7);

    static Stream<ZigMaConfig> variants() {
        return Stream.of(
                config(IMAGE, new Sweep(), 3),
                config(IMAGE, new Zigzag(8), 7),
                config(IMAGE, new Bidirectional(), 4),
                config(VIDEO, new Zigzag(8), 4),
                config(VIDEO, Factorised.of("sst", Fidelity.CORRECT), 6));
    }

    @ParameterizedTest
    @MethodSource("variants")
    void aShareOfNothingIsTheSameToTheLastBit(ZigMaConfig config) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Problem problem = new Problem(config, manager);
            float[] plain = problem.predict(problem.training()).toFloatArray();
            assertThat(
                            problem.predict(problem.training().withRouting(new TokenRouting(0, 5)))
                                    .toFloatArray())
                    .isEqualTo(plain);
            assertThat(problem.predict(problem.training().withRouting(HALF)).toFloatArray())
                    .isNotEqualTo(plain);
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void samplingHasAllTokensInAllLayersWhateverThePassSays(ZigMaConfig config) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Problem problem = new Problem(config, manager);
            Pass sampling = Pass.inference(problem.store);
            assertThat(problem.predict(sampling.withRouting(HALF)).toFloatArray())
                    .isEqualTo(problem.predict(sampling).toFloatArray());
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void everyWeightHasAGradientAndRecomputingGivesTheSame(ZigMaConfig config) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Problem problem = new Problem(config, manager);
            Map<String, float[]> kept = problem.gradients(false);
            kept.forEach(
                    (name, gradient) ->
                            assertThat(gradient).as(name).isNotEqualTo(new float[gradient.length]));
            Map<String, float[]> recomputed = problem.gradients(true);
            recomputed.forEach(
                    (name, gradient) -> assertThat(gradient).as(name).isEqualTo(kept.get(name)));
        }
    }

    @Test
    void gradientsAreThoseOfTheChangeOfTheLoss() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Problem problem = new Problem(config(VIDEO, new Zigzag(8), 4), manager);
            Map<String, float[]> gradients = problem.gradients(false);
            String name = "blocks.1.mixer.in_proj.weight"; // a layer that gets half of the tokens
            NDArray weight = problem.model.namedParameters().get(name).getArray();
            float[] values = weight.toFloatArray();
            float[] gradient = gradients.get(name);
            double length = 0;
            for (float value : gradient) {
                length += value * value;
            }
            length = Math.sqrt(length);
            double step = 1e-2;
            double[] losses = new double[2];
            for (int side = 0; side < 2; side++) {
                float[] moved = values.clone();
                for (int i = 0; i < moved.length; i++) {
                    moved[i] += (float) ((side == 0 ? step : -step) * gradient[i] / length);
                }
                weight.set(moved);
                losses[side] = problem.loss();
            }
            assertThat((losses[0] - losses[1]) / (2 * step))
                    .isCloseTo(length, Percentage.withPercentage(3));
        }
    }

    @Test
    void whatGoesPastAMiddleLayerDoesNotDependOnItsWeights() {
        ZigMaConfig config = config(IMAGE, new Sweep(), 3);
        try (NDManager manager = NDManager.newBaseManager()) {
            Problem problem = new Problem(config, manager);
            // the last layer mixes no tokens: its gate is closed
            problem.clear("blocks.2.adaLN_modulation.1.weight");
            problem.clear("blocks.2.adaLN_modulation.1.bias");
            Pass pass = problem.training().withRouting(HALF);
            float[] before = problem.predict(pass).toFloatArray();
            problem.clear("blocks.1.mixer.out_proj.weight");
            float[] after = problem.predict(pass).toFloatArray();
            TokenSubset subset = TokenSubset.random(16, HALF.share(), HALF.seed());
            assertThat(subset.kept()).hasSize(8);
            for (int token = 0; token < 16; token++) {
                boolean past = Arrays.binarySearch(subset.kept(), token) < 0;
                int pixel = token / 4 * 2 * 8 + token % 4 * 2; // of the first channel
                assertThat(after[pixel] == before[pixel]).as("token %s", token).isEqualTo(past);
            }
        }
    }

    @Test
    void subsetsAreOfTheSeedAndTheSameInEveryFrame() {
        TokenSubset subset = TokenSubset.random(10, 0.3, 4);
        assertThat(subset.kept()).hasSize(7).isSorted().doesNotHaveDuplicates();
        assertThat(subset.skipped()).hasSize(3).doesNotContain(subset.kept());
        assertThat(TokenSubset.random(10, 0.3, 4).kept()).isEqualTo(subset.kept());
        assertThat(TokenSubset.random(10, 0.3, 5).kept()).isNotEqualTo(subset.kept());
        TokenSubset video = subset.inEveryFrame(3);
        assertThat(video.kept()).hasSize(21);
        for (int i = 0; i < 21; i++) {
            assertThat(video.kept()[i]).isEqualTo(10 * (i / 7) + subset.kept()[i % 7]);
        }
        int[] places = video.places();
        for (int i = 0; i < 21; i++) {
            assertThat(places[video.kept()[i]]).isEqualTo(i);
        }
        assertThat(TokenSubset.random(4, 0.99, 1).kept()).hasSize(1);
        assertThat(TokenSubset.random(4, 0.1, 1).isWhole()).isTrue();
    }

    @Test
    void whatCannotBeRoutedIsRefused() {
        assertThatThrownBy(() -> new TokenRouting(1, 0)).hasMessageContaining("in [0, 1), not 1");
        ZigMaConfig shallow = config(IMAGE, new Sweep(), 2);
        assertThat(shallow.routesTokens()).isFalse();
        try (NDManager manager = NDManager.newBaseManager()) {
            Problem problem = new Problem(shallow, manager);
            assertThatThrownBy(() -> problem.predict(problem.training().withRouting(HALF)))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    private static ZigMaConfig config(SampleShape sample, ScanScheme scan, int depth) {
        return new ZigMaConfig(
                sample,
                2,
                16,
                depth,
                scan,
                MambaConfig.PUBLISHED,
                Positions.LEARNED,
                sample.isVideo(),
                NormKind.RMS,
                1e-5,
                0,
                new Unconditional());
    }

    /** A model with random weights, an input and a direction to differentiate in. */
    private static final class Problem {

        final ZigMa model;
        final ParameterStore store;
        final NDArray x;
        final NDArray t;
        final NDArray weight;

        Problem(ZigMaConfig config, NDManager manager) {
            model = TinyCheckpoints.model(config, 3, manager);
            store = new ParameterStore(manager, false);
            Shape shape = config.sample().batch(2);
            x = random(manager, shape, 1);
            t = manager.create(new float[] {0.2f, 0.7f}).duplicate();
            weight = random(manager, shape, 2);
        }

        Pass training() {
            return new Pass(store, true, DropPath.NONE);
        }

        NDArray predict(Pass pass) {
            return model.forward(pass, x, t, Condition.NONE);
        }

        void clear(String name) {
            NDArray values = model.namedParameters().get(name).getArray();
            values.set(new float[(int) values.size()]);
        }

        double loss() {
            return predict(training().withRouting(HALF)).mul(weight).sum().getFloat();
        }

        Map<String, float[]> gradients(boolean recomputing) {
            try (GradientTape tape =
                    recomputing ? GradientTape.openRecomputing() : GradientTape.open()) {
                tape.backward(predict(training().withRouting(HALF)).mul(weight).sum());
            }
            Map<String, float[]> gradients = new LinkedHashMap<>();
            model.namedParameters()
                    .forEach(
                            (name, parameter) -> {
                                if (!parameter.requiresGradient()) {
                                    return;
                                }
                                try (NDArray gradient = parameter.getArray().getGradient()) {
                                    gradients.put(name, gradient.toFloatArray());
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

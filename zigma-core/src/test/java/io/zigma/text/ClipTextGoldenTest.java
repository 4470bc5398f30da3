package io.zigma.text;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import com.google.gson.JsonObject;
import io.zigma.base.GradientMode;
import io.zigma.io.CheckpointException;
import io.zigma.io.Fields;
import io.zigma.nn.FixtureWeights;
import io.zigma.nn.Pass;
import io.zigma.testing.Close;
import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import io.zigma.testing.Tolerance;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("golden")
class ClipTextGoldenTest {

    private static final Tolerance TOLERANCE = Tolerance.elementwise(1e-4, 1e-4);
    private static final String MIDDLE = "mid.hidden_states.";

    static Stream<Fixture> fixtures() {
        return Golden.fixtures("clip_text");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void givesTheOfficialTokens(Fixture fixture) {
        try (Problem problem = new Problem(fixture)) {
            problem.assertClose("out.last_hidden_state", problem.tokens("in.input_ids"));
            if (fixture.has("in.short_ids")) {
                problem.assertClose("out.short_last_hidden_state", problem.tokens("in.short_ids"));
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void passesThroughTheOfficialIntermediates(Fixture fixture) {
        try (Problem problem = new Problem(fixture)) {
            List<String> recorded = fixture.names(MIDDLE);
            Assumptions.assumeFalse(recorded.isEmpty(), "the fixture records no intermediates");
            NDArray x =
                    problem.network.embedded(
                            problem.pass, fixture.array(problem.manager, "in.input_ids"));
            NDArray beforeLast = x;
            int index = 0;
            for (ClipLayer layer : problem.network.layers()) {
                if (recorded.contains(MIDDLE + index)) {
                    problem.assertClose(MIDDLE + index, x);
                }
                beforeLast = x;
                x = layer.apply(problem.pass, x);
                index++;
            }
            if (fixture.has("out.penultimate_final_ln")) {
                problem.assertClose(
                        "out.penultimate_final_ln",
                        problem.network.normalised(problem.pass, beforeLast));
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void givesTheOfficialVectorOfAText(Fixture fixture) {
        try (Problem problem = new Problem(fixture)) {
            NDArray pooled = problem.pooled();
            problem.assertClose("out.pooler_output", pooled);
            Assumptions.assumeTrue(
                    fixture.has("in.text_projection"), "the fixture has no projection");
            NDArray projection = fixture.array(problem.manager, "in.text_projection"); // (d, p)
            problem.assertClose("out.text_embeds", pooled.matMul(projection));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void aTextHasTheSameNumbersAloneAsInItsBatch(Fixture fixture) {
        try (Problem problem = new Problem(fixture)) {
            NDArray ids = fixture.array(problem.manager, "in.input_ids");
            NDArray together = problem.tokens("in.input_ids");
            for (long i = 0; i < ids.getShape().get(0); i++) {
                NDArray one = ids.get(i).expandDims(0); // (1, L)
                NDArray alone = GradientMode.off(() -> problem.network.apply(problem.pass, one));
                assertThat(alone.toFloatArray()).isEqualTo(together.get(i).toFloatArray());
            }
        }
    }

    /** A fixture's network and inputs. */
    private static final class Problem implements AutoCloseable {

        final Fixture fixture;
        final NDManager manager = NDManager.newBaseManager();
        final ClipText network;
        final Pass pass = Pass.inference(new ParameterStore(manager, false));

        Problem(Fixture fixture) {
            this.fixture = fixture;
            JsonObject config = fixture.config().deepCopy();
            config.addProperty("model_type", "clip_text_model");
            try {
                Set<String> tensors = new HashSet<>();
                network =
                        (ClipText)
                                TextModels.read(Fields.of(fixture.name(), config), tensors)
                                        .network();
            } catch (CheckpointException e) {
                throw new AssertionError(e);
            }
            FixtureWeights.load(network, fixture, manager, new Shape(1, 1));
        }

        NDArray tokens(String ids) {
            return GradientMode.off(() -> network.apply(pass, fixture.array(manager, ids)));
        }

        NDArray pooled() {
            long[] all = fixture.longs("in.input_ids");
            int length = (int) fixture.shape("in.input_ids")[1];
            int[][] ids = new int[all.length / length][length];
            for (int i = 0; i < all.length; i++) {
                ids[i / length][i % length] = (int) all[i];
            }
            return GradientMode.off(() -> network.pool(pass, tokens("in.input_ids"), ids));
        }

        void assertClose(String tensor, NDArray actual) {
            assertThat(actual.getDataType()).isEqualTo(DataType.FLOAT32);
            Close.assertClose(fixture, tensor, actual, TOLERANCE);
        }

        @Override
        public void close() {
            manager.close();
        }
    }
}

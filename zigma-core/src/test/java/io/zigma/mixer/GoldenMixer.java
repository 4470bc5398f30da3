package io.zigma.mixer;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import io.zigma.nn.FixtureWeights;
import io.zigma.nn.Pass;
import io.zigma.nn.UnaryBlock;
import io.zigma.op.GradientTape;
import io.zigma.op.ReferencePath;
import io.zigma.testing.Close;
import io.zigma.testing.Fixture;
import io.zigma.testing.Tolerance;
import java.util.List;
import java.util.Objects;
import org.assertj.core.data.Percentage;

/**
 * A mixer with a fixture's weights, compared with the official code in every way that it can be
 * computed.
 */
final class GoldenMixer implements AutoCloseable {

    static final Tolerance VALUE = Tolerance.elementwise(1e-4, 2e-5);
    private static final Tolerance GRADIENT = Tolerance.ofLargest(1e-3, 1e-7);

    /** Official parameters without influence, of attention whose call is commented out. */
    private static final String UNUSED = "multi_scan.attn.";

    private final Fixture fixture;
    private final UnaryBlock block;
    private final MapLayout layout;
    final NDManager manager = NDManager.newBaseManager();

    GoldenMixer(Fixture fixture, UnaryBlock block, MapLayout layout) {
        this.fixture = fixture;
        this.block = block;
        this.layout = layout;
        FixtureWeights.loadUsed(block, UNUSED, fixture, manager, new Shape(fixture.shape("in.x")));
    }

    /** Returns the input as tokens (B, L, C). */
    NDArray x() {
        return layout.tokens(fixture.array(manager, "in.x"));
    }

    Pass pass() {
        return Pass.inference(new ParameterStore(manager, false));
    }

    /** Compares tokens with a map of the fixture. */
    void assertClose(String tensor, NDArray tokens) {
        Close.assertClose(
                fixture, tensor, layout.map(tokens, new Shape(fixture.shape(tensor))), VALUE);
    }

    void assertValues(String tensor) {
        assertClose(tensor, block.apply(pass(), x()));
        assertClose(tensor, ReferencePath.run(() -> block.apply(pass(), x())));
    }

    void assertGradientsThroughTheEnginesGraph() {
        NDArray x = input();
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            collector.backward(loss(x));
        }
        assertGradients(x);
    }

    void assertGradientsThroughTheTape() {
        NDArray x = input();
        try (GradientTape tape = GradientTape.open()) {
            NDArray loss = loss(x);
            tape.backward(loss);
            assertThat(loss.getFloat())
                    .isCloseTo(fixture.floats("out.loss")[0], Percentage.withPercentage(0.01));
        }
        assertGradients(x);
    }

    void assertGradientsWhenRecomputed() {
        NDArray x = input();
        try (GradientTape tape = GradientTape.openRecomputing()) {
            tape.backward(loss(x));
        }
        assertGradients(x);
    }

    private NDArray input() {
        NDArray x = fixture.array(manager, "in.x");
        x.setRequiresGradient(true);
        block.namedParameters().values().forEach(p -> p.getArray().setRequiresGradient(true));
        return x;
    }

    private NDArray loss(NDArray x) {
        Pass training = Pass.training(new ParameterStore(manager, false));
        NDArray y =
                GradientTape.block(
                        List.of(layout.tokens(x)),
                        inputs -> block.apply(training, Objects.requireNonNull(inputs.get(0))));
        NDArray target = fixture.array(manager, "in.target");
        return layout.map(y, target.getShape()).sub(target).square().mean();
    }

    private void assertGradients(NDArray x) {
        FixtureWeights.assertGradientsClose(block, fixture, GRADIENT);
        Close.assertClose(fixture, "grad_in.x", x.getGradient(), GRADIENT);
    }

    @Override
    public void close() {
        manager.close();
    }
}

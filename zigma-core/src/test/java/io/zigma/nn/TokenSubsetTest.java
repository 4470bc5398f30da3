package io.zigma.nn;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import io.zigma.op.TokenOrder;
import io.zigma.scan.Fidelity;
import io.zigma.scan.LayerScan;
import io.zigma.scan.ScanPath;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Mixers that get some of the tokens. */
class TokenSubsetTest {

    private static final int SIZE = 8;
    private static final int FRAMES = 4;
    private static final int PLACES = 6;
    private static final Mixers MIXERS = new Mixers(SIZE, MambaConfig.PUBLISHED);

    @Test
    void aPathGoesOnFromOneToTheNextOfThoseThatAreThere() {
        TokenSubset subset = TokenSubset.random(5, 0.4, 1);
        int[] kept = subset.kept();
        ScanPath path = subset.along(ScanPath.of(4, 2, 0, 3, 1));
        assertThat(path.length()).isEqualTo(3);
        int last = -1;
        int[] order = {4, 2, 0, 3, 1};
        for (int step : path.order()) {
            int place = -1;
            for (int i = 0; i < 5; i++) {
                place = order[i] == kept[step] ? i : place;
            }
            assertThat(place).isGreaterThan(last);
            last = place;
        }
    }

    @Test
    void aMixerAlongAPathIsThatOfTheShorterPath() {
        ScanPath path = ScanPath.of(3, 1, 5, 0, 4, 2);
        TokenSubset subset = TokenSubset.random(PLACES, 0.5, 3);
        check(new LayerScan.Along(path), new LayerScan.Along(subset.along(path)), subset, PLACES);
    }

    @Test
    void aMixerBothWaysIsThatOfTheShorterPath() {
        ScanPath path = ScanPath.of(3, 1, 5, 0, 4, 2);
        TokenSubset subset = TokenSubset.random(PLACES, 0.5, 3);
        check(
                new LayerScan.BothWays(path),
                new LayerScan.BothWays(subset.along(path)),
                subset,
                PLACES);
    }

    @Test
    void aMixerWithinFramesHasTheSamePositionsInEachFrame() {
        ScanPath path = ScanPath.of(3, 1, 5, 0, 4, 2);
        TokenSubset subset = TokenSubset.random(PLACES, 0.5, 3);
        check(
                new LayerScan.WithinFrames(FRAMES, path),
                new LayerScan.WithinFrames(FRAMES, subset.along(path)),
                subset.inEveryFrame(FRAMES),
                FRAMES * PLACES);
    }

    @Test
    void aMixerThroughTimeHasWholeSequences() {
        ScanPath path = ScanPath.of(3, 1, 0, 2);
        TokenSubset subset = TokenSubset.random(PLACES, 0.5, 3).inEveryFrame(FRAMES);
        check(
                new LayerScan.ThroughTime(path, PLACES, Fidelity.CORRECT),
                new LayerScan.ThroughTime(path, PLACES / 2, Fidelity.CORRECT),
                subset,
                FRAMES * PLACES);
    }

    /** A mixer that is given some tokens does what one does that knows no others. */
    private static void check(LayerScan scan, LayerScan shorter, TokenSubset subset, int tokens) {
        try (NDManager manager = NDManager.newBaseManager()) {
            UnaryBlock mixer = MIXERS.of(scan);
            UnaryBlock known = MIXERS.of(shorter);
            Pass pass = Pass.inference(new ParameterStore(manager, false));
            NDArray x = random(manager, new Shape(2, tokens, SIZE), 1);
            mixer.initialize(manager, x.getDataType(), x.getShape());
            NDArray some = TokenOrder.take(x, subset.kept());
            known.initialize(manager, x.getDataType(), some.getShape());
            Map<String, Parameter> from = ((NamedBlock) mixer).namedParameters();
            ((NamedBlock) known)
                    .namedParameters()
                    .forEach(
                            (name, parameter) ->
                                    parameter
                                            .getArray()
                                            .set(from.get(name).getArray().toFloatArray()));
            assertThat(mixer.apply(pass.withTokens(subset), some).toFloatArray())
                    .isEqualTo(known.apply(pass, some).toFloatArray());
        }
    }

    private static NDArray random(NDManager manager, Shape shape, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[(int) shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return manager.create(values, shape).duplicate();
    }
}

package io.zigma.sampler;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.GuidanceStrength;
import io.zigma.diffusion.InterpolantKind;
import io.zigma.diffusion.InterpolantProcess;
import io.zigma.diffusion.Prediction;
import io.zigma.testing.Close;
import io.zigma.testing.Tolerance;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GuidanceTest {

    private static final DiffusionProcess PROCESS =
            new InterpolantProcess(InterpolantKind.LINEAR, Prediction.VELOCITY);
    private static final Network WITH = (x, t) -> x.mul(0.3).add(1);
    private static final Network WITHOUT = (x, t) -> x.mul(-0.7);
    private static final Denoiser CONDITIONAL = new ModelDenoiser(WITH, PROCESS);
    private static final Denoiser UNCONDITIONAL = new ModelDenoiser(WITHOUT, PROCESS);

    /** The first half of the batch has the condition. */
    private static final Denoiser BOTH =
            new ModelDenoiser(
                    (x, t) -> {
                        long half = x.size(0) / 2;
                        assertThat(t.getShape()).isEqualTo(new Shape(2 * half));
                        NDArray with = WITH.predict(x.get("0:{}", half), t);
                        return with.concat(WITHOUT.predict(x.get("{}:", half), t));
                    },
                    PROCESS);

    private static final double TIME = 0.5;

    @Test
    void scaleOneIsTheConditionalModelToTheLastBit() {
        assertSame(separate(new GuidanceStrength(1)), CONDITIONAL);
        assertSame(batched(new GuidanceStrength(1)), CONDITIONAL);
    }

    @Test
    void scaleZeroIsTheUnconditionalModelToTheLastBit() {
        assertSame(separate(new GuidanceStrength(0)), UNCONDITIONAL);
        assertSame(batched(new GuidanceStrength(0)), UNCONDITIONAL);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 1.5, 7})
    void otherScalesGoAlongTheDifference(double scale) {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = manager.create(new float[] {0.1f, 2, -3, 0.7f}, new Shape(2, 2));
            NDArray base = UNCONDITIONAL.at(x, TIME).output();
            NDArray expected = base.add(CONDITIONAL.at(x, TIME).output().sub(base).mul(scale));
            Tolerance tolerance = Tolerance.ofLargest(1e-6, 0);
            GuidanceStrength strength = new GuidanceStrength(scale);
            Close.assertClose(
                    "guided", separate(strength).at(x, TIME).output(), expected, tolerance);
            Close.assertClose(
                    "guided in one batch",
                    batched(strength).at(x, TIME).output(),
                    expected,
                    tolerance);
        }
    }

    @Test
    void outsideItsTimesOnlyTheConditionalModelIsAsked() {
        Denoiser never =
                (x, t) -> {
                    throw new AssertionError("asked without the condition");
                };
        GuidanceStrength later = new GuidanceStrength(3, 0.6, 0.9);
        assertSame(Guidance.batched(never, CONDITIONAL, PROCESS, later), CONDITIONAL);
        assertSame(Guidance.of(CONDITIONAL, never, PROCESS, later), CONDITIONAL);
    }

    @Test
    void withinItsTimesTheModelIsGuided() {
        Denoiser guided = batched(new GuidanceStrength(3, 0.4, 0.5));
        assertSame(guided, batched(new GuidanceStrength(3)));
    }

    @Test
    void onlyTheFirstChannelsAreGuidedOfImagesAndVideos() {
        GuidanceStrength first = new GuidanceStrength(3).withChannels(2);
        for (Shape shape : List.of(new Shape(2, 3, 2, 2), new Shape(2, 2, 3, 2, 2))) {
            int axis = shape.dimension() - 3;
            try (NDManager manager = NDManager.newBaseManager()) {
                NDArray x = manager.arange((float) shape.size()).reshape(shape).mul(0.1);
                NDArray all = separate(new GuidanceStrength(3)).at(x, TIME).output();
                NDArray none = CONDITIONAL.at(x, TIME).output();
                for (Denoiser guided : List.of(separate(first), batched(first))) {
                    NDList parts = guided.at(x, TIME).output().split(new long[] {2}, axis);
                    assertThat(parts.get(0).toFloatArray())
                            .isEqualTo(all.split(new long[] {2}, axis).get(0).toFloatArray());
                    assertThat(parts.get(1).toFloatArray())
                            .isEqualTo(none.split(new long[] {2}, axis).get(1).toFloatArray());
                }
            }
        }
    }

    @Test
    void scaleZeroInSomeChannelsIsTheConditionalModelInTheOthers() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = manager.ones(new Shape(1, 2, 1, 1));
            GuidanceStrength first = new GuidanceStrength(0).withChannels(1);
            for (Denoiser guided : List.of(separate(first), batched(first))) {
                assertThat(guided.at(x, TIME).output().toFloatArray())
                        .containsExactly(
                                UNCONDITIONAL.at(x, TIME).output().toFloatArray()[0],
                                CONDITIONAL.at(x, TIME).output().toFloatArray()[1]);
            }
        }
    }

    private static Denoiser separate(GuidanceStrength strength) {
        return Guidance.of(CONDITIONAL, UNCONDITIONAL, PROCESS, strength);
    }

    private static Denoiser batched(GuidanceStrength strength) {
        return Guidance.batched(BOTH, CONDITIONAL, PROCESS, strength);
    }

    private static void assertSame(Denoiser actual, Denoiser expected) {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = manager.create(new float[] {0.1f, 2, -3, 0.7f}, new Shape(2, 2));
            assertThat(actual.at(x, TIME).output().toFloatArray())
                    .isEqualTo(expected.at(x, TIME).output().toFloatArray());
        }
    }
}

package io.zigma.train.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.backbone.Signature;
import io.zigma.backbone.dit.BlockKind;
import io.zigma.backbone.dit.DiTConfig;
import io.zigma.base.SampleShape;
import io.zigma.condition.Condition;
import io.zigma.condition.Conditioning;
import io.zigma.diffusion.InterpolantKind;
import io.zigma.diffusion.InterpolantProcess;
import io.zigma.diffusion.Noised;
import io.zigma.diffusion.Prediction;
import io.zigma.diffusion.TimeSampler;
import io.zigma.diffusion.UniformTimes;
import io.zigma.train.TinyRuns;
import io.zigma.train.config.Objective;
import io.zigma.train.config.TrainingConfig;
import io.zigma.train.config.TrainingJson;
import io.zigma.train.data.Batch;
import io.zigma.train.loop.Noising.NoisedBatch;
import io.zigma.train.loop.Noising.Position;
import io.zigma.train.optim.BatchGradients;
import io.zigma.train.optim.BatchGradients.Result;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Contrastive flow matching. */
class ContrastTest {

    /** As published, its output is zero before the first step. */
    private static final DiTConfig DIT =
            new DiTConfig(
                    new Signature(SampleShape.image(1, 4, 6), 1, Conditioning.none(), 1),
                    2,
                    16,
                    1,
                    2,
                    4,
                    BlockKind.ADALN_ZERO,
                    false);

    private static final int BATCH = 3;
    private static final int PIXELS = 24;
    private static final double[] TIMES = {0.2, 0.5, 0.9};

    private static Objective objective(Prediction prediction) {
        return new Objective(
                new InterpolantProcess(InterpolantKind.LINEAR, prediction), new UniformTimes(), 0);
    }

    private static float[] wave(int count, double frequency) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) Math.sin(frequency * i + 1);
        }
        return values;
    }

    private static Result gradients(Objective objective, NDManager manager) {
        TrainingConfig config =
                TrainingConfig.of(DIT).withObjective(objective).withBatchSize(BATCH);
        ModelPair models = new ModelPair(config.model(), 0, List.of(), manager);
        Shape shape = new Shape(BATCH, 1, 4, 6);
        Noising noising =
                (place, batch, from, to, scope) ->
                        new NoisedBatch(
                                objective
                                        .process()
                                        .noised(
                                                scope.create(wave(BATCH * PIXELS, 0.3), shape),
                                                scope.create(wave(BATCH * PIXELS, 0.7), shape),
                                                TIMES),
                                new float[BATCH],
                                Condition.NONE);
        TimeSampler times = objective.times().over(objective.process());
        DiffusionLoss loss = new DiffusionLoss(config, models.trained(), noising, times);
        Batch batch = new Batch(new float[BATCH * PIXELS], new int[BATCH], 0);
        try (BatchGradients gradients = BatchGradients.whole(models.trained().namedParameters())) {
            return gradients.of(BATCH, loss.of(new Position(0, 0), batch), manager);
        }
    }

    /** What a model that predicts zeros loses, in double precision. */
    private static double expected(Prediction prediction, double contrast) {
        float[] data = wave(BATCH * PIXELS, 0.3);
        float[] noise = wave(BATCH * PIXELS, 0.7);
        double sum = 0;
        for (int i = 0; i < data.length; i++) {
            int other = (i + PIXELS) % data.length;
            double t = TIMES[i / PIXELS];
            double x = t * data[i] + (1 - t) * noise[i];
            double velocity = prediction == Prediction.DATA ? -x / (1 - t) : 0;
            double own = velocity - (data[i] - noise[i]);
            double others = velocity - (data[other] - noise[other]);
            sum += own * own - contrast * others * others;
        }
        return sum / data.length;
    }

    @ParameterizedTest
    @EnumSource(
            value = Prediction.class,
            names = {"VELOCITY", "DATA"})
    void theDistanceToTheNextSamplesVelocityIsTakenOffTheLoss(Prediction prediction) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Objective plain = objective(prediction);
            assertThat(gradients(plain, manager).loss())
                    .isCloseTo(expected(prediction, 0), within(1e-5));
            assertThat(gradients(plain.withContrast(0.25), manager).loss())
                    .isCloseTo(expected(prediction, 0.25), within(1e-5));
        }
    }

    @Test
    void gradientsLeadAwayFromTheOthers() {
        // of an output of zeros, the loss's gradient by the head's bias is linear in the targets
        try (NDManager manager = NDManager.newBaseManager()) {
            Objective plain = objective(Prediction.VELOCITY);
            double w = 0.25;
            float[] alone = bias(gradients(plain, manager));
            float[] contrasted = bias(gradients(plain.withContrast(w), manager));
            // over a whole batch the others' velocities are the same ones in another order
            for (int i = 0; i < alone.length; i++) {
                assertThat(contrasted[i]).isCloseTo((float) ((1 - w) * alone[i]), within(1e-6f));
            }
        }
    }

    private static float[] bias(Result result) {
        return result.gradients().get("final_layer.linear.bias").toFloatArray();
    }

    @Test
    void othersAreTheNextSamplesAndTheFirstForTheLast() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray data = manager.arange(6f).reshape(3, 2);
            Noised at = objective(Prediction.VELOCITY).process().noised(data, data.neg(), TIMES);
            Noised others = at.withOthers();
            assertThat(others.data().toFloatArray()).containsExactly(2, 3, 4, 5, 0, 1);
            assertThat(others.noise().toFloatArray()).containsExactly(-2, -3, -4, -5, -0f, -1);
            assertThat(others.x()).isSameAs(at.x());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Prediction.class,
            mode = Mode.EXCLUDE,
            names = {"VELOCITY", "DATA"})
    void whereNoVelocitiesAreComparedItIsRefused(Prediction prediction) {
        assertThatThrownBy(() -> objective(prediction).withContrast(0.05))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("contrast is between velocities");
    }

    @Test
    void aBatchOfOneHasNobodyToContrastWith() {
        TrainingConfig config =
                TinyRuns.config().withObjective(objective(Prediction.VELOCITY).withContrast(0.05));
        assertThatThrownBy(() -> config.withBatchSize(1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("batches of at least 2");
        assertThatThrownBy(() -> objective(Prediction.VELOCITY).withContrast(1))
                .hasMessageContaining("[0, 1)");
    }

    @Test
    void theConfigurationKeepsIt() {
        TrainingConfig config =
                TinyRuns.config()
                        .withObjective(
                                objective(Prediction.DATA).withContrast(0.05).withNoiseChoice(4));
        assertThat(TrainingJson.read(TrainingJson.write(config), config.model())).isEqualTo(config);
    }
}

package io.zigma.train.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import io.zigma.backbone.zigma.TinyModels;
import io.zigma.diffusion.TimeSampler;
import io.zigma.testing.Close;
import io.zigma.testing.Tolerance;
import io.zigma.train.config.TrainingConfig;
import io.zigma.train.data.Batch;
import io.zigma.train.loop.Noising.Position;
import io.zigma.train.optim.BatchGradients;
import io.zigma.train.optim.BatchGradients.Result;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The loss of a batch in microbatches against that of the batch in one piece. */
class DiffusionLossTest {

    private static final int BATCH = 13;

    @ParameterizedTest(name = "{0} threads")
    @ValueSource(ints = {2, 3})
    void microbatchesGiveTheGradientsOfTheWhole(int threads) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Result whole = gradients(1, manager);
            Result parts = gradients(threads, manager);
            assertThat(parts.loss()).isCloseTo(whole.loss(), within(1e-6 * whole.loss()));
            assertThat(parts.gradients().keySet())
                    .containsExactlyElementsOf(whole.gradients().keySet());
            whole.gradients()
                    .forEach(
                            (name, expected) ->
                                    Close.assertClose(
                                            name,
                                            parts.gradients().get(name),
                                            expected,
                                            Tolerance.elementwise(1e-4, 1e-7)));
        }
    }

    @ParameterizedTest(name = "{0} threads")
    @ValueSource(ints = {1, 2, 3})
    void theSameStepGivesTheSameBits(int threads) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Map<String, NDArray> first = gradients(threads, manager).gradients();
            Map<String, NDArray> second = gradients(threads, manager).gradients();
            first.forEach(
                    (name, gradient) ->
                            assertThat(second.get(name).toFloatArray())
                                    .as(name)
                                    .containsExactly(gradient.toFloatArray()));
        }
    }

    /** One step of a model with stochastic depth and dropped labels, on as many threads. */
    private static Result gradients(int threads, NDManager manager) {
        int before = JniUtils.getNumThreads();
        JniUtils.setNumThreads(threads);
        TrainingConfig config =
                TrainingConfig.of(TinyModels.DROPPING).withBatchSize(BATCH).withSeed(5);
        ModelPair models = new ModelPair(config.model(), config.seed(), List.of(), manager);
        models.weights().forEach((name, weight) -> weight.addi(0.01f)); // published gates are zero
        float[] images = new float[BATCH * 24];
        for (int i = 0; i < images.length; i++) {
            images[i] = (float) Math.sin(i * 0.7);
        }
        int[] labels = new int[BATCH];
        Arrays.setAll(labels, i -> i % 3);
        Batch batch = new Batch(images, labels, 7L * BATCH);
        TimeSampler times = config.objective().times().over(config.objective().process());
        Noising noising =
                new RandomNoising(
                        config, BatchConditions.ofLabels(config.model().conditioning()), times);
        DiffusionLoss loss = new DiffusionLoss(config, models.trained(), noising, times);
        try (BatchGradients gradients =
                BatchGradients.inMicrobatches(models.trained().namedParameters(), false)) {
            return gradients.of(BATCH, loss.of(new Position(7, 0), batch), manager);
        } finally {
            JniUtils.setNumThreads(before);
        }
    }
}

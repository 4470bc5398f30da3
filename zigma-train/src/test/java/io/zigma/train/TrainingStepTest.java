package io.zigma.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import io.zigma.backbone.zigma.TinyModels;
import io.zigma.testing.Close;
import io.zigma.testing.Tolerance;
import io.zigma.train.optim.BatchGradients.Result;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A step in shares of the batch against a step in one piece. */
class TrainingStepTest {

    private static final int BATCH = 13;

    @ParameterizedTest(name = "{0} threads")
    @ValueSource(ints = {2, 3})
    void sharesOfTheBatchGiveTheGradientsOfTheWhole(int threads) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Result whole = gradients(1, manager);
            Result shares = gradients(threads, manager);
            assertThat(shares.loss()).isCloseTo(whole.loss(), within(1e-6 * whole.loss()));
            assertThat(shares.gradients().keySet())
                    .containsExactlyElementsOf(whole.gradients().keySet());
            whole.gradients()
                    .forEach(
                            (name, expected) ->
                                    Close.assertClose(
                                            name,
                                            shares.gradients().get(name),
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
        BatchMaker maker = new BatchMaker(config);
        float[] images = new float[BATCH * 24];
        for (int i = 0; i < images.length; i++) {
            images[i] = (float) Math.sin(i * 0.7);
        }
        int[] labels = new int[BATCH];
        Arrays.setAll(labels, i -> i % 3);
        try (TrainingStep step = new TrainingStep(config, models, manager)) {
            return step.forwardBackward(
                    7,
                    maker.between(7, images, manager),
                    maker.condition(7, labels, manager),
                    manager);
        } finally {
            JniUtils.setNumThreads(before);
        }
    }
}

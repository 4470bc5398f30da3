package io.zigma.train.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.zigma.op.ReferencePath;
import io.zigma.train.optim.BatchGradients.MicrobatchLoss;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BatchGradientsTest {

    private final int threadsBefore = JniUtils.getNumThreads();
    private final NDManager manager = NDManager.newBaseManager();
    private final Map<String, Parameter> parameters = new LinkedHashMap<>();
    private BatchGradients gradients;

    @BeforeEach
    void fourThreadsAndThreeParameters() {
        JniUtils.setNumThreads(4);
        parameters.put("weight", parameter(true, 2));
        parameters.put("fixed", parameter(false, 3));
        parameters.put("unused", parameter(true, 5));
        gradients = BatchGradients.inMicrobatches(parameters, false);
    }

    @AfterEach
    void close() {
        gradients.close();
        manager.close();
        JniUtils.setNumThreads(threadsBefore);
    }

    private Parameter parameter(boolean trained, float value) {
        Parameter parameter =
                Parameter.builder()
                        .setName("p")
                        .setType(Parameter.Type.WEIGHT)
                        .optShape(new Shape(1))
                        .build();
        parameter.freeze(!trained);
        parameter.setInitializer((owner, shape, type) -> owner.ones(shape, type).muli(value));
        parameter.initialize(manager, DataType.FLOAT32);
        return parameter;
    }

    /** The sum over the samples' places i of (i + 1) · weight · fixed. */
    private MicrobatchLoss loss() {
        return (store, from, to) -> {
            NDArray weight = store.getValue(parameters.get("weight"), manager.getDevice(), true);
            NDArray fixed = store.getValue(parameters.get("fixed"), manager.getDevice(), true);
            return weight.mul(fixed).sum().mul((from + 1 + to) * (to - from) / 2f);
        };
    }

    @Test
    void microbatchesAddUpOverTheWholeBatch() {
        BatchGradients.Result result = gradients.of(10, loss(), manager);

        assertThat(result.loss()).isEqualTo(55 * 2 * 3);
        assertThat(result.gradients()).containsOnlyKeys("weight", "unused");
        assertThat(result.gradients().get("weight").toFloatArray()).containsExactly(55 * 3);
        assertThat(result.gradients().get("unused").toFloatArray()).containsExactly(0);
    }

    @Test
    void everyPassStartsFromZeroGradients() {
        gradients.of(10, (store, from, to) -> loss().of(store, from, to).mul(Float.NaN), manager);

        assertThat(gradients.of(10, loss(), manager).gradients().get("weight").toFloatArray())
                .containsExactly(55 * 3);
    }

    @Test
    void nothingStaysInTheParameters() {
        gradients.of(10, loss(), manager);

        assertThat(JniUtils.getGradient(engine(parameters.get("weight").getArray()))).isNull();
    }

    private static PtNDArray engine(NDArray array) {
        return (PtNDArray) array;
    }

    @Test
    void microbatchesHaveTheirPartOfTheThreads() {
        Map<Integer, Integer> threads = new ConcurrentHashMap<>();
        MicrobatchLoss counting =
                (store, from, to) -> {
                    threads.put(from, JniUtils.getNumThreads());
                    return loss().of(store, from, to);
                };

        gradients.of(10, counting, manager);
        assertThat(threads).isEqualTo(Map.of(0, 2, 5, 2));
        assertThat(JniUtils.getNumThreads()).isEqualTo(4);

        threads.clear();
        gradients.of(16, counting, manager);
        assertThat(threads).isEqualTo(Map.of(0, 1, 4, 1, 8, 1, 12, 1));

        threads.clear();
        gradients.of(3, counting, manager);
        assertThat(threads).isEqualTo(Map.of(0, 4));

        threads.clear();
        try (BatchGradients whole = BatchGradients.whole(parameters)) {
            whole.of(16, counting, manager);
        }
        assertThat(threads).isEqualTo(Map.of(0, 4));
    }

    @Test
    void microbatchesKeepToTheReferencePathOfTheirCaller() {
        Set<Boolean> plain = ConcurrentHashMap.newKeySet();
        MicrobatchLoss asking =
                (store, from, to) -> {
                    plain.add(ReferencePath.inUse());
                    return loss().of(store, from, to);
                };

        ReferencePath.run(() -> gradients.of(16, asking, manager));
        assertThat(plain).containsExactly(true);

        plain.clear();
        gradients.of(16, asking, manager);
        assertThat(plain).containsExactly(ReferencePath.inUse());
    }

    @Test
    void whatFailsInAMicrobatchIsThrownAsItIsWhenAllHaveEnded() {
        Set<Integer> ended = ConcurrentHashMap.newKeySet();
        OutOfMemoryError failure = new OutOfMemoryError("not really");
        MicrobatchLoss failing =
                (store, from, to) -> {
                    if (from == 0) {
                        throw failure;
                    }
                    NDArray value = loss().of(store, from, to);
                    ended.add(from);
                    return value;
                };

        assertThatThrownBy(() -> gradients.of(16, failing, manager)).isSameAs(failure);
        assertThat(ended).containsExactlyInAnyOrder(4, 8, 12);
        assertThat(gradients.of(16, loss(), manager).loss()).isEqualTo(136 * 6);
    }

    @Test
    void aStrangersParameterIsRefused() {
        Parameter stranger = parameter(true, 1);
        MicrobatchLoss strange =
                (store, from, to) -> store.getValue(stranger, manager.getDevice(), true).sum();

        assertThatThrownBy(() -> gradients.of(3, strange, manager))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not a parameter of this pass");
    }
}

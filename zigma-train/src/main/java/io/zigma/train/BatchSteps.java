package io.zigma.train;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import io.zigma.op.MemoryExhaustion;
import io.zigma.train.data.Batch;
import java.util.Arrays;

/** Steps on batches; one that memory does not suffice for is refused with the size that fits. */
final class BatchSteps {

    private final TrainingStep trainingStep;
    private final BatchMaker maker;
    private final NDManager manager;

    BatchSteps(TrainingStep trainingStep, BatchMaker maker, NDManager manager) {
        this.trainingStep = trainingStep;
        this.maker = maker;
        this.manager = manager;
    }

    /**
     * Takes a step.
     *
     * @param step steps taken before this one
     * @param batch what it is taken on
     * @return what it came to
     * @throws DivergedException if loss or gradients are not finite; the weights are then untouched
     * @throws BatchTooLargeException if memory does not suffice
     */
    StepReport take(long step, Batch batch) throws DivergedException, BatchTooLargeException {
        try (NDManager scope = manager.newSubManager()) {
            return trainingStep.take(
                    step,
                    maker.between(step, batch.images(), scope),
                    maker.condition(step, batch.labels(), scope),
                    scope);
        } catch (EngineException | OutOfMemoryError e) {
            if (!MemoryExhaustion.caused(e)) {
                throw e;
            }
            int size = batch.labels().length;
            throw new BatchTooLargeException(step + 1, size, fitting(step, batch, size / 2), e);
        }
    }

    /**
     * Finds by trying how many images of a batch fit into memory: a half, a quarter, …, or none.
     */
    private int fitting(long step, Batch batch, int most) {
        for (int size = most; size >= 1; size /= 2) {
            int values = batch.images().length / batch.labels().length * size;
            try (NDManager scope = manager.newSubManager()) {
                trainingStep.forwardBackward(
                        step,
                        maker.between(step, Arrays.copyOf(batch.images(), values), scope),
                        maker.condition(step, Arrays.copyOf(batch.labels(), size), scope),
                        scope);
                return size;
            } catch (EngineException | OutOfMemoryError e) {
                if (!MemoryExhaustion.caused(e)) {
                    throw e;
                }
            }
        }
        return 0;
    }
}

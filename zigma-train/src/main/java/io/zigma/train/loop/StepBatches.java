package io.zigma.train.loop;

import ai.djl.ndarray.NDManager;
import io.zigma.train.data.Batch;
import io.zigma.train.loop.Noising.NoisedBatch;
import io.zigma.train.loop.Noising.Position;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The batches of a run's steps, in their order. */
interface StepBatches extends AutoCloseable {

    /**
     * A batch of a step.
     *
     * @param position its step, and its position in the step
     * @param batch images and labels
     * @param noised what the model sees of it, if that was prepared
     * @param owner of what was prepared
     */
    record Prepared(
            Position position, Batch batch, @Nullable NoisedBatch noised, @Nullable NDManager owner)
            implements AutoCloseable {

        /** Frees what was prepared. */
        @Override
        public void close() {
            if (owner != null) {
                owner.close();
            }
        }
    }

    /**
     * Returns the next batch.
     *
     * @param position where the caller is, which is where the batch belongs
     * @return the batch, to be closed
     */
    Prepared next(Position position);

    /** Stops preparing. */
    @Override
    void close();

    /**
     * Makes batches of which nothing is prepared.
     *
     * @param batches the next batch
     */
    static StepBatches unprepared(Supplier<Batch> batches) {
        return new StepBatches() {
            @Override
            public Prepared next(Position position) {
                return new Prepared(position, batches.get(), null, null);
            }

            @Override
            public void close() {}
        };
    }
}

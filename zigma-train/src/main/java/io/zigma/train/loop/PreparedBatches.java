package io.zigma.train.loop;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import io.zigma.op.MemoryExhaustion;
import io.zigma.train.data.Batch;
import io.zigma.train.loop.Noising.NoisedBatch;
import io.zigma.train.loop.Noising.Position;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;

/**
 * Batches that a thread noises and copies to a device while the device computes the steps before:
 * the copies wait for the device and this thread with them, but nobody else.
 */
final class PreparedBatches implements StepBatches {

    private static final int AHEAD = 2;

    private final Supplier<Batch> batches;
    private final Noising noising;
    private final NDManager manager;
    private final int batchesPerStep;
    private final BlockingQueue<Entry> ready = new ArrayBlockingQueue<>(AHEAD);
    private final Thread thread;
    private volatile boolean closed;

    private sealed interface Entry {
        record Full(Prepared batch) implements Entry {}

        /** There are no more, and why. */
        record Ended(Throwable reason) implements Entry {}
    }

    /**
     * Starts preparing.
     *
     * @param batches the next batch; asked on the thread of its own
     * @param noising noises a batch at its position
     * @param manager parent of the owners of what is prepared
     * @param step of the first batch
     * @param steps of the run; no batch is asked for beyond them
     * @param batchesPerStep how many batches a step has
     */
    PreparedBatches(
            Supplier<Batch> batches,
            Noising noising,
            NDManager manager,
            long step,
            long steps,
            int batchesPerStep) {
        this.batches = batches;
        this.noising = noising;
        this.manager = manager;
        this.batchesPerStep = batchesPerStep;
        thread = new Thread(() -> prepare(step, steps), "zigma-prepare");
        thread.setDaemon(true);
        thread.start();
    }

    private void prepare(long from, long to) {
        try {
            try {
                for (long step = from; step < to && !closed; step++) {
                    int first = 0;
                    for (int number = 0; number < batchesPerStep && !closed; number++) {
                        Batch batch = batches.get();
                        put(prepared(new Position(step, first), batch));
                        first += batch.size();
                    }
                }
                ready.put(new Entry.Ended(new IllegalStateException("the run has no more steps")));
            } catch (RuntimeException | Error e) {
                ready.put(new Entry.Ended(e));
            }
        } catch (InterruptedException e) {
            // closing interrupts; nobody waits for a batch any more
            Thread.currentThread().interrupt();
        }
    }

    private void put(Prepared batch) throws InterruptedException {
        try {
            ready.put(new Entry.Full(batch));
        } catch (InterruptedException e) {
            batch.close();
            throw e;
        }
    }

    /** What does not fit beside a step is left to the step, which says what does. */
    private Prepared prepared(Position position, Batch batch) {
        NDManager own = manager.newSubManager();
        try {
            NoisedBatch noised = noising.of(position, batch, 0, batch.size(), own);
            return new Prepared(position, batch, noised, own);
        } catch (EngineException | OutOfMemoryError e) {
            own.close();
            if (!MemoryExhaustion.caused(e)) {
                throw e;
            }
            return new Prepared(position, batch, null, null);
        } catch (RuntimeException | Error e) {
            own.close();
            throw e;
        }
    }

    @Override
    public Prepared next(Position position) {
        Entry entry;
        try {
            entry = ready.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            CancellationException cancelled =
                    new CancellationException("interrupted while waiting for a batch");
            cancelled.initCause(e);
            throw cancelled;
        }
        if (entry instanceof Entry.Full full) {
            if (!full.batch().position().equals(position)) {
                full.batch().close();
                throw new IllegalStateException(
                        "the batch of %s was prepared, not that of %s"
                                .formatted(full.batch().position(), position));
            }
            return full.batch();
        }
        Throwable reason = ((Entry.Ended) entry).reason();
        ready.add(entry); // later calls fail with the same
        if (reason instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) reason;
    }

    /** {@inheritDoc} Waits until the thread has ended, and frees what nobody took. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        for (Entry entry = ready.poll(); entry != null; entry = ready.poll()) {
            if (entry instanceof Entry.Full full) {
                full.batch().close();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

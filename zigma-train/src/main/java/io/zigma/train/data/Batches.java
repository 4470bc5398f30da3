package io.zigma.train.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;

/**
 * An endless stream of batches in a fixed random order, read ahead by a thread of its own.
 *
 * <p>The picture at position p is that of epoch p / size at place p mod size of the epoch's
 * permutation; batches run on over the end of an epoch. A stream that starts at a position gives
 * the same batches as one that came there by itself.
 */
public final class Batches implements AutoCloseable {

    private static final int READ_AHEAD = 3;

    private final ImageDataset data;
    private final BatchPlan plan;
    private final SampleOrder order;
    private final int from;
    private final int to;
    private final BlockingQueue<Prepared> ready = new ArrayBlockingQueue<>(READ_AHEAD);
    private final Thread reader;
    private volatile boolean closed;

    /** The result of the reading thread. */
    private sealed interface Prepared {
        record Full(Batch batch) implements Prepared {}

        /** The stream has ended, and why. */
        record Ended(RuntimeException reason) implements Prepared {}
    }

    private Batches(ImageDataset data, BatchPlan plan, long position, int from, int to) {
        this.data = data;
        this.plan = plan;
        this.from = from;
        this.to = to;
        this.order =
                new SampleOrder(data.size(), plan.seed(), data.shardStarts(), plan.shuffleBuffer());
        this.reader = new Thread(() -> readFrom(position), "zigma-batches");
        reader.setDaemon(true);
    }

    /**
     * Starts a stream.
     *
     * @param data the pictures
     * @param plan batch size, seed, mirroring
     * @param position of the first picture, 0 at the start of a run
     * @return the stream, to be closed
     * @throws IllegalArgumentException if the position is negative or a batch would not fit one
     *     array
     */
    public static Batches from(ImageDataset data, BatchPlan plan, long position) {
        return from(data, plan, position, 0, plan.batchSize());
    }

    /**
     * Starts a stream of batches of which a part is used: the pictures of the others are not read.
     *
     * @param data the pictures
     * @param plan batch size, seed, mirroring
     * @param position of the first picture, 0 at the start of a run
     * @param from the first picture of each batch that is used
     * @param to the one behind the last; the pixels of others are 0, their labels and captions true
     * @return the stream, to be closed
     * @throws IllegalArgumentException if the position is negative or a batch would not fit one
     *     array
     * @throws IndexOutOfBoundsException if a batch has no such part
     */
    public static Batches from(ImageDataset data, BatchPlan plan, long position, int from, int to) {
        Objects.checkFromToIndex(from, to, plan.batchSize());
        if (position < 0) {
            throw new IllegalArgumentException(
                    "a stream of pictures starts at position 0 or later, not " + position);
        }
        long floats = (long) plan.batchSize() * data.sample().size();
        if (floats > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(
                    "a batch of %s pictures of %s×%s does not fit one array; use smaller batches"
                            .formatted(plan.batchSize(), data.height(), data.width()));
        }
        Batches batches = new Batches(data, plan, position, from, to);
        batches.reader.start();
        return batches;
    }

    /**
     * Returns the next batch, waiting until it is read.
     *
     * @return a full batch
     * @throws java.io.UncheckedIOException if a picture went away since the data set was opened
     * @throws IllegalStateException if the stream is closed
     * @throws CancellationException if the waiting thread is interrupted; its flag stays set
     */
    public Batch next() {
        try {
            Prepared prepared = ready.take();
            if (prepared instanceof Prepared.Full full) {
                return full.batch();
            }
            // later calls fail with the same exception
            ready.add(prepared);
            throw ((Prepared.Ended) prepared).reason();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            CancellationException cancelled =
                    new CancellationException("interrupted while waiting for a batch");
            cancelled.initCause(e);
            throw cancelled;
        }
    }

    /** Stops reading ahead and waits until the thread has ended. */
    @Override
    public void close() {
        closed = true;
        reader.interrupt();
        boolean interrupted = false;
        while (reader.isAlive()) {
            try {
                reader.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        ready.clear();
        ready.add(new Prepared.Ended(new IllegalStateException("the stream of batches is closed")));
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void readFrom(long start) {
        try {
            try {
                for (long position = start; !closed; position += plan.batchSize()) {
                    ready.put(new Prepared.Full(read(position)));
                }
            } catch (RuntimeException e) {
                ready.put(new Prepared.Ended(e));
            } catch (Error e) {
                // out of memory, mostly; unreported, the receiver would wait for ever
                ready.put(
                        new Prepared.Ended(
                                new IllegalStateException("reading batches failed: " + e, e)));
            }
        } catch (InterruptedException e) {
            // closing interrupts; there is no caller left to report to
            Thread.currentThread().interrupt();
        }
    }

    private Batch read(long position) {
        int elements = data.sample().size();
        float[] images =
                new float[plan.batchSize() * elements]; // (B, C, H, W), or (B, F, C, H, W) of clips
        int[] labels = new int[plan.batchSize()]; // (B)
        List<String> captions = new ArrayList<>();
        for (int i = 0; i < labels.length; i++) {
            int index = order.index(position + i);
            boolean flipped = plan.flips() && order.flipped(position + i);
            if (from <= i && i < to) {
                data.read(index, flipped, images, i * elements);
            }
            labels[i] = data.label(index);
            if (data.captioned()) {
                List<String> all = data.captions(index);
                captions.add(all.get(order.choice(position + i, all.size())));
            }
        }
        return new Batch(images, labels, captions, position);
    }
}

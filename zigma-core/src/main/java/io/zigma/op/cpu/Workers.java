package io.zigma.op.cpu;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;

/**
 * A small fixed pool of threads that runs indexed tasks.
 *
 * <p>Which thread runs a task is not defined, so a task must write only what no other task writes.
 */
final class Workers {

    private static final int HELPERS = Math.max(1, Runtime.getRuntime().availableProcessors() - 1);
    private static final AtomicInteger NAMES = new AtomicInteger();
    private static final ExecutorService POOL =
            Executors.newFixedThreadPool(
                    HELPERS,
                    job -> {
                        Thread thread = new Thread(job, "zigma-kernel-" + NAMES.incrementAndGet());
                        thread.setDaemon(true);
                        return thread;
                    });

    private Workers() {}

    /**
     * Runs tasks 0 … tasks − 1 and returns when all have ended; the calling thread works too.
     *
     * @param tasks how many tasks there are
     * @param threads how many threads may work at once, the calling one included
     * @param task called once with each index
     * @throws IllegalStateException if a task failed; errors are thrown on as they are
     */
    static void run(int tasks, int threads, IntConsumer task) {
        Job job = new Job(tasks, task);
        int helpers = Math.min(Math.min(threads, tasks) - 1, HELPERS);
        try {
            for (int i = 0; i < helpers; i++) {
                POOL.execute(job);
            }
        } finally {
            // even if no thread could be had for a helper, those before it are at work
            job.run();
            job.await();
        }
    }

    /** One round of tasks; each thread that runs it takes task indices until none is left. */
    private static final class Job implements Runnable {

        private final int tasks;
        private final IntConsumer task;
        private final AtomicInteger next = new AtomicInteger();
        private final CountDownLatch left;
        private final AtomicReference<Throwable> failure = new AtomicReference<>();

        Job(int tasks, IntConsumer task) {
            this.tasks = tasks;
            this.task = task;
            this.left = new CountDownLatch(tasks);
        }

        @Override
        public void run() {
            for (int number = next.getAndIncrement();
                    number < tasks;
                    number = next.getAndIncrement()) {
                try {
                    task.accept(number);
                } catch (RuntimeException | Error e) {
                    failure.compareAndSet(null, e);
                } finally {
                    left.countDown();
                }
            }
        }

        /** Waits without giving up: the tasks write to memory that the caller frees afterwards. */
        void await() {
            boolean interrupted = false;
            while (true) {
                try {
                    left.await();
                    break;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            Throwable thrown = failure.get();
            if (thrown instanceof Error error) {
                throw error; // no memory left, say, which callers look for
            }
            if (thrown != null) {
                throw new IllegalStateException("a kernel task failed: " + thrown, thrown);
            }
        }
    }
}

package io.zigma.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import io.zigma.backbone.zigma.TinyModels;
import io.zigma.train.config.Cadence;
import io.zigma.train.config.TrainingConfig;
import io.zigma.train.data.DatasetView;
import io.zigma.train.loop.GradientExchange;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that several processes take the steps of; here they are threads with a model each. */
class PeersTest {

    private static final TrainingConfig CONFIG =
            TinyRuns.config(TinyModels.DROPPING).withSteps(20).withBatchSize(7);

    @TempDir Path folder;

    /** Adds up what threads have, in their order. */
    private static final class Table {

        private final float[][] values;
        private final double[][] figures;
        private final CyclicBarrier barrier;

        Table(int parts) {
            values = new float[parts][];
            figures = new double[parts][];
            barrier = new CyclicBarrier(parts);
        }

        private void await() throws IOException {
            try {
                barrier.await();
            } catch (InterruptedException | BrokenBarrierException e) {
                throw new IOException(e);
            }
        }

        GradientExchange part(int part) {
            return new GradientExchange() {
                @Override
                public int part() {
                    return part;
                }

                @Override
                public int parts() {
                    return values.length;
                }

                @Override
                public void sum(float[] own, double[] few) throws IOException {
                    values[part] = own.clone();
                    figures[part] = few.clone();
                    await();
                    for (int i = 0; i < own.length; i++) {
                        own[i] = values[0][i];
                        for (int other = 1; other < values.length; other++) {
                            own[i] += values[other][i];
                        }
                    }
                    for (int i = 0; i < few.length; i++) {
                        few[i] = 0;
                        for (double[] other : figures) {
                            few[i] += other[i];
                        }
                    }
                    await();
                }
            };
        }
    }

    /** What a part does before it runs. */
    @FunctionalInterface
    private interface Opening {
        Training open(int part) throws IOException;
    }

    private void together(int parts, int every, Opening opening) throws Exception {
        Table table = new Table(parts);
        ExecutorService pool = Executors.newFixedThreadPool(parts);
        try {
            List<Future<Training.Ending>> ends =
                    pool.invokeAll(
                            IntStream.range(0, parts)
                                    .<Callable<Training.Ending>>mapToObj(
                                            part ->
                                                    () -> {
                                                        try (Training training =
                                                                opening.open(part)) {
                                                            training.exchangeWith(
                                                                    table.part(part), every);
                                                            return training.run();
                                                        }
                                                    })
                                    .toList());
            for (Future<Training.Ending> end : ends) {
                end.get();
            }
        } finally {
            pool.shutdownNow();
        }
    }

    private Opening started(String name, TrainingConfig config) {
        return part -> TinyRuns.start(folder.resolve(name + part), config);
    }

    private void alone(String name, TrainingConfig config, int replicas) throws IOException {
        try (Training training = TinyRuns.start(folder.resolve(name), config)) {
            training.replicateOn(Collections.nCopies(replicas - 1, Device.cpu()));
            training.run();
        }
    }

    private Path end(String name, String file) {
        return folder.resolve(name).resolve("checkpoints/00000020").resolve(file);
    }

    private float furthest(String one, String other, String file) throws IOException {
        return FurthestNumbers.between(end(one, file), end(other, file));
    }

    @Test
    void processesThatAddUpGradientsTakeTheStepsOfOne() throws Exception {
        alone("one", CONFIG, 1);
        together(2, 1, started("machine", CONFIG));

        assertThat(furthest("one", "machine0", "model.safetensors")).isLessThan(2e-4f);
        assertThat(furthest("one", "machine0", "training.safetensors")).isLessThan(2e-4f);
        assertThat(end("machine1", "training.safetensors"))
                .hasSameBinaryContentAs(end("machine0", "training.safetensors"));
    }

    @Test
    void batchesOfSeveralMicrobatchesAreAddedUpBeforeTheyAreExchanged() throws Exception {
        TrainingConfig several = CONFIG.withBatchSize(4).withAccumulate(3);
        alone("one", several, 1);
        together(3, 1, started("machine", several));

        assertThat(furthest("one", "machine2", "model.safetensors")).isLessThan(2e-4f);
    }

    @Test
    void aRunOfThreeRepeatsToTheLastBit() throws Exception {
        together(3, 1, started("first", CONFIG));
        together(3, 1, started("second", CONFIG));

        for (String file : List.of("model.safetensors", "training.safetensors")) {
            assertThat(end("second0", file)).hasSameBinaryContentAs(end("first0", file));
        }
    }

    @Test
    void aRunThatIsBrokenOffEndsWithTheSameBytes() throws Exception {
        together(2, 1, started("straight", CONFIG));
        together(2, 1, started("broken", CONFIG.withSteps(12)));
        together(
                2,
                1,
                part ->
                        Training.resume(
                                TrainingRequest.of(
                                                folder.resolve("broken" + part),
                                                CONFIG,
                                                TinyRuns.data())
                                        .withProvenance(TinyRuns.PROVENANCE)));

        assertThat(end("broken0", "training.safetensors"))
                .hasSameBinaryContentAs(end("straight0", "training.safetensors"));
    }

    @Test
    void weightsThatAreAveragedEveryFewStepsAreTheSameEverywhereAndOthersThanOfEveryStep()
            throws Exception {
        TrainingConfig config = CONFIG.withCadence(new Cadence(5, 10, 0, 4, 1));
        together(2, 5, started("local", config));
        together(2, 1, started("synchronous", config));

        for (String file : List.of("model.safetensors", "training.safetensors")) {
            assertThat(end("local1", file)).hasSameBinaryContentAs(end("local0", file));
        }
        float apart = furthest("local0", "synchronous0", "model.safetensors");
        assertThat(apart).isBetween(1e-5f, 0.5f);
    }

    @Test
    void eachProcessReadsItsOwnPicturesOnly() throws Exception {
        // of the first batch, which is an epoch of 20 pictures; more are read ahead
        List<Set<Integer>> first =
                List.of(ConcurrentHashMap.newKeySet(), ConcurrentHashMap.newKeySet());
        TrainingConfig epoch = CONFIG.withSteps(1).withBatchSize(20);
        together(
                2,
                1,
                part ->
                        Training.start(
                                TrainingRequest.of(
                                                folder.resolve("machine" + part),
                                                epoch,
                                                new DatasetView(TinyRuns.data()) {
                                                    @Override
                                                    public void read(
                                                            int index,
                                                            boolean flipped,
                                                            float[] target,
                                                            int at) {
                                                        if (first.get(part).size() < 10) {
                                                            first.get(part).add(index);
                                                        }
                                                        super.read(index, flipped, target, at);
                                                    }
                                                })
                                        .withProvenance(TinyRuns.PROVENANCE)));

        assertThat(first.get(0)).doesNotContainAnyElementsOf(first.get(1));
        assertThat(first.get(0).size() + first.get(1).size()).isEqualTo(20);
    }

    @Test
    void oneThatIsAskedToStopStopsAllAtTheSameStep() throws Exception {
        Path[] folders = {folder.resolve("machine0"), folder.resolve("machine1")};
        together(
                2,
                1,
                part -> {
                    Training training = TinyRuns.start(folders[part], CONFIG);
                    if (part == 1) {
                        training.stopAfterCurrentStep();
                    }
                    return training;
                });

        for (Path run : folders) {
            assertThat(run.resolve("checkpoints/00000001")).exists();
            assertThat(run.resolve("checkpoints/00000020")).doesNotExist();
        }
    }

    @Test
    void whatCannotBeTrainedTogetherIsRefused() throws IOException {
        GradientExchange four = new Table(4).part(0);
        try (Training training = TinyRuns.start(folder.resolve("small"), CONFIG.withBatchSize(3))) {
            assertThatThrownBy(() -> training.exchangeWith(four, 1))
                    .hasMessage(
                            "a batch of 3 cannot be divided among 4 machines with a model each; use fewer, or larger batches");
        }
        try (Training training =
                TinyRuns.start(
                        folder.resolve("cadence"),
                        CONFIG.withCadence(new Cadence(10, 1, 0, 4, 1)))) {
            assertThatThrownBy(() -> training.exchangeWith(four, 4))
                    .hasMessage(
                            "weights are averaged every 4 steps, so that nothing can be written every 10; make it a multiple");
        }
    }
}

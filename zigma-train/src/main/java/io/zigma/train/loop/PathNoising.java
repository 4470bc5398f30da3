package io.zigma.train.loop;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.base.EngineMemory;
import io.zigma.condition.Condition;
import io.zigma.diffusion.DeterministicStep;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.train.config.TrainingConfig;
import io.zigma.train.data.Batch;
import io.zigma.train.loop.RandomStreams.Purpose;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a student learns from: the places on a teacher's paths where its steps begin, and the data
 * and noise whose step leads to where the teacher is at the step's end. Of a batch only labels and
 * captions count. Neighbouring samples are the steps of one path, with the condition of the first.
 */
final class PathNoising implements Noising {

    private final TeacherPaths paths;
    private final DiffusionProcess process;
    private final Shape sample;
    private final int each;
    private final BatchConditions conditions;
    private final RandomStreams streams;
    private final int steps;

    /**
     * Makes the noising of a run.
     *
     * @param config its process, seed and distillation
     * @param paths of the teacher
     * @param conditions what both models are given beside x
     */
    PathNoising(TrainingConfig config, TeacherPaths paths, BatchConditions conditions) {
        this.paths = paths;
        this.process = config.objective().process();
        this.sample = config.model().sample().shape();
        this.each = config.model().sample().size();
        this.conditions = conditions;
        this.streams = new RandomStreams(config.seed());
        this.steps = paths.times().length - 1;
    }

    @Override
    public NoisedBatch of(Position position, Batch batch, int from, int to, NDManager manager) {
        int count = to - from;
        int firstPath = (position.first() + from) / steps;
        int lastPath = (position.first() + to - 1) / steps;
        int[] owners = // where in the batch the condition of each path is
                IntStream.rangeClosed(firstPath, lastPath)
                        .map(path -> Math.max(0, path * steps - position.first()))
                        .toArray();
        float[][] states = states(position.step(), firstPath, batch, owners, manager);
        float[] x = new float[count * each];
        float[] reached = new float[count * each];
        double[] times = new double[count];
        double[] ends = new double[count];
        int[] samples = new int[count]; // where in the batch the condition of each sample is
        double[] begin = paths.times();
        for (int i = 0; i < count; i++) {
            int place = position.first() + from + i;
            int path = place / steps - firstPath;
            int step = place % steps;
            System.arraycopy(states[step], path * each, x, i * each, each);
            System.arraycopy(states[step + 1], path * each, reached, i * each, each);
            times[i] = begin[step];
            ends[i] = begin[step + 1];
            samples[i] = owners[path];
        }
        float[] weights = new float[count];
        Arrays.fill(weights, 1);
        try (NDArray end = array(manager, reached, count)) {
            return new NoisedBatch(
                    DeterministicStep.through(process, array(manager, x, count), times, end, ends),
                    weights,
                    condition(batch, samples, count, manager));
        }
    }

    private float[][] states(
            long step, int firstPath, Batch batch, int[] owners, NDManager manager) {
        float[] noise = new float[owners.length * each];
        for (int i = 0; i < owners.length; i++) {
            float[] own = streams.normal(Purpose.NOISE, step, firstPath + i, each);
            System.arraycopy(own, 0, noise, i * each, each);
        }
        try (NDManager scope = manager.newSubManager()) {
            return paths.from(
                    array(scope, noise, owners.length),
                    condition(batch, twice(owners), owners.length, scope));
        }
    }

    private NDArray array(NDManager manager, float[] numbers, int count) {
        Shape shape = new Shape(count).addAll(sample); // (b, C, H, W)
        return EngineMemory.copy(manager, numbers, shape);
    }

    private static int[] twice(int[] places) {
        return IntStream.concat(Arrays.stream(places), Arrays.stream(places)).toArray();
    }

    /** The conditions of the first samples, and null conditions behind them. */
    private Condition condition(Batch batch, int[] places, int wanted, NDManager manager) {
        int[] labels = Arrays.stream(places).map(place -> batch.labels()[place]).toArray();
        List<String> captions =
                batch.captions().isEmpty()
                        ? List.of()
                        : Arrays.stream(places).mapToObj(batch.captions()::get).toList();
        boolean[] dropped = new boolean[places.length];
        Arrays.fill(dropped, wanted, places.length, true);
        Batch chosen = new Batch(new float[0], labels, captions, batch.position());
        return conditions.of(manager, chosen, 0, places.length, dropped);
    }
}

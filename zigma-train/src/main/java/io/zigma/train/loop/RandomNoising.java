package io.zigma.train.loop;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.backbone.BackboneSpec;
import io.zigma.condition.Condition;
import io.zigma.diffusion.TimeSampler;
import io.zigma.op.NormalNumbers;
import io.zigma.sampler.SeededNoise;
import io.zigma.train.config.Objective;
import io.zigma.train.config.TrainingConfig;
import io.zigma.train.data.Batch;
import io.zigma.train.loop.Noising.NoisedBatch;
import io.zigma.train.loop.RandomStreams.Purpose;
import java.nio.FloatBuffer;
import java.util.stream.IntStream;

/** Noise, times and dropped conditions out of the run's random streams. */
final class RandomNoising implements Noising {

    private final BackboneSpec model;
    private final Objective objective;
    private final TimeSampler timeSampler;
    private final BatchConditions conditions;
    private final RandomStreams streams;
    private final Placement placement;
    private final DevicePictures pictures = new DevicePictures();
    private final DeviceCopy noiseCopy = new DeviceCopy();

    /**
     * Makes the noising of a run.
     *
     * @param config its process, label dropout and seed
     * @param conditions what the model is given beside the noisy images
     * @param timeSampler where the times come from
     */
    RandomNoising(TrainingConfig config, BatchConditions conditions, TimeSampler timeSampler) {
        this(config, conditions, timeSampler, Placement.HOST);
    }

    /**
     * Makes the noising of a run.
     *
     * @param config its process, label dropout and seed
     * @param conditions what the model is given beside the noisy images
     * @param timeSampler where the times come from
     * @param placement on a device a batch is noised by all processors at once
     */
    RandomNoising(
            TrainingConfig config,
            BatchConditions conditions,
            TimeSampler timeSampler,
            Placement placement) {
        this.placement = placement;
        this.model = config.model();
        this.conditions = conditions;
        this.objective = config.objective();
        this.timeSampler = timeSampler;
        this.streams = new RandomStreams(config.seed());
    }

    @Override
    public NoisedBatch of(Position position, Batch batch, int from, int to, NDManager manager) {
        int each = model.sample().size();
        int count = to - from;
        double[] times = new double[count]; // (b)
        float[] weights = new float[count]; // (b)
        for (int i = 0; i < count; i++) {
            int image = position.first() + from + i;
            TimeSampler.Sample time =
                    timeSampler.sample(
                            streams.uniform(Purpose.TIME, position.step(), image),
                            streams.normal(Purpose.TIME, position.step(), image, 1)[0]);
            times[i] = time.t();
            weights[i] = (float) time.weight();
        }
        Shape shape = model.sample().batch(count); // (b, C, H, W)
        return new NoisedBatch(
                objective
                        .process()
                        .noised(
                                images(batch, from, shape, manager),
                                noise(position, batch, from, shape, manager),
                                times),
                weights,
                condition(position, batch, from, to, manager));
    }

    private NDArray images(Batch batch, int from, Shape shape, NDManager manager) {
        int each = model.sample().size();
        int count = (int) shape.get(0);
        if (placement == Placement.DEVICE) {
            return pictures.of(manager, batch.images(), from * each, shape);
        }
        return manager.create(
                FloatBuffer.wrap(batch.images(), from * each, count * each).slice(), shape);
    }

    /**
     * Draws the noise of some images, each from a stream of its own: on a device there, unless it
     * is chosen among others by all processors.
     */
    private NDArray noise(
            Position position, Batch batch, int from, Shape shape, NDManager manager) {
        int each = model.sample().size();
        int count = (int) shape.get(0);
        if (placement == Placement.DEVICE
                && objective.noiseChoice() == 1
                && NormalNumbers.makes(each)) {
            long[] seeds = new long[count];
            for (int i = 0; i < count; i++) {
                int image = position.first() + from + i;
                seeds[i] = streams.bits(Purpose.NOISE, position.step(), image);
            }
            return SeededNoise.onDevice(manager, model.sample().shape(), seeds);
        }
        if (placement == Placement.DEVICE) {
            return noiseCopy.of(
                    manager,
                    shape,
                    target ->
                            IntStream.range(0, count)
                                    .parallel()
                                    .forEach(
                                            i -> {
                                                float[] own = new float[each];
                                                nearest(position, batch, from + i, own, 0);
                                                target.put(i * each, own, 0, each);
                                            }));
        }
        float[] noise = new float[count * each];
        for (int i = 0; i < count; i++) {
            nearest(position, batch, from + i, noise, i * each);
        }
        return manager.create(noise, shape);
    }

    /**
     * Writes an image's noise: of as many as the objective says, the one whose distance to the
     * image is the smallest.
     */
    private void nearest(Position position, Batch batch, int index, float[] noise, int offset) {
        int each = model.sample().size();
        long step = position.step();
        int image = position.first() + index;
        float[] images = batch.images();
        int imageOffset = index * each;
        float[] chosen = streams.normal(Purpose.NOISE, step, image, each);
        int others = objective.noiseChoice() - 1;
        int first = 0;
        if (others > 0) {
            float[] all = streams.normal(Purpose.OTHER_NOISES, step, image, others * each);
            double least = distance(chosen, 0, images, imageOffset, each);
            float[] own = chosen;
            for (int other = 0; other < others; other++) {
                double distance = distance(all, other * each, images, imageOffset, each);
                if (distance < least) {
                    least = distance;
                    own = all;
                    first = other * each;
                }
            }
            chosen = own;
        }
        System.arraycopy(chosen, first, noise, offset, each);
    }

    private static double distance(
            float[] noise, int noiseOffset, float[] images, int imageOffset, int count) {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            double difference = noise[noiseOffset + i] - images[imageOffset + i];
            sum += difference * difference;
        }
        return sum;
    }

    /** The condition, the null one for some (Ho and Salimans 2022, algorithm 1). */
    private Condition condition(
            Position position, Batch batch, int from, int to, NDManager manager) {
        boolean[] dropped = new boolean[to - from]; // (b)
        for (int i = 0; i < dropped.length; i++) {
            int image = position.first() + from + i;
            dropped[i] =
                    streams.uniform(Purpose.LABEL, position.step(), image)
                            < objective.labelDropout();
        }
        return conditions.of(manager, batch, from, to, dropped);
    }
}

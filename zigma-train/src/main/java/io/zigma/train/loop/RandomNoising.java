package io.zigma.train.loop;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.backbone.BackboneSpec;
import io.zigma.condition.Condition;
import io.zigma.diffusion.Noised;
import io.zigma.train.config.Objective;
import io.zigma.train.config.TrainingConfig;
import io.zigma.train.data.Batch;
import io.zigma.train.loop.Noising.NoisedBatch;
import io.zigma.train.loop.RandomStreams.Purpose;
import java.nio.FloatBuffer;
import java.util.Arrays;

/** Noise, times and dropped labels out of the run's random streams. */
final class RandomNoising implements Noising {

    private final BackboneSpec model;
    private final Objective objective;
    private final RandomStreams streams;

    /**
     * Makes the noising of a run.
     *
     * @param config its path, times, label dropout and seed
     */
    RandomNoising(TrainingConfig config) {
        this.model = config.model();
        this.objective = config.objective();
        this.streams = new RandomStreams(config.seed());
    }

    @Override
    public NoisedBatch of(Place place, Batch batch, int from, int to, NDManager manager) {
        return new NoisedBatch(
                noised(place, batch, from, to, manager),
                condition(place, batch, from, to, manager));
    }

    private Noised noised(Place place, Batch batch, int from, int to, NDManager manager) {
        int each = model.sample().size();
        int count = to - from;
        FloatBuffer images = FloatBuffer.wrap(batch.images(), from * each, count * each).slice();
        float[] noise = new float[count * each];
        double[] times = new double[count]; // (b)
        for (int i = 0; i < count; i++) {
            int image = place.first() + from + i;
            float[] values = streams.normal(Purpose.NOISE, place.step(), image, each);
            System.arraycopy(values, 0, noise, i * each, each);
            times[i] = objective.process().trainingTime(fraction(place.step(), image));
        }
        Shape shape = model.sample().batch(count); // (b, C, H, W)
        return objective
                .process()
                .noised(manager.create(images, shape), manager.create(noise, shape), times);
    }

    private double fraction(long step, int image) {
        return objective
                .times()
                .fraction(
                        streams.uniform(Purpose.TIME, step, image),
                        streams.normal(Purpose.TIME, step, image, 1)[0]);
    }

    /** The condition, the null one for some (Ho and Salimans 2022, algorithm 1). */
    private Condition condition(Place place, Batch batch, int from, int to, NDManager manager) {
        boolean[] dropped = new boolean[to - from]; // (b)
        for (int i = 0; i < dropped.length; i++) {
            int image = place.first() + from + i;
            dropped[i] =
                    streams.uniform(Purpose.LABEL, place.step(), image) < objective.labelDropout();
        }
        int[] labels = Arrays.copyOfRange(batch.labels(), from, to); // (b)
        return model.conditioning().ofLabels(manager, labels, dropped);
    }
}

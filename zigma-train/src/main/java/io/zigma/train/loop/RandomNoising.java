package io.zigma.train.loop;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.backbone.BackboneSpec;
import io.zigma.base.SampleShape;
import io.zigma.condition.Condition;
import io.zigma.diffusion.Interpolated;
import io.zigma.diffusion.TimeInterval;
import io.zigma.train.config.Objective;
import io.zigma.train.config.TrainingConfig;
import io.zigma.train.data.Batch;
import io.zigma.train.loop.RandomStreams.Purpose;
import java.nio.FloatBuffer;
import java.util.Arrays;

/** Noise, times and dropped labels out of the run's random streams. */
final class RandomNoising implements Noising {

    private final BackboneSpec model;
    private final Objective objective;
    private final TimeInterval interval;
    private final RandomStreams streams;

    /**
     * Makes the noising of a run.
     *
     * @param config its path, times, label dropout and seed
     */
    RandomNoising(TrainingConfig config) {
        this.model = config.model();
        this.objective = config.objective();
        this.interval = objective.loss().interval();
        this.streams = new RandomStreams(config.seed());
    }

    @Override
    public Noised of(Place place, Batch batch, int from, int to, NDManager manager) {
        return new Noised(
                between(place, batch, from, to, manager),
                condition(place, batch, from, to, manager));
    }

    private Interpolated between(Place place, Batch batch, int from, int to, NDManager manager) {
        SampleShape sample = model.sample();
        int each = sample.channels() * sample.height() * sample.width();
        int count = to - from;
        FloatBuffer images = FloatBuffer.wrap(batch.images(), from * each, count * each).slice();
        float[] noise = new float[count * each];
        double[] times = new double[count]; // (b)
        for (int i = 0; i < count; i++) {
            int image = place.first() + from + i;
            float[] values = streams.normal(Purpose.NOISE, place.step(), image, each);
            System.arraycopy(values, 0, noise, i * each, each);
            times[i] = interval.at(fraction(place.step(), image));
        }
        Shape shape = new Shape(count, sample.channels(), sample.height(), sample.width());
        return objective
                .path()
                .interpolant()
                .between(manager.create(noise, shape), manager.create(images, shape), times);
    }

    private double fraction(long step, int image) {
        return objective
                .times()
                .fraction(
                        streams.uniform(Purpose.TIME, step, image),
                        streams.normal(Purpose.TIME, step, image, 1)[0]);
    }

    /** Replaces some conditions by the null condition (Ho and Salimans 2022, algorithm 1). */
    private Condition condition(Place place, Batch batch, int from, int to, NDManager manager) {
        boolean[] dropped = new boolean[to - from]; // (b)
        for (int i = 0; i < dropped.length; i++) {
            int image = place.first() + from + i;
            dropped[i] =
                    streams.uniform(Purpose.LABEL, place.step(), image) < objective.labelDropout();
        }
        int[] labels = Arrays.copyOfRange(batch.labels(), from, to);
        return model.conditioning().ofLabels(manager, labels, dropped);
    }
}

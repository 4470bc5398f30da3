package io.zigma.eval.sampling;

import io.zigma.backbone.BackboneSpec;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.condition.ClassNames;
import io.zigma.eval.metric.Quantity;
import io.zigma.media.Pixels;
import io.zigma.pipeline.ImageLikelihood;
import io.zigma.sampler.Likelihood;
import io.zigma.train.data.ImageDataset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The mean number of bits per dimension that a model needs for the pictures of a data set.
 *
 * @param likelihood how the equation is solved; an adaptive method gets one picture at a time, so
 *     that no picture's result depends on another
 * @param images how many pictures, spread evenly over the data set; all of them if it has fewer
 * @param batchSize how many at a time, at least 1
 * @param seed picture i is spread and probed by seed + i
 */
public record LikelihoodEvaluation(Likelihood likelihood, int images, int batchSize, long seed) {

    /** Bits per dimension that a model needs for pictures; no sample has part in it. */
    public static final Quantity BITS_PER_DIMENSION =
            new Quantity(
                    "bits_per_dimension", "bits per dimension", Quantity.Better.LOWER, 3, false);

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if there are no pictures, or none at a time
     */
    public LikelihoodEvaluation {
        if (images < 1 || batchSize < 1) {
            throw new IllegalArgumentException(
                    "a likelihood needs at least 1 picture, and 1 at a time, not %s and %s"
                            .formatted(images, batchSize));
        }
    }

    /** Receives progress; stops the work by throwing. */
    @FunctionalInterface
    public interface Listener {

        /** Takes no notice. */
        Listener NONE = (done, all) -> {};

        /**
         * Called after each step of each batch.
         *
         * @param done steps taken, over all batches
         * @param all steps there will be
         */
        void progress(long done, long all);
    }

    /**
     * What the pictures got.
     *
     * @param bitsPerDimension mean over the pictures
     * @param standardError of the mean, by the spread over the pictures; 0 for a single one
     * @param images how many pictures
     * @param evaluations how often the model was evaluated for a picture, and as often
     *     differentiated
     * @param seed of the first picture
     */
    public record Result(
            double bitsPerDimension,
            double standardError,
            int images,
            double evaluations,
            long seed) {}

    /**
     * Evaluates a model.
     *
     * @param model the loaded model
     * @param data pictures of the model's size and channels; without classes, or with some of the
     *     model's, by their names
     * @param listener receives progress on this thread
     * @return the mean over the pictures
     * @throws IllegalArgumentException if the pictures or their classes are not the model's
     */
    public Result of(ImageLikelihood model, ImageDataset data, Listener listener) {
        int[] classes = classes(model.config(), data);
        int count = Math.min(images, data.size());
        int atOnce = likelihood.ode().adaptive() ? 1 : batchSize;
        int batches = (count + atOnce - 1) / atOnce;
        List<Double> bits = new ArrayList<>(count);
        long evaluations = 0;
        for (int batch = 0; batch < batches; batch++) {
            int first = batch * atOnce;
            int size = Math.min(atOnce, count - first);
            int[] numbers = new int[size];
            int[] labels = new int[size];
            for (int i = 0; i < size; i++) {
                numbers[i] = (int) ((long) (first + i) * data.size() / count);
                labels[i] = label(data, numbers[i], classes);
            }
            long before = batch;
            ImageLikelihood.Bits got =
                    model.of(
                            levels(data, numbers),
                            labels,
                            LongStream.range(seed + first, seed + first + size).toArray(),
                            likelihood,
                            (step, steps) ->
                                    listener.progress(
                                            before * steps + step, (long) batches * steps));
            for (double each : got.bitsPerDimension()) {
                bits.add(each);
            }
            evaluations += (long) got.evaluations() * size;
        }
        return result(bits, (double) evaluations / count);
    }

    private Result result(List<Double> bits, double evaluations) {
        int count = bits.size();
        double mean = bits.stream().mapToDouble(each -> each).sum() / count;
        double squares = bits.stream().mapToDouble(each -> (each - mean) * (each - mean)).sum();
        double error = count > 1 ? Math.sqrt(squares / (count - 1) / count) : 0;
        return new Result(mean, error, count, evaluations, seed);
    }

    private static int label(ImageDataset data, int number, int[] classes) {
        return classes.length == 0 ? ImageLikelihood.ANY : classes[data.label(number)];
    }

    /** The nearest of 256 levels to each value; pictures that were resized are between them. */
    private static byte[] levels(ImageDataset data, int[] numbers) {
        int values = data.channels() * data.height() * data.width();
        byte[] levels = new byte[numbers.length * values];
        float[] picture = new float[values];
        for (int i = 0; i < numbers.length; i++) {
            data.read(numbers[i], false, picture, 0);
            for (int j = 0; j < values; j++) {
                levels[i * values + j] = Pixels.nearestLevel(picture[j]);
            }
        }
        return levels;
    }

    /**
     * Refuses pictures that a model has no likelihood for.
     *
     * @param config describes the model
     * @param data the pictures
     * @throws IllegalArgumentException if they or their classes are not the model's
     */
    public static void requireFitting(CheckpointConfig config, ImageDataset data) {
        classes(config, data);
    }

    /** Returns the model's number of each class of the data; none where classes mean nothing. */
    private static int[] classes(CheckpointConfig config, ImageDataset data) {
        requireSize(config.model(), data);
        if (config.model().conditioning().classes() == 0) {
            return new int[0];
        }
        if (data.labels().isEmpty()) {
            if (!config.model().conditioning().guidable()) {
                throw new IllegalArgumentException(
                        "%s has no classes, and the model needs one for every picture"
                                .formatted(data.name()));
            }
            return new int[0];
        }
        int[] numbers = ClassNames.matches(data.labels(), config.labels());
        if (IntStream.range(0, data.size()).anyMatch(i -> numbers[data.label(i)] < 0)) {
            throw new IllegalArgumentException(
                    "%s has the classes %s, the model knows %s; name them alike"
                            .formatted(
                                    data.name(),
                                    ClassNames.listed(data.labels()),
                                    ClassNames.listed(config.labels())));
        }
        return numbers;
    }

    private static void requireSize(BackboneSpec model, ImageDataset data) {
        if (model.sample().channels() != data.channels()
                || model.sample().height() != data.height()
                || model.sample().width() != data.width()) {
            throw new IllegalArgumentException(
                    "the model makes images of %s × %s × %s, %s has %s × %s × %s"
                            .formatted(
                                    model.sample().channels(),
                                    model.sample().height(),
                                    model.sample().width(),
                                    data.name(),
                                    data.channels(),
                                    data.height(),
                                    data.width()));
        }
    }
}

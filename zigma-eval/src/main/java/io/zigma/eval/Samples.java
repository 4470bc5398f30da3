package io.zigma.eval;

import io.zigma.train.data.ImageDataset;
import java.util.Arrays;

/**
 * Pictures to be evaluated: those that a model made for one sampling seed, or any others.
 *
 * @param pictures with 8 bits a channel, as in files
 * @param labels the class each was asked to be of, {@link #NO_CLASS} where there are none
 * @param evaluations how often the model was evaluated for a picture, on average; a guided
 *     evaluation counts once; 0 where it is not known
 * @param passes how often the network ran for a picture, on average; a guided evaluation takes two
 */
public record Samples(Pictures pictures, int[] labels, double evaluations, double passes) {

    /** In the place of a class. */
    public static final int NO_CLASS = -1;

    /**
     * Takes pictures that are there already, from whatever program.
     *
     * @param data the pictures and their classes, if they have any
     * @return all of them in a fixed random order, since files may be sorted by class
     */
    public static Samples existing(ImageDataset data) {
        int[] order = FixedShuffle.of(data.size());
        return new Samples(
                Pictures.of(data, order), Arrays.stream(order).map(data::label).toArray(), 0, 0);
    }

    /**
     * Takes pictures that are there already, from whatever program.
     *
     * @param archive the pictures and their classes, if they have any
     * @return all of them in a fixed random order, since they may be sorted by class
     */
    public static Samples existing(SampleArchive archive) {
        int[] order = FixedShuffle.of(archive.pictures().count());
        return new Samples(
                archive.pictures().select(order),
                Arrays.stream(order).map(i -> archive.labels()[i]).toArray(),
                0,
                0);
    }
}

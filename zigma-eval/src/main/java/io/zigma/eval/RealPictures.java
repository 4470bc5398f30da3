package io.zigma.eval;

import io.zigma.base.Amount;
import io.zigma.train.data.ImageDataset;
import java.util.Arrays;
import java.util.List;

/**
 * The real pictures of an evaluation: those that samples are compared with, and training pictures
 * that show how near real pictures come.
 */
public final class RealPictures {

    private static final int MOST_HELD_OUT = 10_000;
    private static final int HELD_OUT_PART = 6;

    private final Pictures reference;
    private final int[] referenceIndices;
    private final int[] referenceLabels;
    private final List<String> labels;
    private final Pictures training;

    private RealPictures(ImageDataset reference, int[] chosen, Pictures training) {
        this.reference = Pictures.of(reference, chosen);
        this.labels = List.copyOf(reference.labels());
        this.referenceIndices = chosen;
        this.referenceLabels = Arrays.stream(chosen).map(reference::label).toArray();
        this.training = training;
    }

    /**
     * Compares with test pictures.
     *
     * @param training what the model may have been trained on
     * @param test of the same size
     * @return the pictures
     */
    public static RealPictures withTest(ImageDataset training, ImageDataset test) {
        return new RealPictures(
                test,
                FixedShuffle.of(test.size()),
                Pictures.of(training, FixedShuffle.of(training.size())));
    }

    /**
     * Compares with a part of the training pictures, which then are no training pictures here: a
     * sample that copies one of them is not found out.
     *
     * @param training what the model may have been trained on
     * @return the pictures
     * @throws IllegalArgumentException if there are too few to divide
     */
    public static RealPictures withHoldout(ImageDataset training) {
        int[] order = FixedShuffle.of(training.size());
        int trained = training.size() - Math.min(MOST_HELD_OUT, training.size() / HELD_OUT_PART);
        int[] heldOut = Arrays.copyOfRange(order, trained, order.length);
        if (heldOut.length < 2) {
            throw new IllegalArgumentException(
                    "%s has only %s; a part to hold out needs at least %s"
                            .formatted(
                                    training.name(),
                                    Amount.of(training.size(), "picture"),
                                    2 * HELD_OUT_PART));
        }
        return new RealPictures(
                training, heldOut, Pictures.of(training, Arrays.copyOf(order, trained)));
    }

    /**
     * Returns what samples are compared with.
     *
     * @return pictures in an order that is random and always the same
     */
    public Pictures reference() {
        return reference;
    }

    /**
     * Returns where the reference pictures are in their data set.
     *
     * @return an index a picture, in their order; the array is the caller's own
     */
    public int[] referenceIndices() {
        return referenceIndices.clone();
    }

    /** Returns the class of each reference picture, −1 where there are none. */
    int[] referenceLabels() {
        return referenceLabels;
    }

    /** Returns the names of the reference's classes, in the order of their numbers. */
    List<String> labels() {
        return labels;
    }

    /**
     * Returns the training pictures.
     *
     * @return in an order that is random and always the same
     */
    public Pictures training() {
        return training;
    }

    /**
     * Returns training pictures that take the place of samples, to see how near real pictures come:
     * as many as there are samples, since every distance depends on their number.
     *
     * @param samples how many samples there are
     * @return the first of the training pictures, all if they are fewer
     */
    Pictures instead(int samples) {
        return training.slice(0, Math.min(samples, training.count()));
    }
}

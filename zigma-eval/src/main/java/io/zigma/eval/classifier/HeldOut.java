package io.zigma.eval.classifier;

import io.zigma.train.data.ImageDataset;
import java.util.List;
import java.util.Objects;

/**
 * One of the two parts that a data set without a test part of its own is divided into: every tenth
 * picture, or all others.
 */
public final class HeldOut implements ImageDataset {

    private static final int EVERY = 10;

    private final ImageDataset whole;
    private final boolean test;

    private HeldOut(ImageDataset whole, boolean test) {
        if (whole.size() < EVERY) {
            throw new IllegalArgumentException(
                    "%s has %s pictures; every tenth is held out for testing, so there must be at least %s"
                            .formatted(whole.name(), whole.size(), EVERY));
        }
        this.whole = whole;
        this.test = test;
    }

    /**
     * Returns the pictures to train on.
     *
     * @param whole at least 10 pictures
     * @return all but every tenth
     * @throws IllegalArgumentException if there are fewer
     */
    public static ImageDataset training(ImageDataset whole) {
        return new HeldOut(whole, false);
    }

    /**
     * Returns the pictures to measure on.
     *
     * @param whole at least 10 pictures
     * @return every tenth
     * @throws IllegalArgumentException if there are fewer
     */
    public static ImageDataset test(ImageDataset whole) {
        return new HeldOut(whole, true);
    }

    private int original(int index) {
        Objects.checkIndex(index, size());
        return test ? index * EVERY + EVERY - 1 : index + index / (EVERY - 1);
    }

    @Override
    public String name() {
        return whole.name() + (test ? " (every tenth picture)" : " (without every tenth picture)");
    }

    @Override
    public int size() {
        int heldOut = whole.size() / EVERY;
        return test ? heldOut : whole.size() - heldOut;
    }

    @Override
    public int channels() {
        return whole.channels();
    }

    @Override
    public int height() {
        return whole.height();
    }

    @Override
    public int width() {
        return whole.width();
    }

    @Override
    public List<String> labels() {
        return whole.labels();
    }

    @Override
    public int label(int index) {
        return whole.label(original(index));
    }

    @Override
    public void read(int index, boolean flipped, float[] target, int offset) {
        whole.read(original(index), flipped, target, offset);
    }

    /** The fingerprint of the whole; the name distinguishes the parts. */
    @Override
    public String contentHash() {
        return whole.contentHash();
    }
}

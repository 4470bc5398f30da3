package io.zigma.eval.classifier;

import io.zigma.base.Amount;
import io.zigma.train.data.DatasetView;
import io.zigma.train.data.ImageDataset;
import java.util.Objects;

/**
 * One of the two parts that a data set without a test part of its own is divided into: every tenth
 * picture, or all others. The fingerprint is that of the whole; the name distinguishes the parts.
 */
public final class HeldOut extends DatasetView {

    private static final int EVERY = 10;

    private final boolean test;

    private HeldOut(ImageDataset whole, boolean test) {
        super(whole);
        if (whole.size() < EVERY) {
            throw new IllegalArgumentException(
                    "%s has %s; every tenth is held out for testing, so there must be at least %s"
                            .formatted(whole.name(), Amount.of(whole.size(), "picture"), EVERY));
        }
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

    @Override
    protected int original(int index) {
        Objects.checkIndex(index, size());
        return test ? index * EVERY + EVERY - 1 : index + index / (EVERY - 1);
    }

    @Override
    public String name() {
        return whole().name()
                + (test ? " (every tenth picture)" : " (without every tenth picture)");
    }

    @Override
    public int size() {
        int heldOut = whole().size() / EVERY;
        return test ? heldOut : whole().size() - heldOut;
    }
}

package io.zigma.condition;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import org.jspecify.annotations.Nullable;

/**
 * What a backbone is given beside the noisy samples and their times, as tensors.
 *
 * @param labels one row of the label table for each sample (B) as int64; null in a model without
 *     classes
 * @param context the tokens of one text for each sample (B, n, d) as float32; null in a model
 *     without text
 * @param mask 1 for each token of the context that counts and 0 for padding (B, n) as float32; null
 *     where all of them do
 */
public record Condition(
        @Nullable NDArray labels, @Nullable NDArray context, @Nullable NDArray mask) {

    /** The condition of an unconditional model. */
    public static final Condition NONE = new Condition(null, null, null);

    /**
     * Conditions on classes.
     *
     * @param labels one row of the label table for each sample (B) as int64
     * @return a condition
     */
    public static Condition ofLabels(NDArray labels) {
        return new Condition(labels, null, null);
    }

    /**
     * Conditions on texts.
     *
     * @param context the tokens of one text for each sample (B, n, d)
     * @return a condition without a mask
     */
    public static Condition ofContext(NDArray context) {
        return new Condition(null, context, null);
    }

    /**
     * Returns whether there is nothing to condition on.
     *
     * @return true if no tensor is there
     */
    public boolean isNone() {
        return labels == null && context == null;
    }

    /**
     * Returns the labels for a model that needs them.
     *
     * @return one row of the label table for each sample (B)
     * @throws IllegalArgumentException if there are none
     */
    public NDArray requiredLabels() {
        if (labels == null) {
            throw new IllegalArgumentException(
                    "this model is class-conditional: give one label an image");
        }
        return labels;
    }

    /**
     * Returns the texts' tokens for a model that needs them.
     *
     * @param samples B
     * @param size d, numbers in a token
     * @return the context (B, n, d), to which the mask fits if there is one
     * @throws IllegalArgumentException if there is none, or it is of another shape
     */
    public NDArray requiredContext(long samples, long size) {
        Shape shape = context == null ? new Shape() : context.getShape();
        if (context == null
                || shape.dimension() != 3
                || shape.get(0) != samples
                || shape.get(1) < 1
                || shape.get(2) != size) {
            throw new IllegalArgumentException(
                    "this model is conditioned on text: give tokens (%s, n, %s), not %s"
                            .formatted(samples, size, context == null ? "none" : shape));
        }
        if (mask != null && !mask.getShape().equals(shape.slice(0, 2))) {
            throw new IllegalArgumentException(
                    "the mask of these texts is %s, not %s"
                            .formatted(shape.slice(0, 2), mask.getShape()));
        }
        return context;
    }

    /**
     * Joins the conditions of two batches.
     *
     * @param other of the same kind
     * @return the conditions of this batch and then of the other (A + B, …)
     */
    public Condition concat(Condition other) {
        return new Condition(
                concat(labels, other.labels),
                concat(context, other.context),
                concat(mask, other.mask));
    }

    private static @Nullable NDArray concat(@Nullable NDArray one, @Nullable NDArray other) {
        return one == null || other == null ? null : one.concat(other);
    }

    /**
     * Returns the conditions of some samples.
     *
     * @param from the first one's place
     * @param to the place behind the last one's
     * @return views of these tensors, in their managers
     */
    public Condition part(int from, int to) {
        return new Condition(part(labels, from, to), part(context, from, to), part(mask, from, to));
    }

    private static @Nullable NDArray part(@Nullable NDArray array, int from, int to) {
        return array == null ? null : array.get(new NDIndex("{}:{}", from, to));
    }
}

package io.zigma.eval.metric;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Objects;

/**
 * Features of some pictures: a row a picture, a column a feature, in float32 as networks give them.
 *
 * <p>Its array is not copied; it must not change afterwards.
 */
public final class FeatureMatrix implements Serializable {

    private static final long serialVersionUID = 1;

    private final int rows;
    private final int columns;
    private final float[] values;

    private FeatureMatrix(int rows, int columns, float[] values) {
        this.rows = rows;
        this.columns = columns;
        this.values = values;
    }

    /**
     * Wraps features.
     *
     * @param columns how many features a picture has, at least 1
     * @param values row by row, a whole number of rows and at least one, all finite
     * @return the matrix, (rows, columns)
     * @throws IllegalArgumentException if they make no matrix, or hold NaN or infinity
     */
    public static FeatureMatrix of(int columns, float[] values) {
        if (columns < 1) {
            throw new IllegalArgumentException(
                    "a picture has %s features; it needs at least one".formatted(columns));
        }
        if (values.length == 0 || values.length % columns != 0) {
            throw new IllegalArgumentException(
                    "%s values are not one or more whole rows of %s features"
                            .formatted(values.length, columns));
        }
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new IllegalArgumentException(
                        "feature %s of picture %s is %s; features must be finite"
                                .formatted(i % columns, i / columns, values[i]));
            }
        }
        return new FeatureMatrix(values.length / columns, columns, values);
    }

    /**
     * Returns how many pictures there are.
     *
     * @return at least 1
     */
    public int rows() {
        return rows;
    }

    /**
     * Returns how many features each has.
     *
     * @return at least 1
     */
    public int columns() {
        return columns;
    }

    /**
     * Returns one feature of one picture.
     *
     * @param row which picture, from 0 on
     * @param column which feature, from 0 on
     * @return a finite number
     * @throws IndexOutOfBoundsException if there is no such picture or feature
     */
    public float at(int row, int column) {
        Objects.checkIndex(row, rows);
        Objects.checkIndex(column, columns);
        return values[row * columns + column];
    }

    /**
     * Copies some pictures' features.
     *
     * @param chosen which rows, in the order of the result; a row may come more than once
     * @return the features, (chosen.length, columns)
     * @throws IllegalArgumentException if none is chosen
     * @throws IndexOutOfBoundsException if there is no such row
     */
    public FeatureMatrix select(int[] chosen) {
        if (chosen.length == 0) {
            throw new IllegalArgumentException("no picture is chosen; choose at least one");
        }
        float[] selected = new float[Math.multiplyExact(chosen.length, columns)];
        for (int i = 0; i < chosen.length; i++) {
            int row = Objects.checkIndex(chosen[i], rows);
            System.arraycopy(values, row * columns, selected, i * columns, columns);
        }
        return new FeatureMatrix(chosen.length, columns, selected);
    }

    /**
     * Returns consecutive pictures' features.
     *
     * @param from the first row
     * @param to the one after the last
     * @return the features, (to − from, columns); all of them without a copy
     * @throws IndexOutOfBoundsException if there are no such rows
     */
    public FeatureMatrix slice(int from, int to) {
        Objects.checkFromToIndex(from, to, rows);
        return to - from == rows
                ? this
                : new FeatureMatrix(
                        to - from,
                        columns,
                        Arrays.copyOfRange(values, from * columns, to * columns));
    }

    /** Returns all features row by row, the array itself. */
    float[] values() {
        return values;
    }

    /** Refuses two sets that do not have the same features. */
    static void requireSameFeatures(FeatureMatrix one, FeatureMatrix other) {
        if (one.columns != other.columns) {
            throw new IllegalArgumentException(
                    "one set has %s features a picture, the other %s; take both from the same extractor"
                            .formatted(one.columns, other.columns));
        }
    }
}

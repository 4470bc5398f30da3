package io.zigma.eval.metric;

import java.util.Arrays;

/**
 * How near generated pictures come to training pictures, beside how near held-out real pictures do:
 * a generator that repeats its training set comes nearer than reality does.
 */
public final class Memorisation {

    private final NearestNeighbours.Found samples;
    private final double[] heldOutAscending;

    private Memorisation(NearestNeighbours.Found samples, double[] heldOutAscending) {
        this.samples = samples;
        this.heldOutAscending = heldOutAscending;
    }

    /**
     * Finds each picture's nearest training picture.
     *
     * @param samples features of generated pictures
     * @param training features of the training pictures
     * @param heldOut features of real pictures that were not trained on
     * @return the distances
     * @throws IllegalArgumentException if the sets have other features
     */
    public static Memorisation of(
            FeatureMatrix samples, FeatureMatrix training, FeatureMatrix heldOut) {
        double[] distances = NearestNeighbours.nearest(heldOut, training).distances();
        Arrays.sort(distances);
        return new Memorisation(NearestNeighbours.nearest(samples, training), distances);
    }

    /**
     * Takes nearest training pictures that were found elsewhere.
     *
     * @param nearest the row of each sample's nearest training picture
     * @param distances how far each of them is, as many
     * @param heldOut how far the nearest training picture of each held-out picture is, at least one
     * @return the distances
     * @throws IllegalArgumentException if there are not as many rows as distances, or no held-out
     *     ones
     */
    public static Memorisation of(int[] nearest, double[] distances, double[] heldOut) {
        if (nearest.length != distances.length || nearest.length == 0 || heldOut.length == 0) {
            throw new IllegalArgumentException(
                    "%s nearest pictures with %s distances, beside %s held-out ones; as many of the first two are needed and one of each"
                            .formatted(nearest.length, distances.length, heldOut.length));
        }
        double[] ascending = heldOut.clone();
        Arrays.sort(ascending);
        return new Memorisation(
                new NearestNeighbours.Found(nearest.clone(), distances.clone()), ascending);
    }

    /**
     * Returns the distance below which a fraction of the held-out pictures have a training picture.
     *
     * @param heldOutFraction from 0, the smallest distance of any, to below 1
     * @return the smallest held-out distance with at least that fraction of them below it
     * @throws IllegalArgumentException if the fraction is out of range
     */
    public double threshold(double heldOutFraction) {
        if (!(heldOutFraction >= 0 && heldOutFraction < 1)) {
            throw new IllegalArgumentException(
                    "a fraction of %s held-out pictures; it must be from 0 to below 1"
                            .formatted(heldOutFraction));
        }
        int below = (int) Math.ceil(heldOutFraction * heldOutAscending.length);
        return heldOutAscending[Math.min(below, heldOutAscending.length - 1)];
    }

    /**
     * Returns the fraction of the samples that are closer to a training picture than the threshold;
     * a sample with the very features of one always counts.
     *
     * @param heldOutFraction fraction of held-out pictures that are allowed to be as close: 0
     *     requires for samples closer than any held-out picture. Where held-out and training
     *     pictures have duplicates the smallest distance is 0, and only a larger fraction says more
     *     than exact copies
     * @return from 0 to 1; about {@code heldOutFraction} for pictures like the held-out ones
     * @throws IllegalArgumentException if the fraction is out of range
     */
    public double fraction(double heldOutFraction) {
        double threshold = threshold(heldOutFraction);
        long closer =
                Arrays.stream(samples.distances())
                        .filter(distance -> distance < threshold || distance == 0)
                        .count();
        return (double) closer / samples.distances().length;
    }

    /**
     * Returns how many samples there are.
     *
     * @return at least 1
     */
    public int samples() {
        return samples.rows().length;
    }

    /**
     * Returns which training picture a sample is nearest to.
     *
     * @param sample which sample
     * @return its row, of equally near ones the first
     * @throws IndexOutOfBoundsException if there is no such sample
     */
    public int nearest(int sample) {
        return samples.rows()[sample];
    }

    /**
     * Returns how far that training picture is.
     *
     * @param sample which sample
     * @return the Euclidean distance of the features
     * @throws IndexOutOfBoundsException if there is no such sample
     */
    public double distance(int sample) {
        return samples.distances()[sample];
    }
}

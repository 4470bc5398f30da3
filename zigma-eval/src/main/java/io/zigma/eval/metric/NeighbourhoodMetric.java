package io.zigma.eval.metric;

import io.zigma.eval.metric.Quantity.Better;
import java.util.List;
import java.util.Map;

/** Precision, recall, density and coverage, see {@link Prdc}. */
public final class NeighbourhoodMetric implements Metric {

    /** Fraction of the pictures that are within the real ones' neighbourhoods, 0 to 1. */
    public static final Quantity PRECISION =
            new Quantity("precision", "precision", Better.HIGHER, 4, true);

    /** Fraction of the real pictures that are within the others' neighbourhoods, 0 to 1. */
    public static final Quantity RECALL = new Quantity("recall", "recall", Better.HIGHER, 4, true);

    /** Density of real pictures around a picture, about 1 for real ones. */
    public static final Quantity DENSITY =
            new Quantity("density", "density", Better.HIGHER, 4, false);

    /** Fraction of the real pictures that have one of the others near, 0 to 1. */
    public static final Quantity COVERAGE =
            new Quantity("coverage", "coverage", Better.HIGHER, 4, false);

    /** So many neighbours a ball reaches over. */
    private static final int NEIGHBOURS = 5;

    @Override
    public String name() {
        return "neighbourhoods";
    }

    @Override
    public List<Figure> of(Compared pictures) {
        FeatureMatrix features = pictures.features();
        if (pictures.real().isEmpty()
                || Math.min(features.rows(), pictures.real().get().rows()) <= NEIGHBOURS) {
            return List.of();
        }
        Prdc prdc = pictures.work().prdc(pictures.real().get(), features, NEIGHBOURS, Ball.OPEN);
        int rows = features.rows();
        return List.of(
                new Figure(PRECISION, prdc.precision(), rows),
                new Figure(RECALL, prdc.recall(), rows),
                new Figure(DENSITY, prdc.density(), rows),
                new Figure(COVERAGE, prdc.coverage(), rows));
    }

    @Override
    public Map<String, Object> settings(Compared pictures) {
        return pictures.real().isPresent() ? Map.of("neighbours", NEIGHBOURS) : Map.of();
    }
}

package io.zigma.eval.metric;

import io.zigma.eval.metric.Quantity.Better;
import java.util.List;

/** The {@link FrechetDistance} to the reference. */
public final class FrechetMetric implements Metric {

    /** Fréchet distance of the features (Heusel et al. 2017), at least 0. */
    public static final Quantity DISTANCE =
            new Quantity("frechet_distance", "Fréchet distance", Better.LOWER, 3, true);

    @Override
    public String name() {
        return "frechet-distance";
    }

    @Override
    public List<Figure> of(Compared pictures) {
        FeatureMatrix features = pictures.features();
        double distance =
                FrechetDistance.between(pictures.reference(), pictures.work().statistics(features));
        return List.of(new Figure(DISTANCE, distance, features.rows()));
    }
}

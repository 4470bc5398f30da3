package io.zigma.eval.metric;

import io.zigma.eval.metric.Quantity.Better;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The {@link KernelDistance} to the reference pictures, with the cubic kernel as published. */
public final class KernelMetric implements Metric {

    /** Mean over the subsets (Bińkowski et al. 2018); may be negative. */
    public static final Quantity DISTANCE =
            new Quantity("kernel_distance", "kernel distance", Better.LOWER, 5, true);

    /** Standard deviation over the subsets. */
    public static final Quantity SPREAD =
            new Quantity(
                    "kernel_distance_spread",
                    "kernel distance, spread over subsets",
                    Better.LOWER,
                    5,
                    false);

    private static final int SUBSETS = 100;
    // pictures of a subset, where there are as many
    private static final int SUBSET_SIZE = 1000;
    private static final long SEED = 1;

    @Override
    public String name() {
        return "kernel-distance";
    }

    @Override
    public List<Figure> of(Compared pictures) {
        if (pictures.real().isEmpty()) {
            return List.of();
        }
        FeatureMatrix real = pictures.real().get();
        FeatureMatrix features = pictures.features();
        KernelDistance distance =
                pictures.work()
                        .kernelDistance(
                                real,
                                features,
                                PolynomialKernel.cubic(features.columns()),
                                KernelSubsets.sample(
                                        real.rows(),
                                        features.rows(),
                                        subsetSize(real, features),
                                        SUBSETS,
                                        SEED));
        return List.of(
                new Figure(DISTANCE, distance.mean(), features.rows()),
                new Figure(SPREAD, distance.spread(), features.rows()));
    }

    private static int subsetSize(FeatureMatrix real, FeatureMatrix features) {
        return Math.min(SUBSET_SIZE, Math.min(real.rows(), features.rows()));
    }

    @Override
    public Map<String, Object> settings(Compared pictures) {
        Map<String, Object> settings = new LinkedHashMap<>();
        pictures.real()
                .ifPresent(
                        real -> {
                            settings.put("kernel_subsets", SUBSETS);
                            settings.put(
                                    "kernel_subset_size", subsetSize(real, pictures.features()));
                        });
        return settings;
    }
}

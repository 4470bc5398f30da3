package io.zigma.eval.metric;

import io.zigma.eval.metric.Quantity.Better;
import java.util.List;

/**
 * How many pictures are nearer to a training picture than real ones are, see {@link Memorisation}.
 */
public final class MemorisationMetric implements Metric {

    /**
     * Fraction of the pictures closer to a training picture than all but 1 % of the reference
     * pictures are; about 0.01 for pictures that are as new as those.
     */
    public static final Quantity MEMORISED =
            new Quantity("memorised", "memorised", Better.LOWER, 4, false);

    /** Fraction closer to a training picture than any reference picture, or copies. */
    public static final Quantity CLOSER_THAN_ANY =
            new Quantity(
                    "closer_than_any",
                    "closer to training than any reference",
                    Better.LOWER,
                    4,
                    false);

    private static final double AS_CLOSE = 0.01;

    @Override
    public String name() {
        return "memorisation";
    }

    @Override
    public List<Figure> of(Compared pictures) {
        return pictures.memorisation().stream()
                .flatMap(
                        check ->
                                List.of(
                                        new Figure(
                                                MEMORISED,
                                                check.fraction(AS_CLOSE),
                                                check.samples()),
                                        new Figure(
                                                CLOSER_THAN_ANY,
                                                check.fraction(0),
                                                check.samples()))
                                        .stream())
                .toList();
    }
}

package io.zigma.eval.metric;

import io.zigma.eval.metric.Quantity.Better;
import java.util.List;

/** How often a classifier sees the class that was asked for, see {@link ClassAgreement}. */
public final class AgreementMetric implements Metric {

    /** Fraction of the pictures, 0 to 1. */
    public static final Quantity AGREEMENT =
            new Quantity("class_agreement", "class agreement", Better.HIGHER, 4, true);

    @Override
    public String name() {
        return "class-agreement";
    }

    @Override
    public List<Figure> of(Compared pictures) {
        return pictures.agreement().stream()
                .map(
                        table ->
                                new Figure(
                                        AGREEMENT,
                                        table.fraction(),
                                        Math.toIntExact(table.total())))
                .toList();
    }
}

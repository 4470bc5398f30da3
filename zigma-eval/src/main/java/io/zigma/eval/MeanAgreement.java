package io.zigma.eval;

import io.zigma.eval.metric.ClassAgreement;
import java.util.List;
import java.util.Optional;

/** The agreement within a class over all seeds. */
public final class MeanAgreement {

    private MeanAgreement() {}

    /**
     * Averages over the seeds.
     *
     * @param tables one a seed
     * @param evaluation what made them
     * @param label the class's number at the model
     * @return from 0 to 1, empty if no sample was asked to be of it
     */
    public static Optional<Double> of(
            List<ClassAgreement> tables, Evaluation evaluation, int label) {
        double sum = 0;
        for (ClassAgreement table : tables) {
            Optional<Double> agreement = evaluation.agreement(table, label);
            if (agreement.isEmpty()) {
                return Optional.empty();
            }
            sum += agreement.get();
        }
        return tables.isEmpty() ? Optional.empty() : Optional.of(sum / tables.size());
    }
}

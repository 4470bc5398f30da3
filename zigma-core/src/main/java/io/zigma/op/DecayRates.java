package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import io.zigma.op.cpu.NegatedExponential;
import java.util.List;

/**
 * A = −exp(log), the parametrisation of the decay of a state space's states (Gu and Dao 2023,
 * section 3.6; official {@code A_log}).
 *
 * <p>These are few numbers: to wake the engine's threads for them takes longer than to work them
 * out. Where no gradient is to be recorded, the calling thread does it.
 */
public final class DecayRates {

    private DecayRates() {}

    /**
     * Works out A.
     *
     * @param logs of the negated rates, any shape
     * @return A, negative, of the same shape
     */
    public static NDArray of(NDArray logs) {
        if (GradientTape.fixesValues() || !Kernels.accept(List.of(logs))) {
            return logs.exp().neg();
        }
        return Fused.of(logs);
    }

    /** Loaded only where the Vector API is present. */
    private static final class Fused {
        static NDArray of(NDArray logs) {
            NDArray rates = Kernels.allocate(logs, logs.getShape());
            try (NDScope copies = new NDScope()) {
                copies.suppressNotUsedWarning();
                NegatedExponential.run(
                        Kernels.floats(logs), Kernels.floats(rates), (int) logs.size());
            }
            return rates;
        }
    }
}

package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import io.zigma.op.cpu.NegatedExponential;
import java.util.List;

/**
 * A = −exp(aLog), the parametrisation of the decay of a state space's states (Gu and Dao 2023,
 * section 3.6; official {@code A_log}).
 *
 * <p>These are few numbers: starting the engine's threads takes longer than computing them. Where
 * no gradient is recorded, the calling thread computes them.
 */
public final class StateMatrix {

    private StateMatrix() {}

    /**
     * Computes A.
     *
     * @param aLog log(−A), any shape
     * @return A, negative, of the same shape
     */
    public static NDArray fromLog(NDArray aLog) {
        if (GradientTape.fixesValues() || !Kernels.accept(List.of(aLog))) {
            return aLog.exp().neg();
        }
        return Fused.of(aLog);
    }

    /** Loaded only where the Vector API is present. */
    private static final class Fused {
        static NDArray of(NDArray aLog) {
            NDArray a = Kernels.allocate(aLog, aLog.getShape());
            try (NDScope copies = new NDScope()) {
                copies.suppressNotUsedWarning();
                NegatedExponential.run(Kernels.floats(aLog), Kernels.floats(a), (int) aLog.size());
            }
            return a;
        }
    }
}

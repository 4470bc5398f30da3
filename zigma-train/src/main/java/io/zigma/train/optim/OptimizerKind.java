package io.zigma.train.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.zigma.base.Named;
import io.zigma.op.Precision;
import java.util.Map;

/** How weights follow their gradients. */
public enum OptimizerKind implements Named {
    /** AdamW for all weights. */
    ADAMW("adamw") {
        @Override
        public Optimizer create(
                AdamWConfig adamW,
                Precision precision,
                Map<String, NDArray> parameters,
                NDManager parent) {
            return new AdamW(adamW, parameters, parent);
        }
    },
    /** Muon for the matrices of the layers, AdamW for all other weights. */
    MUON("muon") {
        @Override
        public Optimizer create(
                AdamWConfig adamW,
                Precision precision,
                Map<String, NDArray> parameters,
                NDManager parent) {
            return new Muon(adamW, precision, parameters, parent);
        }
    };

    private final String label;

    OptimizerKind(String label) {
        this.label = label;
    }

    @Override
    public String label() {
        return label;
    }

    /**
     * Makes an optimiser that has seen no gradient yet.
     *
     * @param adamW AdamW's constants, and the weight decay of all
     * @param precision of its matrix products, of which AdamW has none
     * @param parameters the arrays to train by name; float32, contiguous
     * @param parent what it remembers lives in a sub-manager of it until the optimiser is closed
     * @return the optimiser
     */
    public abstract Optimizer create(
            AdamWConfig adamW,
            Precision precision,
            Map<String, NDArray> parameters,
            NDManager parent);
}

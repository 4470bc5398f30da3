package io.zigma.train.optim;

import ai.djl.ndarray.types.Shape;
import java.util.Set;

/** Which parameters AdamW's weight decay pulls towards zero. */
public enum WeightDecayScope {

    /** Every parameter, as the official training script does (with a decay of 0 by default). */
    EVERYTHING {
        @Override
        public boolean decays(String name, Shape shape) {
            return true;
        }
    },

    /**
     * Weight matrices and kernels only. Biases and norm scales stay free because shrinking them
     * does not regularise anything; A_log and D because Mamba marks them so (Gu and Dao 2023:
     * decaying A_log pulls every decay rate towards 1); positional tables because they are
     * coordinates, not weights.
     */
    MATRICES {
        @Override
        public boolean decays(String name, Shape shape) {
            // mixers of several paths number their directions: A_b_log_list.2
            String single = name.replaceAll("_list\\.\\d+", "");
            String last = single.substring(single.lastIndexOf('.') + 1);
            return shape.dimension() >= 2 && !FREE.contains(last);
        }
    };

    private static final Set<String> FREE =
            Set.of(
                    "A_log",
                    "A_b_log",
                    "A_logs", // of all directions in one, as are Δ's biases
                    "dt_projs_bias",
                    "D",
                    "D_b",
                    "pos_embed",
                    "temporal_pos_embedding");

    /**
     * Returns whether a parameter decays.
     *
     * @param name the parameter's official state_dict name
     * @param shape its shape
     * @return true if weight decay applies to it
     */
    public abstract boolean decays(String name, Shape shape);
}

package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.pytorch.engine.PtNDArray;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Accumulates the gradients that kernels have for several arrays, and runs the engine's backward
 * from all of them at once; everything it holds belongs to its manager.
 */
final class GradientAccumulator implements TapeEntry {

    private final NDManager manager;
    private final List<Slot> slots = new ArrayList<>();

    GradientAccumulator(NDManager manager) {
        this.manager = manager;
    }

    /** Adds an array, which needs a gradient. */
    Slot slot(NDArray array) {
        Slot slot = new Slot(GradientRoot.handle(array, manager));
        slots.add(slot);
        return slot;
    }

    @Override
    public void backward() {
        try (manager) {
            List<NDArray> roots = new ArrayList<>();
            List<NDArray> gradients = new ArrayList<>();
            for (Slot slot : slots) {
                if (slot.gradient != null) {
                    roots.add(slot.array);
                    gradients.add(slot.gradient);
                }
            }
            if (!roots.isEmpty()) {
                JointBackward.run(roots, gradients);
            }
        }
    }

    /** The accumulated gradient of one array. */
    final class Slot {

        private final PtNDArray array;
        private @Nullable NDArray gradient;

        private Slot(PtNDArray array) {
            this.array = array;
        }

        /** Adds a gradient, which it owns from now on. */
        void add(NDArray more) {
            NDArray sum = gradient == null ? more : gradient.add(more);
            NDScope.unregister(sum);
            sum.attach(manager);
            gradient = sum;
        }
    }
}

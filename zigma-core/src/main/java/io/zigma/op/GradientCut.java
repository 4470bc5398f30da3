package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One cut of the graph for a kernel; everything it holds belongs to its manager.
 *
 * @param manager closed with the cut
 * @param leaves the kernel's results, whose gradients backward computes
 * @param roots the kernel's operands, null where an optional one is absent
 * @param pullback the kernel's own backward
 */
record GradientCut(
        NDManager manager,
        List<PtNDArray> leaves,
        List<@Nullable GradientRoot> roots,
        GradientTape.JointPullback pullback)
        implements TapeEntry {

    @Override
    public void backward() {
        try (manager;
                NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            List<@Nullable NDArray> gradients = new ArrayList<>();
            for (PtNDArray leaf : leaves) {
                gradients.add(JniUtils.getGradient(leaf));
            }
            if (gradients.stream().allMatch(Objects::isNull)) {
                return; // nothing behind the cut used it
            }
            List<@Nullable NDArray> arrays = new ArrayList<>();
            for (GradientRoot root : roots) {
                arrays.add(root == null ? null : root.array());
            }
            seed(pullback.apply(arrays, gradients));
        }
    }

    /**
     * Continues backward from all roots at once, except those whose gradients are accumulated
     * first.
     */
    private void seed(List<@Nullable NDArray> gradients) {
        List<NDArray> from = new ArrayList<>();
        List<NDArray> seeds = new ArrayList<>();
        for (int i = 0; i < roots.size(); i++) {
            GradientRoot root = roots.get(i);
            NDArray gradient = gradients.get(i);
            if (root == null || gradient == null || !root.needsGradient()) {
                continue;
            }
            if (root.accumulator() != null) {
                root.accumulator().add(gradient);
            } else {
                from.add(root.array());
                seeds.add(gradient);
            }
        }
        if (!from.isEmpty()) {
            JointBackward.run(from, seeds);
        }
    }
}

package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The engine's backward from several arrays at once, which DJL does not offer: from one it is
 * DJL's, from more it is a call in TorchScript.
 */
final class JointBackward {

    private static final Map<Integer, ScriptFunction> CALLS = new ConcurrentHashMap<>();

    private JointBackward() {}

    /**
     * Adds Σ gradientᵀ · ∂root/∂leaf to the gradient of every leaf that the roots depend on. The
     * graph is retained, so that backward can run again through a part that other roots also depend
     * on.
     *
     * @param roots arrays that need a gradient, at least one
     * @param gradients one for each root, of its shape
     */
    static void run(List<? extends NDArray> roots, List<? extends NDArray> gradients) {
        if (roots.size() == 1) {
            JniUtils.backward((PtNDArray) roots.get(0), (PtNDArray) gradients.get(0), true, false);
            return;
        }
        NDList arguments = new NDList(roots.size() + gradients.size());
        arguments.addAll(roots);
        arguments.addAll(gradients);
        CALLS.computeIfAbsent(roots.size(), JointBackward::call).run(arguments);
    }

    private static ScriptFunction call(int count) {
        List<String> roots = new ArrayList<>();
        List<String> gradients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            roots.add("root" + i);
            gradients.add("gradient" + i);
        }
        String call =
                "torch.backward([%s], annotate(List[Optional[Tensor]], [%s]), True, False)"
                        .formatted(String.join(", ", roots), String.join(", ", gradients));
        List<String> arguments = new ArrayList<>(roots);
        arguments.addAll(gradients);
        return ScriptFunction.procedure(call, arguments);
    }
}

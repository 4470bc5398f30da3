package io.zigma.op;

import ai.djl.Device;
import ai.djl.pytorch.jni.JniUtils;
import io.zigma.op.cuda.CudaRuntime;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * All kernel sets. An operation is done by the first that supports its operands' device, type and
 * shape, and by its reference in plain {@code NDArray} operations if none does, within {@link
 * ReferencePath#run}, and while the engine itself records gradients.
 */
final class KernelSets {

    private static final List<KernelSet> ALL =
            List.of(new CpuKernels(), new CudaKernels(CudaRuntime::of));

    private static volatile List<KernelSet> sets = ALL;

    private KernelSets() {}

    /**
     * Runs an operation in the present mode: recorded by the open tape, or without gradients.
     *
     * @param operation of a set, null where it does not support the operands
     * @return null if the reference has to do it
     */
    static <T> @Nullable T recorded(
            BiFunction<KernelSet, @Nullable GradientTape, @Nullable T> operation) {
        GradientTape tape = GradientTape.current();
        return tape == null && JniUtils.isGradMode()
                ? null // any gradient collector sees through the reference
                : first(set -> operation.apply(set, tape));
    }

    /**
     * Runs an operation by the first set that supports it.
     *
     * @param operation of a set, null where it does not support the operands
     * @return null if the reference has to do it
     */
    static <T> @Nullable T first(Function<KernelSet, @Nullable T> operation) {
        if (ReferencePath.chosen()) {
            return null;
        }
        for (KernelSet set : sets) {
            T result = operation.apply(set);
            if (result != null) {
                return result;
            }
        }
        return null;
    }

    /** Returns whether a set takes activations in bfloat16 on a device. */
    static boolean takeBfloat16(Device device) {
        return !ReferencePath.chosen() && sets.stream().anyMatch(set -> set.takesBfloat16(device));
    }

    /**
     * Makes all later operations of this process use other sets, for tests.
     *
     * @param others the sets, or null for those there are
     */
    static void force(@Nullable List<KernelSet> others) {
        sets = others == null ? ALL : List.copyOf(others);
    }
}

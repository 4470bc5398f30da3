package io.zigma.op;

import org.jspecify.annotations.Nullable;

/** Kernels that are missing half-way, where no reference can take over any more. */
final class KernelFailure {

    private KernelFailure() {}

    /**
     * Returns a kernel for gradients of what the forward kernel has computed.
     *
     * @throws IllegalStateException if it cannot be had
     */
    static <T> T require(@Nullable T kernel, String name) {
        if (kernel == null) {
            throw new IllegalStateException(
                    "the GPU kernel %s cannot be made, as the log says; please report it"
                            .formatted(name));
        }
        return kernel;
    }
}

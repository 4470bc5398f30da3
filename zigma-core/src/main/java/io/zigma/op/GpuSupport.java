package io.zigma.op;

import io.zigma.op.cuda.CudaRuntime;
import java.util.Optional;

/**
 * Whether operations on GPUs run by this program's own kernels, which need NVIDIA's driver and its
 * compiler NVRTC. Where either is missing the engine's own operations take over.
 */
public final class GpuSupport {

    private GpuSupport() {}

    /**
     * Returns what is missing and how to add it, in one line; to be asked only where a GPU is used,
     * because it searches for both.
     *
     * @return empty where the kernels are in use
     */
    public static Optional<String> missing() {
        return CudaRuntime.missing();
    }
}

package io.zigma.engine;

/** How GPUs multiply matrices of float32: chosen for the process, before the engine starts. */
public enum GpuArithmetic {
    /** In float32. */
    FLOAT32(true, "0"),

    /**
     * In TensorFloat-32: factors are rounded to 10 bits of mantissa and sums are float32, which is
     * several times faster from the Ampere generation on. The official training scripts of DiT, SiT
     * and ZigMa do so.
     */
    TENSOR_FLOAT32(false, "1");

    /** NVIDIA's libraries do not use TF32 where this is 0, whatever a program asks for. */
    private static final String NVIDIA = "NVIDIA_TF32_OVERRIDE";

    /** PyTorch's own switch for matrix products; its convolutions use TF32 by themselves. */
    private static final String TORCH = "TORCH_ALLOW_TF32_CUBLAS_OVERRIDE";

    private final boolean refuses;
    private final String torch;

    GpuArithmetic(boolean refuses, String torch) {
        this.refuses = refuses;
        this.torch = torch;
    }

    /**
     * Chooses this. Without effect on processors, and once the engine has started.
     *
     * @return false if the process's environment cannot be changed
     */
    public boolean choose() {
        boolean chosen = ProcessEnvironment.set(TORCH, torch);
        return (!refuses || ProcessEnvironment.set(NVIDIA, "0")) && chosen;
    }
}

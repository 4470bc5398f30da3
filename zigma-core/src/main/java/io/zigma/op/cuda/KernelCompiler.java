package io.zigma.op.cuda;

import java.util.List;

/** Makes from a kernel's text what the driver loads. */
interface KernelCompiler {

    /**
     * Returns what results depend on beside source and options, such as the compiler's version.
     *
     * @return a text for cache keys
     */
    String identity();

    /**
     * Returns the options that make code for a device.
     *
     * @param capability its compute capability, 10 · major + minor
     * @return options of the compiler, a part of cache keys
     */
    List<String> target(int capability);

    /**
     * Compiles one file.
     *
     * @param name its name, for messages
     * @param source its text
     * @param options target and macros
     * @return a cubin, or PTX with a zero at its end
     * @throws CudaException with the compiler's messages if it refuses
     */
    byte[] compile(String name, String source, List<String> options);
}

package io.zigma.op.cuda;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;

/**
 * CUDA's driver API. Handles and pointers are longs, which makes a call cheap; every function
 * returns a CUresult, 0 for success.
 *
 * <p>Source: CUDA driver API reference, modules 6.3 to 6.14.
 */
final class Driver {

    static final int COMPUTE_CAPABILITY_MAJOR = 75; // of CUdevice_attribute
    static final int COMPUTE_CAPABILITY_MINOR = 76;

    private Driver() {}

    /** Makes the functions those of a library, once before any is called. */
    static void bind(NativeLibrary library) {
        Native.register(Driver.class, library);
    }

    static native int cuInit(int flags);

    static native int cuDeviceGetCount(int[] count);

    static native int cuDeviceGet(int[] device, int ordinal);

    static native int cuDeviceGetAttribute(int[] value, int attribute, int device);

    static native int cuDevicePrimaryCtxRetain(long[] context, int device);

    /** Writes the calling thread's context, or 0, to an address. */
    static native int cuCtxGetCurrent(long contextAddress);

    static native int cuCtxPushCurrent_v2(long context);

    static native int cuCtxPopCurrent_v2(long contextAddress);

    static native int cuModuleLoadData(long[] module, byte[] image);

    static native int cuModuleGetFunction(long[] function, long module, String name);

    static native int cuLaunchKernel(
            long function,
            int gridX,
            int gridY,
            int gridZ,
            int blockX,
            int blockY,
            int blockZ,
            int sharedBytes,
            long stream,
            long argumentsAddress,
            long extraAddress);

    private static native int cuGetErrorName(int error, long[] name);

    /**
     * Checks what a function returned.
     *
     * @throws CudaException if it is not success; its message has CUDA's name of the error
     */
    static void check(int result, String function) {
        if (result != 0) {
            throw new CudaException("%s failed with %s".formatted(function, errorName(result)));
        }
    }

    private static String errorName(int result) {
        long[] name = new long[1];
        return cuGetErrorName(result, name) == 0 && name[0] != 0
                ? new Pointer(name[0]).getString(0)
                : "error " + result;
    }
}

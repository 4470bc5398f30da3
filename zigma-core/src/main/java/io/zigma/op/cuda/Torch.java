package io.zigma.op.cuda;

import ai.djl.pytorch.jni.LibUtils;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import java.nio.file.Path;

/**
 * libtorch's own C functions, those that compiled models call (AOTInductor's {@code shim.h}). A
 * tensor is the handle that DJL's arrays have. Every function returns 0 for success and writes its
 * result to an address.
 */
final class Torch {

    private Torch() {}

    static {
        Native.register(Torch.class, library("torch_cpu"));
    }

    static native int aoti_torch_get_data_ptr(long tensor, long result);

    /** Writes the address of the strides, one long for each axis, in elements. */
    static native int aoti_torch_get_strides(long tensor, long result);

    static native int aoti_torch_get_dtype(long tensor, long result);

    /** Makes an array that is not filled; sizes and strides are addresses of longs. */
    static native int aoti_torch_empty_strided(
            long axes,
            long sizes,
            long strides,
            int scalarType,
            int deviceType,
            int deviceIndex,
            long result);

    /** The functions that only builds for CUDA have. */
    static final class Cuda {

        private Cuda() {}

        static {
            Native.register(Cuda.class, library("torch_cuda"));
        }

        /** Writes the calling thread's stream on a device. */
        static native int aoti_torch_get_current_cuda_stream(int device, long result);
    }

    /** Returns the folder of libtorch's libraries. */
    static Path folder() {
        return Path.of(LibUtils.getLibtorchPath());
    }

    /**
     * Checks what a function returned.
     *
     * @throws CudaException if it is not success; libtorch has written why to standard error
     */
    static void check(int result, String function) {
        if (result != 0) {
            throw new CudaException(function + " failed");
        }
    }

    private static NativeLibrary library(String name) {
        String file =
                Platform.isWindows()
                        ? name + ".dll"
                        : "lib" + name + (Platform.isMac() ? ".dylib" : ".so");
        return NativeLibrary.getInstance(folder().resolve(file).toString());
    }
}

package io.zigma.op.cuda;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;

/**
 * NVRTC, CUDA's compiler as a library. Every function returns an nvrtcResult, 0 for success. Its
 * header states no thread safety: one thread at a time.
 *
 * <p>Source: NVRTC documentation, section 3.
 */
final class Nvrtc {

    private Nvrtc() {}

    /** Makes the functions those of a library, once before any is called. */
    static void bind(NativeLibrary library) {
        Native.register(Nvrtc.class, library);
    }

    static native int nvrtcVersion(int[] major, int[] minor);

    static native int nvrtcGetNumSupportedArchs(int[] count);

    static native int nvrtcGetSupportedArchs(int[] architectures);

    static native int nvrtcCreateProgram(
            long[] program, byte[] source, byte[] name, int headers, Pointer texts, Pointer names);

    static native int nvrtcCompileProgram(long program, int count, Pointer options);

    static native int nvrtcGetProgramLogSize(long program, long[] size);

    static native int nvrtcGetProgramLog(long program, byte[] log);

    static native int nvrtcGetCUBINSize(long program, long[] size);

    static native int nvrtcGetCUBIN(long program, byte[] code);

    static native int nvrtcGetPTXSize(long program, long[] size);

    static native int nvrtcGetPTX(long program, byte[] code);

    static native int nvrtcDestroyProgram(long[] program);

    private static native String nvrtcGetErrorString(int result);

    /**
     * Checks what a function returned.
     *
     * @throws CudaException if it is not success
     */
    static void check(int result, String function) {
        if (result != 0) {
            throw new CudaException(
                    "%s failed with %s".formatted(function, nvrtcGetErrorString(result)));
        }
    }
}

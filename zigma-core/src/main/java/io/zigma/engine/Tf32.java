package io.zigma.engine;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.LibUtils;
import ai.djl.util.Utils;
import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether GPUs may round the factors of float32 products to TF32, which has 10 bits of mantissa, as
 * NVIDIA's tensor cores do to be several times as fast (Ampere and newer).
 *
 * <p>PyTorch's own defaults are split: not in products of matrices, but in convolutions. Here
 * float32 means float32 in both, so that a GPU gives what a processor gives; {@code ZIGMA_TF32=1}
 * in the environment or as a system property allows TF32 in both.
 *
 * <p>The switch is one of PyTorch's global context, which only its C++ names reach.
 */
final class Tf32 {

    private static final Logger LOGGER = LoggerFactory.getLogger(Tf32.class);

    static final String VARIABLE = "ZIGMA_TF32";

    private static final String CONTEXT =
            Platform.isWindows()
                    ? "?globalContext@at@@YAAEAVContext@1@XZ"
                    : "_ZN2at13globalContextEv";
    private static final String SET_IN_PRODUCTS =
            Platform.isWindows()
                    ? "?setAllowTF32CuBLAS@Context@at@@QEAAX_N@Z"
                    : "_ZN2at7Context18setAllowTF32CuBLASEb";
    private static final String IN_PRODUCTS =
            Platform.isWindows()
                    ? "?allowTF32CuBLAS@Context@at@@QEBA_NXZ"
                    : "_ZNK2at7Context15allowTF32CuBLASEv";
    private static final String SET_IN_CONVOLUTIONS =
            Platform.isWindows()
                    ? "?setAllowTF32CuDNN@Context@at@@QEAAX_N@Z"
                    : "_ZN2at7Context17setAllowTF32CuDNNEb";

    private Tf32() {}

    /** Sets what the environment says, if the engine has GPUs. */
    static void choose(Engine engine) {
        if (!engine.hasCapability("CUDA")) {
            return;
        }
        String wanted = Utils.getEnvOrSystemProperty(VARIABLE, "0");
        boolean allowed = wanted.equals("1") || wanted.equalsIgnoreCase("true");
        try {
            allow(allowed);
        } catch (LinkageError e) {
            LOGGER.warn(
                    "this libtorch does not let {} be set: convolutions on GPUs round to TF32, matrix"
                            + " products as TORCH_ALLOW_TF32_CUBLAS_OVERRIDE says",
                    VARIABLE);
        }
    }

    /**
     * Sets whether products and convolutions may round to TF32.
     *
     * @throws UnsatisfiedLinkError if the library does not have the switch
     */
    static void allow(boolean allowed) {
        NativeLibrary library = library();
        Function products = library.getFunction(SET_IN_PRODUCTS);
        Function convolutions = library.getFunction(SET_IN_CONVOLUTIONS);
        Object[] arguments = {context(library), allowed ? 1 : 0};
        products.invokeVoid(arguments);
        convolutions.invokeVoid(arguments);
    }

    /** Returns whether products of matrices may round to TF32. */
    static boolean isAllowed() {
        NativeLibrary library = library();
        Object[] arguments = {context(library)};
        return (library.getFunction(IN_PRODUCTS).invokeInt(arguments) & 0xff) != 0;
    }

    private static Pointer context(NativeLibrary library) {
        return library.getFunction(CONTEXT).invokePointer(new Object[0]);
    }

    private static NativeLibrary library() {
        String file =
                Platform.isWindows()
                        ? "torch_cpu.dll"
                        : Platform.isMac() ? "libtorch_cpu.dylib" : "libtorch_cpu.so";
        return NativeLibrary.getInstance(Path.of(LibUtils.getLibtorchPath(), file).toString());
    }
}

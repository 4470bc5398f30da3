package io.zigma.op.cuda;

import ai.djl.Device;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import io.zigma.io.UserCache;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * CUDA's driver and compiler in this process, found at the first operation on a GPU. Where either
 * is missing there are no kernels, which is said once.
 *
 * <p>The system property {@code zigma.nvrtc} or the variable {@code ZIGMA_NVRTC} names the
 * compiler's library, {@code zigma.cuda.driver} or {@code ZIGMA_CUDA_DRIVER} the driver's, where
 * they are not found by themselves.
 */
public final class CudaRuntime {

    private static final Logger LOGGER = LoggerFactory.getLogger(CudaRuntime.class);

    private static final List<String> DRIVERS =
            Platform.isWindows()
                    ? List.of("nvcuda")
                    : List.of("libcuda.so.1", "/usr/lib/wsl/lib/libcuda.so.1", "libcuda.so");

    private final KernelCompiler compiler;
    private final CubinCache cache;
    private final CudaDevice.StreamSource streams;
    private final Map<Integer, CudaDevice> devices = new ConcurrentHashMap<>();

    /** Creates the runtime; {@link Driver} is bound. */
    CudaRuntime(KernelCompiler compiler, CubinCache cache, CudaDevice.StreamSource streams) {
        Driver.check(Driver.cuInit(0), "cuInit");
        this.compiler = compiler;
        this.cache = cache;
        this.streams = streams;
    }

    /** The driver of this process, looked for when it is first needed. */
    private static final class OwnDriver {
        static final @Nullable String MISSING = find();

        private static @Nullable String find() {
            try {
                Driver.bind(driver(named("zigma.cuda.driver", "ZIGMA_CUDA_DRIVER")));
                Driver.check(Driver.cuInit(0), "cuInit");
                return null;
            } catch (CudaException | LinkageError e) {
                return String.valueOf(e.getMessage());
            }
        }
    }

    /** Driver and compiler of this process, looked for when they are first needed. */
    private static final class Own {
        static final @Nullable CudaRuntime RUNTIME;
        static final @Nullable String MISSING;

        static {
            CudaRuntime runtime = null;
            String missing = OwnDriver.MISSING;
            if (missing == null) {
                try {
                    runtime = CudaRuntime.open();
                } catch (CudaException | LinkageError e) {
                    missing = String.valueOf(e.getMessage());
                }
            }
            RUNTIME = runtime;
            MISSING = missing == null ? null : "slower operations are used on GPUs: " + missing;
            if (MISSING != null) {
                LOGGER.warn(MISSING);
            }
        }
    }

    /**
     * Returns why there are no kernels for GPUs, in one line that says what to do.
     *
     * @return empty where there are
     */
    public static Optional<String> missing() {
        return Optional.ofNullable(Own.MISSING);
    }

    /**
     * Returns a GPU's compute capability.
     *
     * @param device one of the engine's, a GPU
     * @return 10 · major + minor, such as 90; empty if it is not there or has no driver
     */
    public static OptionalInt capability(Device device) {
        if (OwnDriver.MISSING != null) {
            return OptionalInt.empty();
        }
        try {
            return OptionalInt.of(CudaDevice.capability(device.getDeviceId()));
        } catch (CudaException e) {
            return OptionalInt.empty();
        }
    }

    /**
     * Returns a GPU.
     *
     * @param device one of the engine's
     * @return null if it is no GPU, or if kernels cannot be compiled or launched here
     */
    public static @Nullable CudaDevice of(Device device) {
        if (!device.isGpu()) {
            return null;
        }
        CudaRuntime runtime = Own.RUNTIME;
        return runtime == null ? null : runtime.device(device.getDeviceId());
    }

    /** Returns a GPU by its number. */
    CudaDevice device(int ordinal) {
        CudaDevice device = devices.get(ordinal);
        return device == null
                ? devices.computeIfAbsent(
                        ordinal, number -> CudaDevice.open(number, compiler, cache, streams))
                : device;
    }

    /**
     * Finds the compiler.
     *
     * @throws CudaException if it is missing; its message is one line that says what to do
     */
    private static CudaRuntime open() {
        Nvrtc.bind(compiler(named("zigma.nvrtc", "ZIGMA_NVRTC"), Torch.folder()));
        CubinCache cache =
                new CubinCache(
                        UserCache.folder(System.getenv())
                                .map(folder -> folder.resolve("kernels"))
                                .orElse(null));
        return new CudaRuntime(new NvrtcCompiler(), cache, CudaRuntime::engineStream);
    }

    private static NativeLibrary driver(@Nullable Path named) {
        List<String> names = named == null ? DRIVERS : List.of(named.toString());
        for (String name : names) {
            try {
                return NativeLibrary.getInstance(name);
            } catch (UnsatisfiedLinkError e) {
                LOGGER.debug("no {}", name, e);
            }
        }
        throw new CudaException(
                "NVIDIA's driver (%s) is not found; set ZIGMA_CUDA_DRIVER to its file"
                        .formatted(names.get(0)));
    }

    private static NativeLibrary compiler(@Nullable Path named, Path libtorch) {
        return NvrtcLibrary.load(named, libtorch)
                .orElseThrow(
                        () ->
                                new CudaException(
                                        "CUDA's compiler NVRTC is neither beside libtorch in %s nor in a CUDA toolkit; set ZIGMA_NVRTC to its file"
                                                .formatted(libtorch)));
    }

    private static long engineStream(int ordinal) {
        Scratch scratch = Scratch.own();
        Torch.check(
                Torch.Cuda.aoti_torch_get_current_cuda_stream(ordinal, scratch.resultAddress()),
                "aoti_torch_get_current_cuda_stream");
        return scratch.result();
    }

    private static @Nullable Path named(String property, String variable) {
        return Optional.ofNullable(System.getProperty(property))
                .or(() -> Optional.ofNullable(System.getenv(variable)))
                .filter(name -> !name.isBlank())
                .map(Path::of)
                .orElse(null);
    }
}

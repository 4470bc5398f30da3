package io.zigma.op.cuda;

import ai.djl.ndarray.NDArray;
import io.zigma.scan.ScanPath;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One GPU: its context, which it shares with the engine, and the kernels that are loaded there. */
public final class CudaDevice {

    private static final Logger LOGGER = LoggerFactory.getLogger(CudaDevice.class);

    private final int ordinal;
    private final long context;
    private final int capability;
    private final KernelCompiler compiler;
    private final CubinCache cache;
    private final StreamSource streams;
    private final Map<KernelSpec, Optional<CudaFunction>> functions = new ConcurrentHashMap<>();
    private final OrderArrays orders = new OrderArrays();

    /** Returns the engine's stream of the calling thread on a device. */
    @FunctionalInterface
    interface StreamSource {
        long current(int ordinal);
    }

    private CudaDevice(
            int ordinal,
            long context,
            int capability,
            KernelCompiler compiler,
            CubinCache cache,
            StreamSource streams) {
        this.ordinal = ordinal;
        this.context = context;
        this.capability = capability;
        this.compiler = compiler;
        this.cache = cache;
        this.streams = streams;
    }

    /**
     * Opens a device; the driver is initialised.
     *
     * @param ordinal its number
     * @throws CudaException if there is none of this number
     */
    static CudaDevice open(
            int ordinal, KernelCompiler compiler, CubinCache cache, StreamSource streams) {
        int capability = capability(ordinal);
        int[] device = new int[1];
        Driver.check(Driver.cuDeviceGet(device, ordinal), "cuDeviceGet");
        long[] context = new long[1]; // the one that the engine's CUDA runtime uses
        Driver.check(
                Driver.cuDevicePrimaryCtxRetain(context, device[0]), "cuDevicePrimaryCtxRetain");
        return new CudaDevice(ordinal, context[0], capability, compiler, cache, streams);
    }

    /**
     * Returns the compute capability of a device, 10 · major + minor; the driver is initialised.
     *
     * @throws CudaException if there is none of this number
     */
    static int capability(int ordinal) {
        int[] device = new int[1];
        Driver.check(Driver.cuDeviceGet(device, ordinal), "cuDeviceGet");
        int[] major = new int[1];
        int[] minor = new int[1];
        Driver.check(
                Driver.cuDeviceGetAttribute(major, Driver.COMPUTE_CAPABILITY_MAJOR, device[0]),
                "cuDeviceGetAttribute");
        Driver.check(
                Driver.cuDeviceGetAttribute(minor, Driver.COMPUTE_CAPABILITY_MINOR, device[0]),
                "cuDeviceGetAttribute");
        return 10 * major[0] + minor[0];
    }

    /**
     * Returns the compute capability.
     *
     * @return 10 · major + minor, such as 90
     */
    public int capability() {
        return capability;
    }

    /**
     * Returns a kernel, which is compiled and loaded at its first use.
     *
     * @param spec which, with which macros
     * @return null if it cannot be compiled or loaded, which is said once
     */
    public @Nullable CudaFunction function(KernelSpec spec) {
        Optional<CudaFunction> function = functions.get(spec);
        if (function == null) {
            function = functions.computeIfAbsent(spec, this::load);
        }
        return function.orElse(null);
    }

    /**
     * Returns where the device has the order of a path's tokens.
     *
     * @param path any
     * @param like an array on this device
     * @return address of L 32-bit integers, which stay there as long as the path is reachable
     */
    public long order(ScanPath path, NDArray like) {
        return orders.address(path, like.getDevice());
    }

    private Optional<CudaFunction> load(KernelSpec spec) {
        try {
            return Optional.of(loaded(spec));
        } catch (CudaException e) {
            LOGGER.warn(
                    "slower operations are used on GPU {} in place of the kernel {}: {}",
                    ordinal,
                    spec.function(),
                    e.getMessage());
            return Optional.empty();
        }
    }

    private CudaFunction loaded(KernelSpec spec) {
        String source = KernelSources.of(spec);
        List<String> options = new ArrayList<>(compiler.target(capability));
        spec.macros().forEach(macro -> options.add("-D" + macro));
        String key = CubinCache.key(compiler.identity(), source, options);
        Optional<byte[]> stored = cache.read(key);
        if (stored.isPresent()) {
            try {
                return function(spec, stored.get());
            } catch (CudaException e) {
                // whole, but of another kind than the driver reads: made anew below
                LOGGER.debug("cached kernel {} is made anew", spec.function(), e);
            }
        }
        byte[] image = compiler.compile(spec.function() + ".cu", source, options);
        CudaFunction function = function(spec, image);
        cache.write(key, image); // only what loads
        return function;
    }

    private CudaFunction function(KernelSpec spec, byte[] image) {
        long[] module = new long[1];
        long[] function = new long[1];
        Scratch scratch = Scratch.own();
        boolean entered = enter(scratch);
        try {
            Driver.check(Driver.cuModuleLoadData(module, image), "cuModuleLoadData");
            Driver.check(
                    Driver.cuModuleGetFunction(function, module[0], spec.function()),
                    "cuModuleGetFunction");
        } finally {
            leave(entered, scratch);
        }
        return new CudaFunction(this, function[0], spec.threads());
    }

    /** Queues a kernel on the engine's stream. */
    void launch(long function, int gridX, int gridY, int gridZ, int threads, Scratch scratch) {
        long stream = streams.current(ordinal);
        boolean entered = enter(scratch);
        try {
            Driver.check(
                    Driver.cuLaunchKernel(
                            function,
                            gridX,
                            gridY,
                            gridZ,
                            threads,
                            1,
                            1,
                            0,
                            stream,
                            scratch.argumentsAddress(),
                            0),
                    "cuLaunchKernel");
        } finally {
            leave(entered, scratch);
        }
    }

    /** Makes the device's context current, unless it is. */
    private boolean enter(Scratch scratch) {
        Driver.check(Driver.cuCtxGetCurrent(scratch.resultAddress()), "cuCtxGetCurrent");
        if (scratch.result() == context) {
            return false;
        }
        Driver.check(Driver.cuCtxPushCurrent_v2(context), "cuCtxPushCurrent");
        return true;
    }

    private static void leave(boolean entered, Scratch scratch) {
        if (entered) {
            Driver.check(Driver.cuCtxPopCurrent_v2(scratch.resultAddress()), "cuCtxPopCurrent");
        }
    }
}

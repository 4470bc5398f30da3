package io.zigma.op.cuda;

import com.sun.jna.NativeLibrary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * A GPU that is none: the driver is {@code fake_cuda.cc}, kernels are compiled for the host, and
 * its arrays are the processor's. Kernels once compiled are kept in the build folder.
 */
public final class StandIn {

    private static final Path KERNELS = Path.of("target/emulated-kernels");

    private static NativeLibrary library;
    private static CudaRuntime runtime;

    private StandIn() {}

    /** Returns the device; skips the test where it cannot be made. */
    public static synchronized CudaDevice device() {
        if (runtime == null) {
            runtime = runtime(new HostCompiler(), new CubinCache(KERNELS));
        }
        return runtime.device(0);
    }

    /** Returns a runtime with the stand-in for a driver; skips the test where there is none. */
    static synchronized CudaRuntime runtime(KernelCompiler compiler, CubinCache cache) {
        if (library == null) {
            library = NativeLibrary.getInstance(driver().toAbsolutePath().toString());
            Driver.bind(library);
        }
        return new CudaRuntime(compiler, cache, ordinal -> 0);
    }

    /** Builds the stand-in for the driver; skips the test where it cannot be built. */
    public static Path driver() {
        Assumptions.assumeTrue(HostCompiler.isAvailable(), "needs g++ on Linux");
        try {
            Path folder = Files.createDirectories(KERNELS);
            Path file = Files.createTempFile(folder, "libcuda", ".so");
            file.toFile().deleteOnExit();
            Tool.Result result =
                    Tool.run(
                            List.of(
                                    "g++",
                                    "-std=c++17",
                                    "-O1",
                                    "-w",
                                    "-shared",
                                    "-fPIC",
                                    HostCompiler.SOURCES.resolve("fake_cuda.cc").toString(),
                                    "-o",
                                    file.toString(),
                                    "-ldl"));
            if (result.status() != 0) {
                throw new IllegalStateException(result.output());
            }
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns how many kernels were launched so far. */
    public static int launches() {
        return library.getFunction("fake_launches").invokeInt(new Object[0]);
    }

    /** Returns how many modules were loaded so far. */
    static int loads() {
        return library.getFunction("fake_loads").invokeInt(new Object[0]);
    }

    /** Makes launches do nothing, or their work again. */
    static void idle(boolean yes) {
        library.getFunction("fake_idle").invokeVoid(new Object[] {yes ? 1 : 0});
    }
}

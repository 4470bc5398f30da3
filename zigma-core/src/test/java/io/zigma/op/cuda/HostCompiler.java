package io.zigma.op.cuda;

import io.zigma.io.ContentHash;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Compiles kernels for the host in place of a GPU: what {@code fake_cuda.cc} loads. */
final class HostCompiler implements KernelCompiler {

    static final Path SOURCES = Path.of("src/test/cuda");

    private final AtomicInteger compilations = new AtomicInteger();

    /** Returns whether kernels can be compiled and loaded so on this machine. */
    static boolean isAvailable() {
        return System.getProperty("os.name", "").equals("Linux")
                && Tool.runs(List.of("g++", "--version"));
    }

    /** Returns how many kernels were compiled. */
    int compilations() {
        return compilations.get();
    }

    @Override
    public String identity() {
        try {
            return Tool.run(List.of("g++", "--version")).output()
                    + ContentHash.ofFile(SOURCES.resolve("cuda_host.h"))
                    + ContentHash.ofFile(SOURCES.resolve("emulated_kernel.h"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public List<String> target(int capability) {
        return List.of("-std=c++17", "-O1", "-w", "-fno-strict-aliasing");
    }

    @Override
    public byte[] compile(String name, String source, List<String> options) {
        compilations.incrementAndGet();
        String function = name.replace(".cu", "");
        try {
            Path folder = Files.createTempDirectory("zigma-kernel");
            Path text = folder.resolve(function + ".cc");
            Path library = folder.resolve(function + ".so");
            Files.writeString(
                    text,
                    "#include \"cuda_host.h\"\n%s\n#include \"emulated_kernel.h\"\nEMULATED(%s)\n"
                            .formatted(source, function));
            List<String> command = new ArrayList<>(List.of("g++"));
            command.addAll(options);
            // each library has an emulator of its own
            command.addAll(
                    List.of(
                            "-shared",
                            "-fPIC",
                            "-fvisibility=hidden",
                            "-fno-gnu-unique",
                            "-Wl,-Bsymbolic",
                            "-I",
                            SOURCES.toString(),
                            text.toString(),
                            "-o",
                            library.toString()));
            Tool.Result result = Tool.run(command);
            if (result.status() != 0) {
                throw new CudaException(result.output());
            }
            byte[] code = Files.readAllBytes(library);
            Files.delete(text);
            Files.delete(library);
            Files.delete(folder);
            return code;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

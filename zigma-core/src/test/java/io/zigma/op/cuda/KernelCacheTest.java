package io.zigma.op.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How kernels come from the disk, with a stand-in for the driver. */
class KernelCacheTest {

    private static final KernelSpec SPEC =
            new GatedSumSpec("gated_sum_forward", ElementType.FLOAT32, 1, 40);

    @TempDir Path folder;

    @BeforeEach
    void compiledBefore() {
        assertThat(load(new HostCompiler())).isNotNull();
    }

    /** Loads the kernel as a new process does. */
    private CudaFunction load(KernelCompiler compiler) {
        return StandIn.runtime(compiler, new CubinCache(folder)).device(0).function(SPEC);
    }

    private List<Path> files() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aKernelIsCompiledOnceForAllProcesses() {
        HostCompiler compiler = new HostCompiler();
        assertThat(load(compiler)).isNotNull();
        assertThat(compiler.compilations()).isZero();
        assertThat(files()).hasSize(1);
    }

    @Test
    void aDamagedFileIsCompiledAnewAndMended() throws IOException {
        Path file = files().get(0);
        byte[] whole = Files.readAllBytes(file);
        byte[] damaged = whole.clone();
        damaged[whole.length / 2] ^= 1;
        Files.write(file, damaged);

        HostCompiler compiler = new HostCompiler();
        assertThat(load(compiler)).isNotNull();
        assertThat(compiler.compilations()).isEqualTo(1);
        assertThat(new CubinCache(folder).read(name(file))).isPresent();
        HostCompiler next = new HostCompiler();
        load(next);
        assertThat(next.compilations()).isZero();
    }

    @Test
    void aShortenedFileIsCompiledAnew() throws IOException {
        Path file = files().get(0);
        for (int size : new int[] {0, 5, 40}) {
            Files.write(file, new byte[size]);
            HostCompiler compiler = new HostCompiler();
            assertThat(load(compiler)).isNotNull();
            assertThat(compiler.compilations()).isEqualTo(1);
        }
    }

    @Test
    void whatTheDriverDoesNotLoadIsCompiledAnew() {
        String key = name(files().get(0));
        new CubinCache(folder).write(key, new byte[200]); // whole, but no code
        HostCompiler compiler = new HostCompiler();
        assertThat(load(compiler)).isNotNull();
        assertThat(compiler.compilations()).isEqualTo(1);
        assertThat(new CubinCache(folder).read(key).orElseThrow()).hasSizeGreaterThan(200);
    }

    @Test
    void anotherVersionOfTheCompilerHasFilesOfItsOwn() {
        HostCompiler compiler = new HostCompiler();
        assertThat(load(other(compiler, "another version"))).isNotNull();
        assertThat(compiler.compilations()).isEqualTo(1);
        assertThat(files()).hasSize(2);
    }

    @Test
    void aFolderThatCannotBeMadeOnlyCostsTime() throws IOException {
        Path inTheWay = Files.writeString(folder.resolve("file"), "");
        HostCompiler compiler = new HostCompiler();
        CudaRuntime runtime =
                StandIn.runtime(compiler, new CubinCache(inTheWay.resolve("kernels")));
        assertThat(runtime.device(0).function(SPEC)).isNotNull();
        assertThat(compiler.compilations()).isEqualTo(1);
    }

    @Test
    void aKernelThatDoesNotCompileIsTriedOnce() {
        List<String> tried = new ArrayList<>();
        KernelCompiler broken =
                new KernelCompiler() {
                    @Override
                    public String identity() {
                        return "broken";
                    }

                    @Override
                    public List<String> target(int capability) {
                        return List.of();
                    }

                    @Override
                    public byte[] compile(String name, String source, List<String> options) {
                        tried.add(name);
                        throw new CudaException("no");
                    }
                };
        CudaDevice device = StandIn.runtime(broken, new CubinCache(folder)).device(0);
        assertThat(device.function(SPEC)).isNull();
        assertThat(device.function(SPEC)).isNull();
        assertThat(tried).hasSize(1);
    }

    private static KernelCompiler other(HostCompiler compiler, String identity) {
        return new KernelCompiler() {
            @Override
            public String identity() {
                return identity;
            }

            @Override
            public List<String> target(int capability) {
                return compiler.target(capability);
            }

            @Override
            public byte[] compile(String name, String source, List<String> options) {
                return compiler.compile(name, source, options);
            }
        };
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName()).replace(".cubin", "");
    }
}

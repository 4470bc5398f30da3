package io.zigma.op.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDManager;
import com.sun.jna.NativeLibrary;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compiles the kernels for GPUs, which takes no GPU. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NvrtcTest {

    /** In ELF's header; NVIDIA's is EM_CUDA. */
    private static final int MACHINE = 18;

    private static final int EM_CUDA = 190;

    private NvrtcCompiler compiler;

    @BeforeAll
    void load() {
        try (NDManager manager =
                NDManager.newBaseManager()) { // libtorch, beside which NVRTC may be
            String named = System.getenv("ZIGMA_NVRTC");
            Optional<NativeLibrary> library =
                    NvrtcLibrary.load(named == null ? null : Path.of(named), Torch.folder());
            assumeTrue(library.isPresent(), "NVRTC is not on this machine; ZIGMA_NVRTC names it");
            Nvrtc.bind(library.orElseThrow());
            compiler = new NvrtcCompiler();
        }
    }

    IntStream architectures() {
        return compiler == null
                ? IntStream.empty()
                : Arrays.stream(compiler.architectures()).filter(each -> each >= 75);
    }

    @ParameterizedTest(name = "sm_{0}")
    @MethodSource("architectures")
    void everyKernelCompilesToMachineCode(int architecture) {
        List<ElementType> types =
                architecture == 90
                        ? List.of(ElementType.FLOAT32, ElementType.BFLOAT16)
                        : List.of(ElementType.FLOAT32);
        for (ElementType type : types) {
            for (KernelSpec spec : Specs.of(type)) {
                byte[] code = compile(spec, compiler.target(architecture));
                assertThat(Arrays.copyOf(code, 4)).containsExactly(0x7f, 'E', 'L', 'F');
                assertThat(code[MACHINE] & 0xff).isEqualTo(EM_CUDA);
                assertThat(new String(code, StandardCharsets.ISO_8859_1))
                        .contains(".text." + spec.function());
            }
        }
    }

    @Test
    void anArchitectureThatIsNotKnownGetsPtx() {
        int[] known = compiler.architectures();
        int newest = known[known.length - 1];
        List<String> options = compiler.target(newest + 7);
        assertThat(options).contains("--gpu-architecture=compute_" + newest);
        byte[] code =
                compile(
                        new GatedSumSpec("gated_sum_forward", ElementType.FLOAT32, 4, 768),
                        options);
        assertThat(new String(code, StandardCharsets.UTF_8))
                .contains(".entry gated_sum_forward")
                .endsWith("\0");
    }

    @Test
    void whatItRefusesIsShown() {
        assertThatThrownBy(
                        () ->
                                compiler.compile(
                                        "odd.cu", "int f() { return x; }", compiler.target(90)))
                .isInstanceOf(CudaException.class)
                .hasMessageContaining("odd.cu")
                .hasMessageContaining("identifier \"x\" is undefined");
    }

    @Test
    void theSameTextGivesTheSameCode() {
        KernelSpec spec = new GatedSumSpec("gated_sum_forward", ElementType.FLOAT32, 4, 768);
        assertThat(compile(spec, compiler.target(90)))
                .isEqualTo(compile(spec, compiler.target(90)));
    }

    private byte[] compile(KernelSpec spec, List<String> target) {
        List<String> options = new ArrayList<>(target);
        spec.macros().forEach(macro -> options.add("-D" + macro));
        return compiler.compile(spec.function() + ".cu", KernelSources.of(spec), options);
    }
}

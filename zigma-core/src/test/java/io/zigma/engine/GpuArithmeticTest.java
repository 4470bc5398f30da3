package io.zigma.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class GpuArithmeticTest {

    private static final String TORCH = "TORCH_ALLOW_TF32_CUBLAS_OVERRIDE";

    @AfterAll
    static void restore() {
        assertThat(GpuArithmetic.FLOAT32.choose()).isTrue();
    }

    @Test
    void nativeLibrariesSeeWhatWasChosenLast() {
        assertThat(GpuArithmetic.TENSOR_FLOAT32.choose()).isTrue();
        assertThat(ProcessEnvironment.get(TORCH)).isEqualTo("1");
        assertThat(GpuArithmetic.FLOAT32.choose()).isTrue();
        assertThat(ProcessEnvironment.get(TORCH)).isEqualTo("0");
        assertThat(ProcessEnvironment.get("NVIDIA_TF32_OVERRIDE")).isEqualTo("0");
    }
}

package io.zigma.op.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ArchitectureChoiceTest {

    private static final int[] KNOWN = {75, 80, 90, 120};

    @Test
    void aKnownDeviceGetsItsOwnMachineCode() {
        assertThat(NvrtcCompiler.architecture(90, KNOWN)).isEqualTo("sm_90");
    }

    @Test
    void anUnknownDeviceGetsTheNewestPtxThatRunsThere() {
        assertThat(NvrtcCompiler.architecture(130, KNOWN)).isEqualTo("compute_120");
        assertThat(NvrtcCompiler.architecture(103, KNOWN)).isEqualTo("compute_90");
    }

    @Test
    void aDeviceThatIsTooOldIsRefused() {
        assertThatThrownBy(() -> NvrtcCompiler.architecture(61, KNOWN))
                .isInstanceOf(CudaException.class)
                .hasMessageContaining("6.1");
    }
}

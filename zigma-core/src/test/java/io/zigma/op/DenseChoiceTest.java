package io.zigma.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DenseChoiceTest {

    private static final Processor AMD =
            new Processor("AMD EPYC", "AuthenticAMD", Set.of("avx2", "avx512f"));
    private static final Processor INTEL =
            new Processor("Xeon", "GenuineIntel", Set.of("avx2", "avx512f"));
    private static final Processor OLD = new Processor("old", "GenuineIntel", Set.of("sse4_2"));
    private static final Processor ARM = new Processor("Neoverse", "", Set.of("asimd"));

    @Test
    void theInstructionsDecideWhoeverMadeTheProcessor() {
        assertThat(DenseChoice.decide(null, AMD)).isEqualTo(DensePath.CONVOLUTION);
        assertThat(DenseChoice.decide(null, INTEL)).isEqualTo(DensePath.CONVOLUTION);
        assertThat(DenseChoice.decide(null, OLD)).isEqualTo(DensePath.LINEAR);
        assertThat(DenseChoice.decide(null, ARM)).isEqualTo(DensePath.LINEAR);
    }

    @Test
    void whatIsAskedForIsTaken() {
        assertThat(DenseChoice.decide("Linear", AMD)).isEqualTo(DensePath.LINEAR);
        assertThat(DenseChoice.decide("convolution", INTEL)).isEqualTo(DensePath.CONVOLUTION);
    }

    @Test
    void aConvolutionThatWouldDependOnTheBatchIsRefused() {
        assertThatThrownBy(() -> DenseChoice.decide("convolution", OLD))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("zigma.dense=convolution needs a processor with AVX2; leave it out");
    }

    @Test
    void anUnknownPathIsRefusedWithTheKnownOnes() {
        assertThatThrownBy(() -> DenseChoice.decide("fast", AMD))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("zigma.dense is 'fast'; it must be one of linear, convolution");
    }

    @Test
    void linuxSaysWhatTheProcessorIs() {
        Processor processor =
                Processor.ofLinux(
                        List.of(
                                "processor\t: 0",
                                "vendor_id\t: AuthenticAMD",
                                "cpu family\t: 26",
                                "model\t\t: 2",
                                "model name\t: AMD EPYC 9755",
                                "flags\t\t: fpu avx2 avx512f avx512_bf16",
                                "",
                                "processor\t: 1",
                                "vendor_id\t: AuthenticAMD",
                                "flags\t\t: fpu"));
        assertThat(processor.identity()).isEqualTo("AMD EPYC 9755, family 26, model 2");
        assertThat(processor.vendor()).isEqualTo("AuthenticAMD");
        assertThat(processor.has("avx512_bf16")).isTrue();
        assertThat(processor.has("avx512")).isFalse();
    }

    @Test
    void elsewhereTheVectorsOfJavaSayWhatItHas() {
        assertThat(Processor.features("amd64", 512)).contains("avx2");
        assertThat(Processor.features("x86_64", 256)).contains("avx2");
        assertThat(Processor.features("amd64", 128)).isEmpty();
        assertThat(Processor.features("aarch64", 256)).isEmpty();
    }

    @Test
    void thisProcessorHasAnIdentity() {
        assertThat(Processor.own().identity()).isNotBlank();
    }
}

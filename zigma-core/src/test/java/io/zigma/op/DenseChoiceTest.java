package io.zigma.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DenseChoiceTest {

    private static final Processor AMD =
            new Processor("AMD EPYC", "AuthenticAMD", Set.of("avx2", "avx512f"));
    private static final Processor INTEL =
            new Processor("Xeon", "GenuineIntel", Set.of("avx2", "avx512f"));
    private static final DoubleSupplier CONVOLUTION_FASTER = () -> 2;
    private static final DoubleSupplier LINEAR_FASTER = () -> 0.5;
    private static final DoubleSupplier ALIKE = () -> 1.1;

    @TempDir Path folder;

    @Test
    void theFasterPathIsTaken() {
        assertThat(decide(null, INTEL, CONVOLUTION_FASTER)).isEqualTo(DensePath.CONVOLUTION);
        assertThat(decide(null, AMD, LINEAR_FASTER)).isEqualTo(DensePath.LINEAR);
    }

    @Test
    void theFirstDecisionHoldsFromThenOn() {
        assertThat(decide(null, AMD, LINEAR_FASTER)).isEqualTo(DensePath.LINEAR);
        assertThat(decide(null, AMD, CONVOLUTION_FASTER)).isEqualTo(DensePath.LINEAR);
    }

    @Test
    void anotherProcessorOrEngineIsAnotherDecision() {
        assertThat(decide(null, AMD, LINEAR_FASTER)).isEqualTo(DensePath.LINEAR);
        assertThat(decide(null, INTEL, CONVOLUTION_FASTER)).isEqualTo(DensePath.CONVOLUTION);
        assertThat(DenseChoice.decide(null, folder, AMD, "2.8.0", CONVOLUTION_FASTER))
                .isEqualTo(DensePath.CONVOLUTION);
    }

    @Test
    void whereBothAreAboutAsFastTheProcessorDecides() {
        assertThat(decide(null, AMD, ALIKE)).isEqualTo(DensePath.CONVOLUTION);
        assertThat(decide(null, INTEL, ALIKE)).isEqualTo(DensePath.LINEAR);
    }

    @Test
    void aMeasurementThatCannotBeKeptDoesNotCount() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "in the way");
        assertThat(DenseChoice.decide(null, file, AMD, "2.7.1", LINEAR_FASTER))
                .isEqualTo(DensePath.CONVOLUTION);
    }

    @Test
    void aDamagedDecisionLeavesItToTheProcessor() throws IOException {
        decide(null, AMD, LINEAR_FASTER);
        try (var files = Files.list(folder)) {
            Files.writeString(files.findFirst().orElseThrow(), "linea");
        }
        assertThat(decide(null, AMD, LINEAR_FASTER)).isEqualTo(DensePath.CONVOLUTION);
    }

    @Test
    void whatIsAskedForIsTakenAndNotKept() throws IOException {
        assertThat(decide("Linear", AMD, CONVOLUTION_FASTER)).isEqualTo(DensePath.LINEAR);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void anUnknownPathIsRefusedWithTheKnownOnes() {
        assertThatThrownBy(() -> decide("fast", AMD, ALIKE))
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
    void thisProcessorHasAnIdentity() {
        assertThat(Processor.own().identity()).isNotBlank();
    }

    @Test
    void theMeasurementIsAFiniteRatio() {
        assertThat(DenseMeasurement.linearOverConvolution()).isFinite().isPositive();
    }

    private DensePath decide(@Nullable String wish, Processor processor, DoubleSupplier measured) {
        return DenseChoice.decide(wish, folder, processor, "2.7.1", measured);
    }
}

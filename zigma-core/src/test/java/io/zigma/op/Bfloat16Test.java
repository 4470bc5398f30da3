package io.zigma.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.zigma.testing.Close;
import io.zigma.testing.Tolerance;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class Bfloat16Test {

    private static final Processor WITH = new Processor("one", "", Set.of("avx512_bf16"));
    private static final Processor WITHOUT = new Processor("other", "", Set.of("avx2"));

    @Test
    void aProcessorWithoutItIsRefusedInOneLine() {
        assertThatThrownBy(() -> Precision.BFLOAT16.require(Device.cpu(), WITHOUT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "bf16 needs a processor with AVX-512 BF16 or AMX, which other does not say"
                                + " it has; use f32");
        assertThatCode(() -> Precision.BFLOAT16.require(Device.cpu(), WITH))
                .doesNotThrowAnyException();
        assertThatCode(() -> Precision.FLOAT32.require(Device.cpu(), WITHOUT))
                .doesNotThrowAnyException();
    }

    @Test
    void aGpuIsRefused() {
        assertThatThrownBy(() -> Precision.BFLOAT16.require(Device.gpu(1), WITH))
                .hasMessage("bf16 is for processors and was not tried on gpu(1); use f32");
    }

    @Test
    void anUnknownPrecisionIsRefusedWithTheKnownOnes() {
        assertThatThrownBy(() -> Precision.parse("f8"))
                .hasMessage("there is no precision 'f8', only f32, bf16");
    }

    @Nested
    class WhereTheProcessorHasIt {

        @BeforeEach
        void requireIt() {
            Processor own = Processor.own();
            Assumptions.assumeTrue(
                    own.has("avx512_bf16") || own.has("amx_bf16"),
                    own.identity() + " does not multiply in bfloat16");
        }

        @Test
        void aProductIsThatOfRoundedFactorsSummedInFloat32() {
            try (NDManager manager = NDManager.newBaseManager()) {
                NDArray x = normal(manager, 1, 2, 64, 160);
                NDArray weight = normal(manager, 2, 130, 160);
                NDArray bias = normal(manager, 3, 130);
                NDArray expected =
                        DensePath.LINEAR.multiply(
                                rounded(x), rounded(weight), null); // (2, 64, 130)
                // the engine rounds the sum once more before it is widened
                Close.assertClose(
                        "product",
                        product(x, weight, bias),
                        rounded(expected).add(bias),
                        Tolerance.elementwise(0x1p-7, 1e-3));
            }
        }

        @Test
        void aSequenceGetsTheSameNumbersAloneAsInABatch() {
            try (NDManager manager = NDManager.newBaseManager()) {
                NDArray x = normal(manager, 1, 5, 49, 128);
                NDArray weight = normal(manager, 2, 256, 128);
                NDArray together = product(x, weight, null);
                for (int i = 0; i < 5; i++) {
                    NDIndex one = new NDIndex("{}:{}", i, i + 1);
                    Close.assertClose(
                            "sequence " + i,
                            product(x.get(one).duplicate(), weight, null),
                            together.get(one),
                            Tolerance.exact());
                }
            }
        }

        @Test
        void rowsOfARoundedMatrixMultiplyAsThatPartOfIt() {
            try (NDManager manager = NDManager.newBaseManager()) {
                NDArray x = normal(manager, 1, 1, 32, 128);
                NDArray rounded = Bfloat16.round(normal(manager, 2, 256, 128));
                NDArray whole = Bfloat16.multiply(x, rounded, null);
                NDArray half = Bfloat16.multiply(x, rounded.get("128:256"), null);
                Close.assertClose("half", half, whole.get(":, :, 128:"), Tolerance.exact());
            }
        }

        @Test
        void nothingIsLeftBehindButTheResult() {
            try (NDManager model = NDManager.newBaseManager();
                    NDManager manager = NDManager.newBaseManager()) {
                NDArray x = normal(manager, 1, 1, 32, 128);
                NDArray rounded = Bfloat16.round(normal(model, 2, 128, 128));
                NDArray y = Bfloat16.multiply(x, rounded, null);
                assertThat(y.getDataType()).isEqualTo(DataType.FLOAT32);
                assertThat(y.getManager()).isSameAs(manager);
                assertThat(manager.getManagedArrays()).hasSize(2);
                assertThat(model.getManagedArrays()).hasSize(2);
            }
        }

        private static NDArray product(NDArray x, NDArray weight, @Nullable NDArray bias) {
            return Bfloat16.multiply(x, Bfloat16.round(weight), bias);
        }

        private static NDArray normal(NDManager manager, long seed, long... shape) {
            return ScanProblem.normal(manager, new Random(seed), new Shape(shape), 1);
        }

        /** Rounds in Java: to nearest, ties to even, on the bits. */
        private static NDArray rounded(NDArray x) {
            float[] values = x.toFloatArray();
            for (int i = 0; i < values.length; i++) {
                int bits = Float.floatToRawIntBits(values[i]);
                bits += 0x7FFF + ((bits >>> 16) & 1);
                values[i] = Float.intBitsToFloat(bits & 0xFFFF0000);
            }
            return x.getManager().create(values, x.getShape());
        }
    }
}

package io.zigma.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.zigma.testing.Close;
import io.zigma.testing.Tolerance;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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
    void aGpuIsRefusedUnlessItMultipliesInIt() {
        Device gpu = Device.gpu(1);
        assertThatThrownBy(() -> Precision.BFLOAT16.requireGpu(gpu, OptionalInt.of(75)))
                .hasMessage(
                        "bf16 needs a GPU of compute capability 8.0 or newer, and gpu(1) is 7.5; use f32");
        assertThatThrownBy(() -> Precision.BFLOAT16.requireGpu(gpu, OptionalInt.empty()))
                .hasMessage(
                        "bf16 needs a GPU of compute capability 8.0 or newer, and what gpu(1) is"
                                + " cannot be asked without NVIDIA's driver; use f32");
        assertThatCode(() -> Precision.BFLOAT16.requireGpu(gpu, OptionalInt.of(80)))
                .doesNotThrowAnyException();
        assertThatCode(() -> Precision.FLOAT32.requireGpu(gpu, OptionalInt.of(75)))
                .doesNotThrowAnyException();
    }

    @Test
    void otherDevicesAreRefused() {
        assertThatThrownBy(() -> Precision.BFLOAT16.require(Device.of("mps", 0), WITH))
                .hasMessageContaining("was not tried on mps");
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

        @Test
        void aRecordedProductIsThatOfRoundedFactors() {
            try (NDManager manager = NDManager.newBaseManager()) {
                NDArray x = normal(manager, 1, 2, 64, 160);
                NDArray weight = normal(manager, 2, 130, 160);
                NDArray bias = normal(manager, 3, 130);
                Close.assertClose(
                        "product",
                        Bfloat16.multiplyRecorded(x, weight, bias),
                        product(x, weight, bias),
                        Tolerance.elementwise(0x1p-7, 1e-3));
            }
        }

        @Test
        void itsGradientsAreProductsOfRoundedFactors() {
            try (NDManager manager = NDManager.newBaseManager()) {
                NDArray x = normal(manager, 1, 2, 64, 160);
                NDArray weight = normal(manager, 2, 130, 160);
                NDArray bias = normal(manager, 3, 130);
                NDArray above = normal(manager, 4, 2, 64, 130); // the gradient of the result
                List<@Nullable NDArray> gradients =
                        Gradients.taped(
                                Arrays.asList(x, weight, bias),
                                above,
                                () -> Bfloat16.multiplyRecorded(x, weight, bias));
                NDArray rows = rounded(above).reshape(128, 130);
                Tolerance once = Tolerance.elementwise(0x1p-7, 1e-3);
                Close.assertClose(
                        "gradient of x",
                        gradients.get(0),
                        rounded(rows.matMul(rounded(weight)).reshape(2, 64, 160)),
                        once);
                Close.assertClose(
                        "gradient of W",
                        gradients.get(1),
                        rounded(rows.transpose().matMul(rounded(x).reshape(128, 160))),
                        once);
                Close.assertClose(
                        "gradient of b",
                        gradients.get(2),
                        above.sum(new int[] {0, 1}),
                        Tolerance.elementwise(1e-5, 1e-5));
            }
        }

        @Test
        void halvesAreTheProductInTwoPartsWithTheSameGradients() {
            try (NDManager manager = NDManager.newBaseManager()) {
                NDArray x = normal(manager, 1, 2, 64, 160);
                NDArray weight = normal(manager, 2, 256, 160);
                NDArray above = normal(manager, 4, 2, 64, 256);
                List<@Nullable NDArray> whole =
                        Gradients.taped(
                                Arrays.asList(x, weight),
                                above,
                                () -> Bfloat16.multiplyRecorded(x, weight, null));
                List<@Nullable NDArray> halves =
                        Gradients.taped(
                                Arrays.asList(x, weight),
                                above,
                                () -> {
                                    NDList both = Bfloat16.multiplyHalvesRecorded(x, weight);
                                    assertThat(both).hasSize(2);
                                    return NDArrays.concat(both, -1);
                                });
                for (int i = 0; i < 2; i++) {
                    Close.assertClose(
                            "gradient " + i, halves.get(i), whole.get(i), Tolerance.exact());
                }
            }
        }

        @Test
        void aConvolutionIsThatOfRoundedFactors() {
            try (NDManager manager = NDManager.newBaseManager()) {
                NDArray x = normal(manager, 1, 2, 64, 6, 8);
                NDArray weight = normal(manager, 2, 70, 64, 3, 3);
                NDArray bias = normal(manager, 3, 70);
                NDArray expected =
                        Convolution.apply(rounded(x), rounded(weight), bias.mul(0), 2, 1);
                Tolerance once = Tolerance.elementwise(0x1p-7, 2e-3);
                Close.assertClose(
                        "convolution",
                        Bfloat16.convolve(x, Bfloat16.round(weight), bias, 2, 1),
                        rounded(expected).add(bias.reshape(1, 70, 1, 1)),
                        once);

                NDArray above = normal(manager, 4, 2, 70, 3, 4);
                List<@Nullable NDArray> gradients =
                        Gradients.taped(
                                Arrays.asList(x, weight, bias),
                                above,
                                () -> Bfloat16.convolveRecorded(x, weight, bias, 2, 1));
                NDArray roundedX = rounded(x);
                NDArray roundedWeight = rounded(weight);
                List<@Nullable NDArray> plain =
                        Gradients.taped(
                                Arrays.asList(roundedX, roundedWeight, bias),
                                rounded(above),
                                () -> Convolution.apply(roundedX, roundedWeight, bias, 2, 1));
                Close.assertClose("x", gradients.get(0), rounded(plain.get(0)), once);
                Close.assertClose("W", gradients.get(1), rounded(plain.get(1)), once);
                Close.assertClose("b", gradients.get(2), above.sum(new int[] {0, 2, 3}), once);
            }
        }

        @Test
        void gradientsAreTheSameToTheLastBitOnEveryThreadAndRun() throws Exception {
            Callable<float[]> gradient =
                    () -> {
                        try (NDManager manager = NDManager.newBaseManager()) {
                            NDArray x = normal(manager, 1, 2, 64, 160);
                            NDArray weight = normal(manager, 2, 130, 160);
                            NDArray above = normal(manager, 4, 2, 64, 130);
                            return Gradients.taped(
                                            Arrays.asList(x, weight),
                                            above,
                                            () -> Bfloat16.multiplyRecorded(x, weight, null))
                                    .get(1)
                                    .toFloatArray();
                        }
                    };
            float[] expected = gradient.call();
            ExecutorService threads = Executors.newFixedThreadPool(3);
            try {
                for (Future<float[]> one : threads.invokeAll(Collections.nCopies(12, gradient))) {
                    assertThat(one.get()).containsExactly(expected);
                }
            } finally {
                threads.shutdownNow();
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

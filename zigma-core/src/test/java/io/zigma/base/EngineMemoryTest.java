package io.zigma.base;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import org.junit.jupiter.api.Test;

class EngineMemoryTest {

    @Test
    void theArrayHasTheNumbersOfTheirPrecision() {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            NDArray single = EngineMemory.copy(manager, new float[] {1, 2.5f, -3}, new Shape(3, 1));
            NDArray twice = EngineMemory.copy(manager, new double[] {0.1, 0.2}, new Shape(1, 2));

            assertThat(single.getShape()).isEqualTo(new Shape(3, 1));
            assertThat(single.toFloatArray()).containsExactly(1, 2.5f, -3);
            assertThat(twice.getDataType()).isEqualTo(DataType.FLOAT64);
            assertThat(twice.toDoubleArray()).containsExactly(0.1, 0.2);
        }
    }

    @Test
    void theManagerOwnsTheArrayAloneAndNotWhatItWasCopiedFrom() {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            NDArray made = EngineMemory.copy(manager, new float[4], new Shape(4));

            assertThat(manager.getManagedArrays()).containsExactly(made);
        }
    }

    @Test
    void memoryOfTheEngineBeginsAtItsAlignment() {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            for (int size = 1; size < 100; size += 7) {
                NDArray made = EngineMemory.copy(manager, new float[size], new Shape(size));
                long address =
                        Pointer.nativeValue(Native.getDirectBufferPointer(made.toByteBuffer(true)));

                assertThat(address % 64).isZero();
            }
        }
    }
}

package io.zigma.train.optim;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.api.Test;

class NamedArraysTest {

    @Test
    void anArrayThatIsOverwrittenOnADeviceKeepsItsMemory() {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            NDArray all = manager.zeros(new Shape(8));
            NDList parts = all.split(new long[] {2}, 0);
            NDArray matrix = parts.get(1).reshape(2, 3);
            matrix.setRequiresGradient(true);
            NamedArrays.overwrite(
                    manager.create(new float[] {1, 2, 3, 4, 5, 6}, new Shape(2, 3)), matrix);
            NamedArrays.overwrite(
                    manager.create(new float[] {7, 8}), parts.get(0).reshape(new Shape(2)));
            assertThat(all.toFloatArray()).containsExactly(7, 8, 1, 2, 3, 4, 5, 6);
            assertThat(matrix.toFloatArray()).containsExactly(1, 2, 3, 4, 5, 6);
            assertThat(matrix.hasGradient()).isTrue();
        }
    }
}

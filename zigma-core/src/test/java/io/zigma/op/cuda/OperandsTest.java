package io.zigma.op.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OperandsTest {

    private NDManager manager;
    private NDArray x; // (2, 3, 8)

    @BeforeEach
    void begin() {
        manager = NDManager.newBaseManager();
        x = manager.arange(48f).reshape(2, 3, 8);
    }

    @AfterEach
    void end() {
        manager.close();
    }

    @Test
    void aSliceOfEachRowIsReadWhereItLies() {
        try (Operands here = new Operands()) {
            DeviceArray slice = here.rows(x.get(":, :, 4:"));
            assertThat(slice.rowStride()).isEqualTo(8);
            assertThat(slice.address()).isEqualTo(here.rows(x).address() + 4 * Float.BYTES);
            assertThat(slice.type()).isEqualTo(ElementType.FLOAT32);
        }
    }

    @Test
    void aSequenceOfABatchIsReadWhereItLies() {
        try (Operands here = new Operands()) {
            DeviceArray second = here.contiguous(x.get("1:2"));
            assertThat(second.rowStride()).isEqualTo(8);
            assertThat(second.address()).isEqualTo(here.rows(x).address() + 24 * Float.BYTES);
        }
    }

    @Test
    void rowsThatAreNotEquallyFarApartAreCopied() {
        try (Operands here = new Operands()) {
            NDArray fewer = x.get(":, :2"); // between sequences a row is missing
            DeviceArray copy = here.rows(fewer);
            assertThat(copy.rowStride()).isEqualTo(8);
            assertThat(copy.address()).isNotEqualTo(here.rows(x).address());
        }
    }

    @Test
    void whatLiesAcrossIsCopiedAndTheCopyFreed() {
        NDArray turned = x.transpose(0, 2, 1);
        int arrays = manager.getManagedArrays().size();
        try (Operands here = new Operands()) {
            assertThat(here.rows(turned).rowStride()).isEqualTo(3);
            assertThat(manager.getManagedArrays()).hasSize(arrays + 1);
        }
        assertThat(manager.getManagedArrays()).hasSize(arrays);
    }

    @Test
    void aSliceIsCopiedWhereItMustBeContiguous() {
        try (Operands here = new Operands()) {
            assertThat(here.contiguous(x.get(":, :, 4:")).rowStride()).isEqualTo(4);
        }
    }

    @Test
    void oneAccessReadsNoMoreThanAddressAndRowsAllow() {
        long aligned = 1 << 20;
        assertThat(new DeviceArray(aligned, 24, ElementType.FLOAT32).vector(8)).isEqualTo(8);
        assertThat(new DeviceArray(aligned, 12, ElementType.FLOAT32).vector(8)).isEqualTo(4);
        assertThat(new DeviceArray(aligned + 8, 12, ElementType.FLOAT32).vector(4)).isEqualTo(2);
        assertThat(new DeviceArray(aligned + 8, 12, ElementType.BFLOAT16).vector(8)).isEqualTo(4);
        assertThat(new DeviceArray(aligned, 7, ElementType.FLOAT32).vector(4)).isEqualTo(1);
    }

    @Test
    void aBfloat16ArrayIsMadeAndKnown() {
        NDArray made = DeviceArrays.empty(x, ElementType.BFLOAT16, new Shape(3, 5));
        assertThat(made.getShape()).isEqualTo(new Shape(3, 5));
        assertThat(DeviceArrays.type(made)).isEqualTo(ElementType.BFLOAT16);
        assertThat(DeviceArrays.rowStride(made)).isEqualTo(5);
        assertThat(DeviceArrays.type(x)).isEqualTo(ElementType.FLOAT32);
        assertThat(DeviceArrays.type(manager.create(new int[2]))).isNull();
    }
}

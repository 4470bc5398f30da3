package io.zigma.bench;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import io.zigma.base.GradientMode;
import io.zigma.nn.Pass;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DitBlockTest {

    @Test
    void everyTokenSeesEveryOther() {
        try (NDManager manager = NDManager.newBaseManager()) {
            // some weights let so little through that a float32 sum does not show it
            manager.getEngine().setRandomSeed(1);
            DitBlock block = new DitBlock(16);
            block.initialize(manager, DataType.FLOAT32, new Shape(1));
            Pass pass = Pass.inference(new ParameterStore(manager, false));
            NDArray x = manager.randomNormal(new Shape(1, 6, 16));
            NDArray condition = manager.randomNormal(new Shape(1, 16));
            NDArray before = GradientMode.off(() -> block.apply(pass, x, condition));
            NDArray changed = x.duplicate();
            changed.set(new NDIndex("0, 5, 0:8"), 30f);
            NDArray after = GradientMode.off(() -> block.apply(pass, changed, condition));
            assertThat(before.getShape()).isEqualTo(x.getShape());
            NDArray change = before.sub(after).abs().sum(new int[] {2}); // (1, 6)
            assertThat(change.min().getFloat()).isPositive();
        }
    }

    @ParameterizedTest
    @CsvSource({"768, 12", "368, 8", "1024, 16", "64, 1", "7, 1"})
    void headsHaveTheTypicalWidthWhereTheModelAllows(long size, long heads) {
        assertThat(DitBlock.heads(size)).isEqualTo(heads);
    }
}

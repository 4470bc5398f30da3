package io.zigma.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.zigma.base.GradientMode;
import io.zigma.testing.Close;
import io.zigma.testing.Tolerance;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ReferencePathTest {

    private static final ScanProblem PROBLEM =
            new ScanProblem(1, 33, 21, 5, true, true, true, true, 1f, 3L);

    @Test
    void givesBitForBitWhatTheReferenceGives() {
        try (NDManager manager = NDManager.newBaseManager()) {
            ScanOperands operands = PROBLEM.operands(manager);
            NDArray reference = GradientMode.off(() -> SelectiveScanReference.apply(operands).y());
            NDArray chosen =
                    GradientMode.off(() -> ReferencePath.run(() -> SelectiveScan.apply(operands)));
            NDArray fused = GradientMode.off(() -> SelectiveScan.apply(operands));
            Close.assertClose("y", chosen, reference, Tolerance.exact());
            assertThat(chosen.toFloatArray())
                    .as("two ways to round")
                    .isNotEqualTo(fused.toFloatArray());
        }
    }

    @Test
    void endsWithTheComputationHoweverItEnds() {
        assertThat(ReferencePath.inUse()).isFalse();
        assertThatThrownBy(
                        () ->
                                ReferencePath.run(
                                        () -> {
                                            assertThat(ReferencePath.inUse()).isTrue();
                                            throw new IllegalStateException("failed");
                                        }))
                .hasMessage("failed");
        assertThat(ReferencePath.inUse()).isFalse();
    }

    @Test
    void endsWithTheOutermostOfSeveral() {
        boolean after =
                ReferencePath.run(() -> ReferencePath.run(() -> false) || ReferencePath.inUse());
        assertThat(after).isTrue();
    }

    @Test
    void isOneThreadsChoice() {
        boolean elsewhere =
                ReferencePath.run(() -> CompletableFuture.supplyAsync(ReferencePath::inUse).join());
        assertThat(elsewhere).isFalse();
    }
}

package io.zigma.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.core.Linear;
import ai.djl.pytorch.jni.JniUtils;
import io.zigma.scan.ScanPath;
import io.zigma.testing.Close;
import io.zigma.testing.Tolerance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class GradientTapeTest {

    private static final Tolerance CLOSE = Tolerance.ofLargest(1e-5, 1e-7);

    @BeforeAll
    static void loadTheEngine() {
        Engine.getInstance();
    }

    @Test
    void twoBlocksWithKernelsHaveTheGradientsOfPlainAutograd() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Toy toy = new Toy(manager, 2);
            NDArray x = toy.input(manager);
            NDArray weight = ScanProblem.normal(manager, new Random(3), x.getShape(), 1);
            List<@Nullable NDArray> leaves = new ArrayList<>(toy.parameters());
            leaves.add(x);
            List<@Nullable NDArray> expected =
                    Gradients.collected(leaves, weight, () -> toy.apply(x));
            List<@Nullable NDArray> actual = Gradients.taped(leaves, weight, () -> toy.apply(x));
            for (int i = 0; i < leaves.size(); i++) {
                Close.assertClose("leaf " + i, actual.get(i), expected.get(i), CLOSE);
            }
        }
    }

    @Test
    void whatTheCallerFreesIsStillThereForBackward() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Toy toy = new Toy(manager, 2);
            NDArray x = toy.input(manager);
            NDArray weight = ScanProblem.normal(manager, new Random(3), x.getShape(), 1);
            List<@Nullable NDArray> leaves = new ArrayList<>(toy.parameters());
            List<@Nullable NDArray> expected = Gradients.taped(leaves, weight, () -> toy.apply(x));
            List<@Nullable NDArray> actual =
                    Gradients.taped(
                            leaves,
                            weight,
                            () -> {
                                NDArray y;
                                try (NDManager own = manager.newSubManager()) {
                                    NDArray input = x.duplicate();
                                    input.attach(own);
                                    y = Scratch.freed(() -> toy.apply(input));
                                    y.attach(manager);
                                }
                                return y;
                            });
            for (int i = 0; i < leaves.size(); i++) {
                Close.assertClose("leaf " + i, actual.get(i), expected.get(i), Tolerance.exact());
            }
        }
    }

    @Test
    void partsThatTwoCutsShareCountOnceForEach() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = manager.create(new float[] {1, 2, 3});
            x.setRequiresGradient(true);
            try (GradientTape tape = GradientTape.open()) {
                NDArray square = x.square();
                NDArray one = GradientTape.accumulateAt(square.mul(x));
                NDArray other = GradientTape.accumulateAt(square.square());
                tape.backward(one.sum().add(other.sum()));
            }
            // 3x² + 4x³
            assertThat(x.getGradient().toFloatArray()).containsExactly(7, 44, 135);
        }
    }

    @Test
    void aResultThatNothingUsesIsPassedOver() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = manager.create(new float[] {1, 2});
            x.setRequiresGradient(true);
            try (GradientTape tape = GradientTape.open()) {
                GradientTape.accumulateAt(x.square());
                tape.backward(GradientTape.accumulateAt(x.square()).sum());
            }
            assertThat(x.getGradient().toFloatArray()).containsExactly(2, 4);
        }
    }

    @Test
    void gradientsOfJoinedArraysAreTheSumsOfAllTheirUses() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = manager.create(new float[] {1, 2, 3});
            x.setRequiresGradient(true);
            NDArray constant = manager.create(new float[] {5, 5, 5});
            try (GradientTape tape = GradientTape.open()) {
                for (int pass = 0; pass < 2; pass++) {
                    NDArray square = x.square();
                    NDArray triple = x.mul(3);
                    NDArray unused = x.exp();
                    GradientTape.join(List.of(square, triple, unused, constant));
                    NDArray once = GradientTape.accumulateAt(square);
                    NDArray again = GradientTape.accumulateAt(square).mul(2);
                    NDArray other = GradientTape.accumulateAt(triple).square();
                    NDArray byTheEngine = triple.mul(constant);
                    tape.backward(once.add(again).add(other).add(byTheEngine).sum());
                }
            }
            // twice 2x + 4x + 18x + 15
            assertThat(x.getGradient().toFloatArray()).containsExactly(78, 126, 174);
        }
    }

    @Test
    void joiningWithoutATapeDoesNothing() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = manager.create(new float[] {1, 2});
            GradientTape.join(List.of(x));
            assertThat(x.hasGradient()).isFalse();
        }
    }

    @Test
    void gradientsAddUpOverSeveralBackwardsOnOneTape() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = manager.create(new float[] {1, 2});
            x.setRequiresGradient(true);
            try (GradientTape tape = GradientTape.open()) {
                tape.backward(GradientTape.accumulateAt(x.square()).sum());
                tape.backward(GradientTape.accumulateAt(x.square()).sum());
            }
            assertThat(x.getGradient().toFloatArray()).containsExactly(4, 8);
        }
    }

    @Test
    void aBoundaryIsTheArrayItselfWhereThereIsNothingToCut() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = manager.create(new float[] {1, 2});
            assertThat(GradientTape.accumulateAt(x)).as("no tape").isSameAs(x);
            try (GradientTape tape = GradientTape.open()) {
                assertThat(GradientTape.accumulateAt(x)).as("needs no gradient").isSameAs(x);
                x.setRequiresGradient(true);
                NDArray leaf = GradientTape.accumulateAt(x.square());
                assertThat(leaf.getManager()).isSameAs(manager);
                assertThat(leaf.hasGradient()).as("leaf").isTrue();
                tape.backward(leaf.sum());
            }
        }
    }

    @Test
    void recomputedBlocksHaveTheSameGradientsToTheLastBit() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Toy toy = new Toy(manager, 3);
            NDArray x = toy.input(manager);
            NDArray weight = ScanProblem.normal(manager, new Random(3), x.getShape(), 1);
            List<@Nullable NDArray> leaves = new ArrayList<>(toy.parameters());
            leaves.add(x);
            List<@Nullable NDArray> expected =
                    Gradients.taped(leaves, weight, () -> toy.applyInBlocks(x));
            List<@Nullable NDArray> actual =
                    Gradients.recomputed(leaves, weight, () -> toy.applyInBlocks(x));
            for (int i = 0; i < leaves.size(); i++) {
                Close.assertClose("leaf " + i, actual.get(i), expected.get(i), Tolerance.exact());
            }
        }
    }

    @Test
    void aRecomputedBlockPassesGradientsToItsParametersWhereItsInputsAreConstants() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Toy toy = new Toy(manager, 1);
            NDArray x = toy.input(manager);
            NDArray weight = ScanProblem.normal(manager, new Random(3), x.getShape(), 1);
            List<@Nullable NDArray> leaves = new ArrayList<>(toy.parameters());
            List<@Nullable NDArray> expected =
                    Gradients.taped(leaves, weight, () -> toy.applyInBlocks(x));
            List<@Nullable NDArray> actual =
                    Gradients.recomputed(leaves, weight, () -> toy.applyInBlocks(x));
            for (int i = 0; i < leaves.size(); i++) {
                Close.assertClose("leaf " + i, actual.get(i), expected.get(i), Tolerance.exact());
            }
        }
    }

    @Test
    void aRecomputingTapeHoldsAFractionOfTheMemory() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Toy toy = new Toy(manager, 6);
            toy.parameters().forEach(parameter -> parameter.setRequiresGradient(true));
            NDArray x = toy.input(manager);
            long held;
            try (GradientTape tape = GradientTape.open()) {
                assertThat(tape).isNotNull();
                held = bytesHeldAfter(manager, () -> toy.applyInBlocks(x));
            }
            try (GradientTape tape = GradientTape.openRecomputing()) {
                assertThat(tape).isNotNull();
                assertThat(bytesHeldAfter(manager, () -> toy.applyInBlocks(x)))
                        .as("bytes held between forward and backward; %d without", held)
                        .isLessThan(held / 4);
            }
        }
    }

    /** Bytes of all arrays in the engine that are neither the caller's nor its result. */
    private static long bytesHeldAfter(NDManager manager, Supplier<NDArray> computation) {
        NDManager system = manager.getParentManager();
        long before = bytes(system);
        NDArray result = Scratch.freed(computation);
        long held = bytes(system) - before;
        result.close();
        return held;
    }

    private static long bytes(NDManager manager) {
        return manager.getManagedArrays().stream()
                .mapToLong(array -> array.size() * array.getDataType().getNumOfBytes())
                .sum();
    }

    @Test
    void aSecondTapeOnTheSameThreadIsRefused() {
        try (GradientTape tape = GradientTape.open()) {
            assertThat(tape).isNotNull();
            assertThatThrownBy(GradientTape::open)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("already has an open gradient tape");
        }
    }

    @Test
    void anotherThreadMayHaveItsOwnTapeButNotUseThisOne() {
        try (NDManager manager = NDManager.newBaseManager();
                GradientTape tape = GradientTape.open()) {
            NDArray loss = manager.create(1f);
            CompletableFuture<Void> other =
                    CompletableFuture.runAsync(
                            () -> {
                                GradientTape.open().close();
                                assertThatThrownBy(() -> tape.backward(loss))
                                        .isInstanceOf(IllegalStateException.class)
                                        .hasMessageContaining("belongs to thread");
                            });
            other.join();
        }
    }

    @Test
    void closingRestoresTheRecordingMode() {
        for (boolean before : new boolean[] {false, true}) {
            JniUtils.setGradMode(before);
            try {
                GradientTape tape = GradientTape.open();
                assertThat(JniUtils.isGradMode()).isTrue();
                tape.close();
                assertThat(JniUtils.isGradMode()).isEqualTo(before);
                tape.close();
                assertThat(JniUtils.isGradMode()).isEqualTo(before);
            } finally {
                JniUtils.setGradMode(false);
            }
        }
    }

    @Test
    void memoryIsFlatOverAThousandUses() throws IOException {
        try (NDManager manager = NDManager.newBaseManager()) {
            Toy toy = new Toy(manager, 1);
            toy.parameters().forEach(parameter -> parameter.setRequiresGradient(true));
            // a use leaves more than 1 MB behind if it frees nothing
            NDArray x = ScanProblem.normal(manager, new Random(1), new Shape(4, 256, Toy.D), 1);
            NDArray weight = ScanProblem.normal(manager, new Random(3), x.getShape(), 1);
            NDManager system = manager.getParentManager();
            int arrays = manager.getManagedArrays().size();
            int systemArrays = system.getManagedArrays().size();
            long before = 0;
            for (int use = 0; use < 1000; use++) {
                if (use == 300) {
                    before = residentKilobytes();
                }
                try (GradientTape tape = GradientTape.open()) {
                    NDArray loss = Scratch.freed(() -> toy.apply(x).mul(weight).sum());
                    tape.backward(loss);
                    loss.close();
                }
            }
            assertThat(manager.getManagedArrays()).as("the caller's arrays").hasSize(arrays);
            assertThat(system.getManagedArrays())
                    .as("arrays and managers of the engine")
                    .hasSizeLessThanOrEqualTo(systemArrays);
            assertThat(residentKilobytes() - before)
                    .as("growth of resident memory over 700 uses, in kB")
                    .isLessThan(200_000);
        }
    }

    private static long residentKilobytes() throws IOException {
        Path status = Path.of("/proc/self/status");
        Assumptions.assumeTrue(Files.exists(status), "no /proc here to read resident memory from");
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
    }

    /** A few residual blocks, each with a convolution and a scan as in Mamba. */
    private static final class Toy {

        static final int D = 12;
        private static final int E = 20;
        private static final int N = 5;
        private static final int L = 24;

        private final List<NDList> blocks = new ArrayList<>();

        Toy(NDManager manager, int depth) {
            Random random = new Random(7);
            for (int i = 0; i < depth; i++) {
                blocks.add(
                        new NDList(
                                ScanProblem.normal(manager, random, new Shape(D), 1),
                                ScanProblem.normal(manager, random, new Shape(E, D), 0.3f),
                                ScanProblem.normal(manager, random, new Shape(E, D), 0.3f),
                                ScanProblem.normal(manager, random, new Shape(E, 1, 4), 0.5f),
                                ScanProblem.normal(manager, random, new Shape(E), 0.5f),
                                ScanProblem.normal(manager, random, new Shape(E + 2 * N, E), 0.2f),
                                ScanProblem.normal(manager, random, new Shape(E, N), 0.5f),
                                ScanProblem.normal(manager, random, new Shape(E), 1),
                                ScanProblem.normal(manager, random, new Shape(E), 1),
                                ScanProblem.normal(manager, random, new Shape(D, E), 0.3f)));
            }
        }

        List<NDArray> parameters() {
            return blocks.stream().flatMap(List::stream).toList();
        }

        NDArray input(NDManager manager) {
            return ScanProblem.normal(manager, new Random(1), new Shape(2, L, D), 1);
        }

        NDArray apply(NDArray x) {
            NDArray residual = x;
            for (NDList p : blocks) {
                residual = GradientTape.accumulateAt(residual);
                residual = residual.add(block(p, residual));
            }
            return residual;
        }

        /** The same, with the blocks given to the tape as such. */
        NDArray applyInBlocks(NDArray x) {
            NDArray residual = x;
            for (NDList p : blocks) {
                residual =
                        GradientTape.block(
                                List.of(residual),
                                inputs -> {
                                    NDArray stream = inputs.get(0);
                                    return stream.add(block(p, stream));
                                });
            }
            return residual;
        }

        private static NDArray block(NDList p, NDArray x) {
            ScanPath path = ScanProblem.randomPath(Math.toIntExact(x.getShape().get(1)), 5);
            NDArray normed = Normalization.rms(x, p.get(0), 1e-5);
            NDArray u = linear(normed, p.get(1));
            NDArray gate = linear(normed, p.get(2));
            GradientTape.join(List.of(u, gate));
            u = CausalConvolution.silu(u, p.get(3), p.get(4), path);
            NDList selected = linear(u, p.get(5)).split(new long[] {E, E + N}, 2);
            NDArray y =
                    SelectiveScan.apply(
                            u,
                            selected.get(0),
                            p.get(6).exp().neg(),
                            selected.get(1),
                            selected.get(2),
                            p.get(7),
                            gate,
                            p.get(8),
                            path);
            return linear(y, p.get(9));
        }

        private static NDArray linear(NDArray x, NDArray weight) {
            return Linear.linear(x, weight).singletonOrThrow();
        }
    }
}

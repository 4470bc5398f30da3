package io.zigma.op;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import io.zigma.backbone.zigma.TinyModels;
import io.zigma.backbone.zigma.ZigMa;
import io.zigma.backbone.zigma.ZigMaConfig;
import io.zigma.base.GradientMode;
import io.zigma.condition.Condition;
import io.zigma.nn.Pass;
import io.zigma.op.cuda.StandIn;
import io.zigma.scan.ScanPath;
import io.zigma.testing.Close;
import io.zigma.testing.Tolerance;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The way of an operation to a GPU and of its gradients back, with a stand-in for the driver that
 * runs the kernels on the host: all but the device itself.
 */
class CudaOperationsTest {

    private static final Tolerance VALUE = Tolerance.ofLargest(5e-5, 5e-5);

    // 8 bits of mantissa, of results and of what they are computed from
    private static final Tolerance ROUNDED = Tolerance.ofLargest(0.02, 0.02);

    @BeforeEach
    void begin() {
        var device = StandIn.device();
        KernelSets.force(List.of(new CudaKernels(place -> device)));
    }

    @AfterEach
    void end() {
        KernelSets.force(null);
    }

    static Stream<ScanProblem> scans() {
        return Stream.of(
                new ScanProblem(2, 20, 24, 6, true, true, true, true, 1f, 1L),
                new ScanProblem(1, 1, 1, 4, true, false, true, true, 1f, 2L),
                new ScanProblem(3, 33, 40, 16, false, true, true, true, 1f, 3L),
                new ScanProblem(2, 16, 128, 16, false, false, false, true, 0.01f, 4L),
                new ScanProblem(1, 50, 17, 9, true, true, true, false, 1f, 5L),
                new ScanProblem(2, 31, 36, 32, true, true, false, true, 30f, 6L),
                new ScanProblem(1, 70, 260, 8, true, true, true, true, 1f, 7L));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("scans")
    void theScanEqualsTheReference(ScanProblem problem) {
        assertScanEqualsReference(problem, 1);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("scans")
    void theScansGradientsEqualTheReferences(ScanProblem problem) {
        assertScansGradientsEqualReferences(problem, 2);
    }

    private static void assertScanEqualsReference(ScanProblem problem, int launches) {
        try (NDManager manager = NDManager.newBaseManager()) {
            ScanOperands operands = problem.operands(manager);
            NDArray expected = GradientMode.off(() -> SelectiveScanReference.apply(operands).y());
            NDArray actual = launching(launches, () -> SelectiveScan.apply(operands));
            Close.assertClose("y", actual, expected, VALUE);
        }
    }

    private static void assertScansGradientsEqualReferences(ScanProblem problem, int launches) {
        try (NDManager manager = NDManager.newBaseManager()) {
            ScanOperands operands = problem.operands(manager);
            assertSameGradients(
                    ScanProblem.NAMES,
                    operands.arrays(),
                    problem.gradient(manager),
                    launches,
                    () -> SelectiveScan.apply(operands),
                    () -> SelectiveScanReference.apply(operands).y());
        }
    }

    /** Sequences that are divided into segments. */
    static Stream<ScanProblem> longScans() {
        return Stream.of(
                new ScanProblem(1, 1100, 40, 16, true, true, true, true, 1f, 8L),
                new ScanProblem(2, 1023, 9, 5, false, false, true, false, 0.01f, 9L),
                new ScanProblem(1, 1039, 36, 32, true, true, false, true, 30f, 10L));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("longScans")
    void aScanInSegmentsEqualsTheReference(ScanProblem problem) {
        assertScanEqualsReference(problem, 2);
        assertScansGradientsEqualReferences(problem, 4);
    }

    static Stream<ProjectedScanTest.Problem> projectedScans() {
        return Stream.of(
                new ProjectedScanTest.Problem(
                        new ScanProblem(2, 20, 24, 16, true, true, true, true, 1f, 1L), 4),
                new ProjectedScanTest.Problem(
                        new ScanProblem(2, 17, 20, 6, true, true, true, true, 1f, 2L), 3));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("projectedScans")
    void aScanOfOneProjectionEqualsTheReference(ProjectedScanTest.Problem problem) {
        try (NDManager manager = NDManager.newBaseManager()) {
            ProjectedScan scan = problem.operands(manager);
            NDArray expected =
                    GradientMode.off(() -> SelectiveScanReference.apply(scan.separate()).y());
            NDArray actual = launching(1, () -> apply(scan));
            Close.assertClose("y", actual, expected, VALUE);
            assertSameGradients(
                    List.of("u", "dtBC", "dtProj", "A", "D", "gate", "dtBias"),
                    scan.arrays(),
                    problem.scan().gradient(manager),
                    2,
                    () -> apply(scan),
                    () -> SelectiveScanReference.apply(scan.separate()).y());
        }
    }

    private static NDArray apply(ProjectedScan scan) {
        return SelectiveScan.apply(
                scan.u(),
                scan.dtBC(),
                scan.dtProj(),
                scan.a(),
                scan.d(),
                scan.gate(),
                scan.dtBias(),
                scan.path());
    }

    static Stream<CausalConvolutionTest.Problem> convolutions() {
        return Stream.of(
                new CausalConvolutionTest.Problem(2, 33, 36, 4, true, 1L),
                new CausalConvolutionTest.Problem(1, 1, 1, 2, true, 2L),
                new CausalConvolutionTest.Problem(3, 65, 17, 7, false, 3L),
                new CausalConvolutionTest.Problem(1, 300, 260, 3, true, 4L));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("convolutions")
    void theConvolutionEqualsTheReference(CausalConvolutionTest.Problem problem) {
        try (NDManager manager = NDManager.newBaseManager()) {
            List<@Nullable NDArray> operands = problem.operands(manager);
            NDArray expected = GradientMode.off(() -> problem.reference(operands));
            NDArray actual = launching(1, () -> problem.apply(operands));
            Close.assertClose("y", actual, expected, VALUE);
            assertSameGradients(
                    List.of("x", "weight", "bias"),
                    operands,
                    problem.weight(manager),
                    2,
                    () -> problem.apply(operands),
                    () -> problem.reference(operands));
        }
    }

    static Stream<FusedNormTest.Problem> norms() {
        return Stream.of(
                new FusedNormTest.Problem(2, 9, 24, false, true, true, FusedNormTest.Used.BOTH, 1L),
                new FusedNormTest.Problem(
                        3, 7, 128, true, false, true, FusedNormTest.Used.MODULATED, 2L),
                new FusedNormTest.Problem(2, 5, 129, true, true, true, FusedNormTest.Used.NORM, 3L),
                new FusedNormTest.Problem(
                        1, 1, 260, false, true, false, FusedNormTest.Used.NORM, 4L),
                new FusedNormTest.Problem(
                        2, 8, 1100, true, true, true, FusedNormTest.Used.BOTH, 5L));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("norms")
    void theNormEqualsTheReference(FusedNormTest.Problem problem) {
        try (NDManager manager = NDManager.newBaseManager()) {
            NormOperands operands = problem.operands(manager);
            NDArray weight = problem.weight(manager);
            NDArray expected =
                    GradientMode.off(() -> problem.result(operands, weight, NormReference::apply));
            NDArray actual =
                    launching(1, () -> problem.result(operands, weight, Normalization::apply));
            Close.assertClose("norm", actual, expected, VALUE);
            assertSameGradients(
                    List.of("x", "weight", "bias", "shift", "scale"),
                    operands.arrays(),
                    weight,
                    2,
                    () -> problem.result(operands, weight, Normalization::apply),
                    () -> problem.result(operands, weight, NormReference::apply));
        }
    }

    @Test
    void shiftAndScaleMayBeSlices() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Random random = new Random(8);
            NDArray x = ScanProblem.normal(manager, random, new Shape(3, 7, 36), 1);
            NDArray weight = ScanProblem.normal(manager, random, new Shape(36), 1);
            NDArray parts = ScanProblem.normal(manager, random, new Shape(3, 1, 3 * 36), 1);
            NDList slices = parts.split(3, 2);
            NDArray across = // one that is a slice of another kind
                    ScanProblem.normal(manager, random, new Shape(3, 1, 2 * 36), 1)
                            .split(2, 2)
                            .get(1);
            for (NDArray shift : List.of(slices.get(0), across)) {
                Supplier<NDArray> operation =
                        () ->
                                Normalization.modulatedRms(x, weight, 1e-5, shift, slices.get(1))
                                        .modulated();
                NDArray actual = launching(1, operation);
                NDArray expected = GradientMode.off(() -> ReferencePath.run(operation));
                Close.assertClose("modulated", actual, expected, VALUE);
            }
            Supplier<NDArray> ofParts =
                    () -> {
                        NDList each = parts.split(3, 2);
                        return Normalization.modulatedRms(x, weight, 1e-5, each.get(0), each.get(1))
                                .modulated()
                                .mul(each.get(2));
                    };
            assertSameGradients(
                    List.of("x", "weight", "parts"),
                    List.of(x, weight, parts),
                    ScanProblem.normal(manager, random, new Shape(3, 7, 36), 1),
                    2,
                    ofParts,
                    () -> ReferencePath.run(ofParts));
        }
    }

    @Test
    void theGatedSumEqualsTheReference() {
        for (int size : List.of(1, 36, 260)) {
            try (NDManager manager = NDManager.newBaseManager()) {
                Random random = new Random(size);
                Shape tokens = new Shape(2, 37, size);
                NDArray x = ScanProblem.normal(manager, random, tokens, 1);
                NDArray y = ScanProblem.normal(manager, random, tokens, 1);
                // a third of a wider array, as adaLN's regression gives it
                NDArray gate =
                        ScanProblem.normal(manager, random, new Shape(2, 1, 3 * size), 1)
                                .split(3, 2)
                                .get(2);
                Supplier<NDArray> reference = () -> x.add(y.mul(gate));
                NDArray actual = launching(1, () -> GatedSum.of(x, y, gate));
                Close.assertClose("sum", actual, reference.get(), VALUE);
                NDArray own = gate.duplicate();
                assertSameGradients(
                        List.of("x", "y", "gate"),
                        List.of(x, y, own),
                        ScanProblem.normal(manager, random, tokens, 1),
                        2,
                        () -> GatedSum.of(x, y, own),
                        () -> x.add(y.mul(own)));
            }
        }
    }

    static Stream<ZigMaConfig> models() {
        return Stream.of(
                TinyModels.CONDITIONAL,
                TinyModels.UNCONDITIONAL,
                TinyModels.BY_TEXT,
                TinyModels.VIDEO);
    }

    @ParameterizedTest
    @MethodSource("models")
    void aWholeModelAndItsGradientsEqualTheReferences(ZigMaConfig config) {
        try (NDManager manager = NDManager.newBaseManager()) {
            ZigMa model = new ZigMa(config);
            model.initialize(manager);
            Random random = new Random(3);
            model.namedParameters()
                    .values()
                    .forEach(
                            p ->
                                    ScanProblem.normal(manager, random, p.getShape(), 0.3f)
                                            .copyTo(p.getArray()));
            Shape sample = new Shape(2).addAll(config.sample().shape());
            NDArray x = ScanProblem.normal(manager, random, sample, 1);
            NDArray t = manager.create(new float[] {0.2f, 0.9f});
            Condition condition = condition(config, manager, random);
            Pass pass = Pass.training(new ParameterStore(manager, false));
            Supplier<NDArray> forward = () -> model.forward(pass, x, t, condition);

            int before = StandIn.launches();
            NDArray actual = GradientMode.off(forward);
            // a norm, a convolution, a scan and a sum in each layer, and the last norm
            assertThat(StandIn.launches() - before).isGreaterThanOrEqualTo(4 * config.depth() + 1);
            NDArray expected = GradientMode.off(() -> ReferencePath.run(forward));
            Close.assertClose("output", actual, expected, VALUE);

            List<@Nullable NDArray> leaves = new ArrayList<>();
            List<String> names = new ArrayList<>(model.namedParameters().keySet());
            names.forEach(name -> leaves.add(model.namedParameters().get(name).getArray()));
            NDArray weight = ScanProblem.normal(manager, random, actual.getShape(), 1);
            assertSameGradients(
                    names,
                    leaves,
                    weight,
                    2 * (4 * config.depth() + 1),
                    forward,
                    () -> ReferencePath.run(forward));
        }
    }

    private static Condition condition(ZigMaConfig config, NDManager manager, Random random) {
        int text = config.conditioning().contextSize();
        if (text > 0) {
            return Condition.ofContext(
                    ScanProblem.normal(manager, random, new Shape(2, 3, text), 1));
        }
        return config.equals(TinyModels.CONDITIONAL)
                ? Condition.ofLabels(manager.create(new long[] {0, 2}))
                : Condition.NONE;
    }

    @Test
    void activationsMayBeBfloat16() {
        ScanProblem problem = new ScanProblem(2, 20, 24, 16, true, true, true, true, 1f, 1L);
        try (NDManager manager = NDManager.newBaseManager()) {
            ScanOperands plain = problem.operands(manager);
            ScanOperands rounded =
                    new ScanOperands(
                            Bfloat16.round(plain.u()),
                            Bfloat16.round(plain.delta()),
                            plain.a(),
                            plain.b(),
                            plain.c(),
                            plain.d(),
                            Bfloat16.round(plain.gate()),
                            plain.dtBias(),
                            true,
                            plain.path());
            NDArray y = launching(1, () -> SelectiveScan.apply(rounded));
            assertThat(y.getDataType()).isNotEqualTo(DataType.FLOAT32);
            Close.assertClose(
                    "y",
                    y.toType(DataType.FLOAT32, false),
                    GradientMode.off(() -> SelectiveScanReference.apply(plain).y()),
                    ROUNDED);

            CausalConvolutionTest.Problem convolution =
                    new CausalConvolutionTest.Problem(2, 33, 36, 4, true, 1L);
            List<@Nullable NDArray> operands = convolution.operands(manager);
            NDArray expected = GradientMode.off(() -> convolution.reference(operands));
            List<@Nullable NDArray> ofRounded = new ArrayList<>(operands);
            ofRounded.set(0, Bfloat16.round(operands.get(0)));
            Close.assertClose(
                    "convolution",
                    launching(1, () -> convolution.apply(ofRounded))
                            .toType(DataType.FLOAT32, false),
                    expected,
                    ROUNDED);

            NDArray x = ScanProblem.normal(manager, new Random(1), new Shape(2, 3, 40), 1);
            NDArray scale = ScanProblem.normal(manager, new Random(2), new Shape(2, 1, 40), 1);
            NDArray weight = manager.ones(new Shape(40));
            Close.assertClose(
                    "norm",
                    launching(
                                    1,
                                    () ->
                                            Normalization.modulatedRms(
                                                            Bfloat16.round(x),
                                                            weight,
                                                            1e-5,
                                                            scale,
                                                            scale)
                                                    .modulated())
                            .toType(DataType.FLOAT32, false),
                    GradientMode.off(
                            () ->
                                    ReferencePath.run(
                                            () ->
                                                    Normalization.modulatedRms(
                                                                    x, weight, 1e-5, scale, scale)
                                                            .modulated())),
                    ROUNDED);
            Close.assertClose(
                    "sum",
                    launching(1, () -> GatedSum.of(Bfloat16.round(x), Bfloat16.round(x), scale))
                            .toType(DataType.FLOAT32, false),
                    x.add(x.mul(scale)),
                    ROUNDED);
        }
    }

    @Test
    void aMixerHandsOnBfloat16() {
        // wide enough to be rounded
        ZigMaConfig config = ModelBatch.Kind.UNCONDITIONAL.config();
        try (NDManager manager = NDManager.newBaseManager()) {
            ZigMa model = new ZigMa(config);
            model.initialize(manager);
            Random random = new Random(3);
            model.namedParameters()
                    .values()
                    .forEach(
                            p ->
                                    ScanProblem.normal(manager, random, p.getShape(), 0.1f)
                                            .copyTo(p.getArray()));
            NDArray x =
                    ScanProblem.normal(
                            manager, random, new Shape(2).addAll(config.sample().shape()), 1);
            NDArray t = manager.create(new float[] {0.2f, 0.9f});
            Pass pass = Pass.inference(new ParameterStore(manager, false));
            Supplier<NDArray> forward = () -> model.forward(pass, x, t, Condition.NONE);
            NDArray expected = GradientMode.off(() -> ReferencePath.run(forward));
            int start = StandIn.launches();
            GradientMode.off(forward);
            int inFloat32 = StandIn.launches() - start;

            model.setPrecision(Precision.BFLOAT16);
            int before = StandIn.launches();
            NDArray actual = GradientMode.off(forward);
            assertThat(StandIn.launches() - before).isEqualTo(inFloat32);
            Close.assertClose("output", actual, expected, ROUNDED);
            assertThat(actual.toFloatArray()).isNotEqualTo(expected.toFloatArray());

            // what no kernel takes is widened for the references
            KernelSets.force(List.of(new TakingNothing()));
            Close.assertClose("output", GradientMode.off(forward), expected, ROUNDED);
        }
    }

    /** Says that it takes bfloat16, and then takes nothing. */
    private static final class TakingNothing implements KernelSet {

        @Override
        public boolean takesBfloat16(Device device) {
            return true;
        }

        @Override
        public @Nullable NDArray scan(ScanOperands operands, @Nullable GradientTape tape) {
            return null;
        }

        @Override
        public @Nullable NDArray scan(ProjectedScan operands) {
            return null;
        }

        @Override
        public @Nullable NDArray convolution(
                List<@Nullable NDArray> operands, ScanPath path, @Nullable GradientTape tape) {
            return null;
        }

        @Override
        public @Nullable List<NDArray> norm(NormOperands operands, @Nullable GradientTape tape) {
            return null;
        }

        @Override
        public @Nullable NDArray groupNorm(
                GroupNormOperands operands, @Nullable GradientTape tape) {
            return null;
        }

        @Override
        public @Nullable NDArray gatedSum(
                NDArray x, NDArray y, NDArray gate, @Nullable GradientTape tape) {
            return null;
        }
    }

    @Test
    void operandsNeedNotBeContiguousAndNothingIsLeftBehind() {
        ScanProblem problem = new ScanProblem(2, 20, 24, 8, true, true, true, true, 1f, 5L);
        try (NDManager manager = NDManager.newBaseManager()) {
            ScanOperands plain = problem.operands(manager);
            ScanOperands turned =
                    new ScanOperands(
                            turned(plain.u()),
                            turned(plain.delta()),
                            plain.a().transpose().duplicate().transpose(),
                            turned(plain.b()),
                            turned(plain.c()),
                            plain.d(),
                            turned(plain.gate()),
                            plain.dtBias(),
                            true,
                            plain.path());
            NDArray expected = launching(1, () -> SelectiveScan.apply(plain));
            int arrays = manager.getManagedArrays().size();
            NDArray actual = launching(1, () -> SelectiveScan.apply(turned));
            assertThat(manager.getManagedArrays()).hasSize(arrays + 1);
            assertThat(actual.toFloatArray()).isEqualTo(expected.toFloatArray());
        }
    }

    /** The same values, with the tokens side by side in memory. */
    private static NDArray turned(NDArray x) {
        return x.transpose(0, 2, 1).duplicate().transpose(0, 2, 1);
    }

    @Test
    void whatTheKernelsDoNotTakeIsDoneByTheReference() {
        try (NDManager manager = NDManager.newBaseManager()) {
            CausalConvolutionTest.Problem wide =
                    new CausalConvolutionTest.Problem(2, 33, 16, 40, true, 1L);
            List<@Nullable NDArray> operands = wide.operands(manager);
            Close.assertClose(
                    "40 taps",
                    launching(0, () -> wide.apply(operands)),
                    GradientMode.off(() -> wide.reference(operands)),
                    VALUE);

            ScanOperands states =
                    new ScanProblem(1, 9, 5, 33, true, true, true, true, 1f, 1L).operands(manager);
            Close.assertClose(
                    "33 states",
                    launching(0, () -> SelectiveScan.apply(states)),
                    GradientMode.off(() -> SelectiveScanReference.apply(states).y()),
                    VALUE);

            NDArray empty = manager.create(new Shape(0, 4, 8));
            NDArray gate = manager.create(new Shape(0, 1, 8));
            assertThat(launching(0, () -> GatedSum.of(empty, empty, gate)).getShape())
                    .isEqualTo(empty.getShape());

            NDArray doubles = manager.ones(new Shape(2, 3, 8), DataType.FLOAT64);
            NDArray ones = manager.ones(new Shape(8), DataType.FLOAT64);
            assertThat(launching(0, () -> Normalization.rms(doubles, ones, 0)).toDoubleArray())
                    .containsOnly(1);
        }
    }

    @Test
    void gradientsOfTheEnginesOwnGoThroughTheReference() {
        try (NDManager manager = NDManager.newBaseManager()) {
            ScanOperands operands = scans().findFirst().orElseThrow().operands(manager);
            int before = StandIn.launches();
            Gradients.collected(
                    operands.arrays(),
                    manager.ones(operands.u().getShape()),
                    () -> SelectiveScan.apply(operands));
            GradientMode.off(() -> ReferencePath.run(() -> SelectiveScan.apply(operands)));
            assertThat(StandIn.launches()).isEqualTo(before);
        }
    }

    @Test
    void aPathIsUploadedOnce() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = manager.ones(new Shape(1, 30, 4));
            ScanPath path = ScanProblem.randomPath(30, 1L);
            long first = StandIn.device().order(path, x);
            assertThat(StandIn.device().order(path, x)).isEqualTo(first);
            assertThat(StandIn.device().order(ScanProblem.randomPath(30, 2L), x))
                    .isNotEqualTo(first);
        }
    }

    /** Runs an operation without gradients, which must launch so many kernels. */
    private static NDArray launching(int kernels, Supplier<NDArray> operation) {
        int before = StandIn.launches();
        NDArray result = GradientMode.off(operation);
        assertThat(StandIn.launches() - before).as("kernels launched").isEqualTo(kernels);
        return result;
    }

    private static void assertSameGradients(
            List<String> names,
            List<@Nullable NDArray> leaves,
            NDArray weight,
            int kernels,
            Supplier<NDArray> operation,
            Supplier<NDArray> reference) {
        List<@Nullable NDArray> expected = Gradients.collected(leaves, weight, reference);
        int before = StandIn.launches();
        List<@Nullable NDArray> actual = Gradients.taped(leaves, weight, operation);
        assertThat(StandIn.launches() - before)
                .as("kernels launched")
                .isGreaterThanOrEqualTo(kernels);
        for (int i = 0; i < leaves.size(); i++) {
            if (leaves.get(i) != null) {
                NDList both = new NDList(actual.get(i), expected.get(i));
                Close.assertClose("gradient of " + names.get(i), both.get(0), both.get(1), VALUE);
            }
        }
    }
}

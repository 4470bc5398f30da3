package io.zigma.backbone;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import io.zigma.backbone.adm.AdmConfig;
import io.zigma.backbone.adm.AdmShape;
import io.zigma.backbone.adm.QkvOrder;
import io.zigma.backbone.adm.Resampling;
import io.zigma.backbone.dit.BlockKind;
import io.zigma.backbone.dit.DiTConfig;
import io.zigma.backbone.uvit.UViTConfig;
import io.zigma.backbone.zigma.Positions;
import io.zigma.backbone.zigma.ZigMaConfig;
import io.zigma.base.GradientMode;
import io.zigma.base.SampleShape;
import io.zigma.condition.ByClass;
import io.zigma.condition.Condition;
import io.zigma.condition.Conditioning;
import io.zigma.nn.MambaConfig;
import io.zigma.nn.NormKind;
import io.zigma.nn.Pass;
import io.zigma.op.GradientTape;
import io.zigma.op.Precision;
import io.zigma.scan.Bidirectional;
import io.zigma.scan.ScanScheme;
import io.zigma.scan.Zigzag;
import io.zigma.testing.Close;
import io.zigma.testing.Tolerance;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Gradients of whole models whose large products are taken in bfloat16, beside float32. */
class TrainingPrecisionTest {

    private static final Conditioning CLASSES = new ByClass(5, true);
    private static final Signature SIGNATURE =
            new Signature(SampleShape.image(3, 8, 4), 3, CLASSES, 1);

    @BeforeEach
    void requireIt() {
        Assumptions.assumeTrue(
                Precision.BFLOAT16.isAvailable(Device.cpu()),
                "this processor does not multiply in bfloat16");
    }

    /** Wide enough for products that are worth rounding. */
    static Stream<Arguments> models() {
        return Stream.of(
                model("zigzag", zigMa(new Zigzag(8))),
                model("both directions", zigMa(new Bidirectional())),
                model(
                        "DiT",
                        new DiTConfig(SIGNATURE, 2, 128, 2, 2, 4, BlockKind.ADALN_ZERO, false)),
                model(
                        "U-ViT",
                        new UViTConfig(SIGNATURE, 2, 128, 3, 2, 4, false, false, true, true)),
                model(
                        "ADM",
                        new AdmConfig(
                                SIGNATURE,
                                new AdmShape(
                                        64,
                                        List.of(1.0, 2.0),
                                        1,
                                        List.of(2),
                                        2,
                                        0,
                                        QkvOrder.BY_HEAD,
                                        true,
                                        Resampling.RESIDUAL))));
    }

    private static Arguments model(String name, BackboneSpec spec) {
        return Arguments.of(Named.of(name, spec));
    }

    private static ZigMaConfig zigMa(ScanScheme scan) {
        return new ZigMaConfig(
                8,
                4,
                3,
                2,
                128,
                2,
                scan,
                MambaConfig.PUBLISHED,
                Positions.LEARNED,
                NormKind.RMS,
                1e-5,
                0,
                CLASSES);
    }

    @ParameterizedTest
    @MethodSource("models")
    void gradientsPointWhereThoseOfFloat32Do(BackboneSpec spec) {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            Map<String, float[]> plain = gradients(spec, manager, Precision.FLOAT32);
            Map<String, float[]> rounded = gradients(spec, manager, Precision.BFLOAT16);

            assertThat(rounded.keySet()).isEqualTo(plain.keySet());
            assertThat(distance(plain, rounded)).isBetween(1e-5, 0.02);
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void recomputedBlocksGiveTheSameGradients(BackboneSpec spec) {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            Map<String, float[]> kept = gradients(spec, manager, Precision.BFLOAT16);
            Map<String, float[]> recomputed =
                    Gradients.inPrecision(
                            spec,
                            manager,
                            TrainingPrecisionTest::labels,
                            GradientTape::openRecomputing,
                            Precision.BFLOAT16);
            kept.forEach(
                    (name, gradient) ->
                            assertThat(recomputed.get(name)).as(name).containsExactly(gradient));
        }
    }

    /** Predictions round the same factors as training, without a gradient to round for. */
    @ParameterizedTest
    @MethodSource("models")
    void aPictureIsPredictedTheSameAloneAsInABatch(BackboneSpec spec) {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            Backbone model = RandomWeights.balanced(spec.create(0), manager);
            model.setPrecision(Precision.BFLOAT16);
            Pass pass = Pass.inference(new ParameterStore(manager, false));
            NDArray x = RandomWeights.normal(manager, new Random(3), new Shape(5, 3, 8, 4));
            NDArray t = Gradients.times(manager);
            NDArray together = predicted(model, pass, x, t, labels(manager));
            for (int i = 0; i < 5; i++) {
                NDIndex one = new NDIndex("{}:{}", i, i + 1);
                Close.assertClose(
                        "picture " + i,
                        predicted(
                                model,
                                pass,
                                x.get(one).duplicate(),
                                t.get(one).duplicate(),
                                Condition.ofLabels(labelNumbers(manager).get(one).duplicate())),
                        together.get(one),
                        Tolerance.exact());
            }
        }
    }

    private static NDArray predicted(
            Backbone model, Pass pass, NDArray x, NDArray t, Condition condition) {
        return GradientMode.off(() -> model.forward(pass, x, t, condition));
    }

    private static Map<String, float[]> gradients(
            BackboneSpec spec, NDManager manager, Precision precision) {
        return Gradients.inPrecision(
                spec, manager, TrainingPrecisionTest::labels, GradientTape::open, precision);
    }

    private static Condition labels(NDManager manager) {
        return Condition.ofLabels(labelNumbers(manager));
    }

    private static NDArray labelNumbers(NDManager manager) {
        return manager.create(new long[] {0, 1, 2, 4, 5});
    }

    /** Returns |a − b| / |a| over all numbers of all parameters. */
    private static double distance(Map<String, float[]> a, Map<String, float[]> b) {
        double size = 0;
        double difference = 0;
        for (Map.Entry<String, float[]> entry : a.entrySet()) {
            float[] other = b.get(entry.getKey());
            for (int i = 0; i < other.length; i++) {
                double value = entry.getValue()[i];
                size += value * value;
                difference += (value - other[i]) * (value - other[i]);
            }
        }
        return Math.sqrt(difference / size);
    }
}

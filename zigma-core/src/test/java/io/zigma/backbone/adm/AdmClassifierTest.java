package io.zigma.backbone.adm;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import io.zigma.backbone.RandomWeights;
import io.zigma.base.GradientMode;
import io.zigma.base.SampleShape;
import io.zigma.io.CheckpointException;
import io.zigma.io.Fields;
import io.zigma.nn.Pass;
import io.zigma.op.GradientTape;
import io.zigma.testing.Close;
import io.zigma.testing.Tolerance;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class AdmClassifierTest {

    private static final int SAMPLES = 3;

    private static AdmClassifierConfig tiny(Pool pool) {
        return new AdmClassifierConfig(
                SampleShape.image(3, 8, 4),
                5,
                1,
                new AdmShape(
                        64, // groups of two channels: a norm of one leaves no gradient to its bias
                        List.of(1.0, 1.5),
                        1,
                        List.of(2),
                        0,
                        16,
                        QkvOrder.BY_HEAD,
                        true,
                        Resampling.RESIDUAL),
                pool);
    }

    private static AdmClassifier random(Pool pool, NDManager manager) {
        AdmClassifier model = tiny(pool).create(0);
        Random random = new Random(7);
        model.namedParameters()
                .forEach(
                        (name, parameter) ->
                                parameter.setInitializer(
                                        (owner, shape, type) ->
                                                RandomWeights.normal(owner, random, shape)));
        model.initialize(manager);
        return model;
    }

    private static NDArray pictures(NDManager manager) {
        return RandomWeights.normal(manager, new Random(3), new Shape(SAMPLES, 3, 8, 4));
    }

    private static NDArray times(NDManager manager) {
        return manager.create(new float[] {0, 3, 500});
    }

    @ParameterizedTest
    @EnumSource
    void aPictureHasTheSameLogitsAloneAsInABatch(Pool pool) {
        try (NDManager manager = NDManager.newBaseManager()) {
            AdmClassifier model = random(pool, manager);
            Pass pass = Pass.inference(new ParameterStore(manager, false));
            NDArray x = pictures(manager);
            NDArray t = times(manager);
            NDArray all = GradientMode.off(() -> model.logits(pass, x, t));
            assertThat(all.getShape()).isEqualTo(new Shape(SAMPLES, 5));
            for (int i = 0; i < SAMPLES; i++) {
                NDIndex one = new NDIndex("{}:{}", i, i + 1);
                NDArray alone = GradientMode.off(() -> model.logits(pass, x.get(one), t.get(one)));
                assertThat(alone.toFloatArray()).containsExactly(all.get(one).toFloatArray());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyParameterHasTheSameGradientInEveryWay(Pool pool) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Map<String, float[]> graph = gradients(pool, manager, null);
            Map<String, float[]> tape = gradients(pool, manager, GradientTape::open);
            Map<String, float[]> again = gradients(pool, manager, GradientTape::openRecomputing);
            List<String> others = new ArrayList<>();
            graph.forEach(
                    (name, expected) -> {
                        float largest = 0;
                        for (float value : expected) {
                            largest = Math.max(largest, Math.abs(value));
                        }
                        assertThat(largest).as(name).isPositive();
                        Close.assertClose(
                                name, tape.get(name), expected, Tolerance.ofLargest(1e-4, 1e-5));
                        if (!Arrays.equals(again.get(name), tape.get(name))) {
                            others.add(name);
                        }
                    });
            assertThat(others).as("gradients with other bits when recomputed").isEmpty();
        }
    }

    private static Map<String, float[]> gradients(
            Pool pool, NDManager parent, @Nullable Supplier<GradientTape> opener) {
        try (NDManager manager = parent.newSubManager()) {
            AdmClassifier model = random(pool, manager);
            Pass pass = Pass.training(new ParameterStore(manager, false));
            NDArray x = pictures(manager);
            NDArray t = times(manager);
            model.namedParameters()
                    .values()
                    .forEach(parameter -> parameter.getArray().setRequiresGradient(true));
            if (opener == null) {
                try (var collector = manager.getEngine().newGradientCollector()) {
                    collector.backward(model.logits(pass, x, t).square().mean());
                }
            } else {
                try (GradientTape tape = opener.get()) {
                    tape.backward(model.logits(pass, x, t).square().mean());
                }
            }
            Map<String, float[]> gradients = new LinkedHashMap<>();
            model.namedParameters()
                    .forEach(
                            (name, parameter) ->
                                    gradients.put(
                                            name,
                                            parameter.getArray().getGradient().toFloatArray()));
            return gradients;
        }
    }

    @ParameterizedTest
    @EnumSource
    void theDescriptionInAFileIsReadBack(Pool pool) throws CheckpointException {
        AdmClassifierConfig config = tiny(pool);
        assertThat(AdmClassifierConfig.read(Fields.of("config.json", config.json()), 5))
                .isEqualTo(config);
    }

    @ParameterizedTest
    @CsvSource({"64", "128", "256", "512"})
    void aPublishedClassifierIsRecognisedByTheShapesOfItsWeights(int side) {
        AdmClassifierConfig published = AdmClassifierConfig.published(side, 1000).orElseThrow();
        Map<String, long[]> shapes = shapes(published);
        assertThat(AdmClassifierConfig.infer(shapes)).contains(published);
        assertThat(AdmKind.INSTANCE.infer(shapes, c -> c)).isEmpty();
        shapes.remove("out.2.positional_embedding");
        assertThat(AdmClassifierConfig.infer(shapes)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void everyPoolIsRecognised(Pool pool) {
        AdmClassifierConfig published = AdmClassifierConfig.published(64, 7).orElseThrow();
        AdmClassifierConfig variant =
                new AdmClassifierConfig(published.sample(), 7, 1, published.shape(), pool);
        assertThat(AdmClassifierConfig.infer(shapes(variant))).contains(variant);
    }

    @Test
    void aUNetIsNoClassifier() {
        assertThat(AdmClassifierConfig.infer(RandomWeights.shapes(AdmKind.INSTANCE.preset("64"))))
                .isEmpty();
        assertThat(AdmClassifierConfig.infer(Map.of())).isEmpty();
    }

    /** The classifier begins by knowing nothing, where its last layer begins at zero. */
    @Test
    void theAdaptivePoolBeginsAtEqualProbabilities() {
        try (NDManager manager = NDManager.newBaseManager()) {
            AdmClassifier model = tiny(Pool.ADAPTIVE).create(4);
            model.initialize(manager);
            Pass pass = Pass.inference(new ParameterStore(manager, false));
            float[] logits = model.logits(pass, pictures(manager), times(manager)).toFloatArray();
            assertThat(logits).containsOnly(0);
            Map<String, Parameter> all = model.namedParameters();
            assertThat(RandomWeights.deviation(all, "out.0.weight")).isEqualTo(1);
        }
    }

    private static Map<String, long[]> shapes(AdmClassifierConfig config) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        config.create(0)
                .namedParameters()
                .forEach((name, parameter) -> shapes.put(name, parameter.getShape().getShape()));
        return shapes;
    }
}

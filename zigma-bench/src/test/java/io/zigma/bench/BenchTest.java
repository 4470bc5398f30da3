package io.zigma.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.zigma.backbone.BackboneSpec;
import io.zigma.backbone.Signature;
import io.zigma.backbone.adm.AdmKind;
import io.zigma.backbone.dit.DiTKind;
import io.zigma.backbone.zigma.Positions;
import io.zigma.backbone.zigma.TinyModels;
import io.zigma.backbone.zigma.ZigMaConfig;
import io.zigma.backbone.zigma.ZigMaKind;
import io.zigma.base.SampleShape;
import io.zigma.condition.ByClass;
import io.zigma.condition.Conditioning;
import io.zigma.nn.MambaConfig;
import io.zigma.nn.NormKind;
import io.zigma.op.ReferencePath;
import io.zigma.scan.Zigzag;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BenchTest {

    /** Long enough to measure something, with a reference path that is always affordable. */
    private static final Effort GLANCE = new Effort(0.002, 1, 3, 0, 512, 60);

    private static final Set<String> FACTS =
            Set.of("machine", "jdk", "threads", "backbone", "preset", "tokens", "batch", "spread");

    private static BenchCase tiny(int tokens, int batch) {
        return BenchCase.of(new BenchPreset("tiny", TinyModels.UNCONDITIONAL, 1), tokens, batch);
    }

    private static BenchReport run(BenchCase benchCase, Set<BenchPart> parts) {
        return new Bench(benchCase, GLANCE, parts).run((done, total, what) -> {});
    }

    @Test
    void measuresEveryPart() {
        JsonObject json = run(tiny(16, 2), EnumSet.allOf(BenchPart.class)).json();
        assertThat(json.keySet())
                .contains(
                        "scan.forward.fused",
                        "scan.forward.reference",
                        "scan.backward.fused",
                        "scan.backward.reference",
                        "scan.order.ratio",
                        "conv.fused",
                        "conv.reference",
                        "model.forward.fused",
                        "model.forward.reference",
                        "model.forward.gemm_floor",
                        "model.forward.floor_ratio",
                        "model.train_step.fused",
                        "model.train_step.reference",
                        "model.train_step.gemm_floor",
                        "model.optimizer",
                        "scaling",
                        "machine",
                        "threads",
                        "preset",
                        "tokens",
                        "batch",
                        "jdk");
        for (Map.Entry<String, JsonElement> entry : json.entrySet()) {
            if (!FACTS.contains(entry.getKey()) && entry.getValue().isJsonPrimitive()) {
                assertThat(entry.getValue().getAsDouble())
                        .as(entry.getKey())
                        .satisfiesAnyOf(
                                value -> assertThat(value).isPositive(),
                                value -> assertThat(entry.getKey()).endsWith("bytes"));
            }
        }
        assertThat(json.getAsJsonArray("scaling"))
                .extracting(point -> point.getAsJsonObject().get("tokens").getAsInt())
                .containsExactly(64, 128, 256, 512);
        assertThat(json.getAsJsonArray("scaling"))
                .allSatisfy(
                        point ->
                                assertThat(point.getAsJsonObject().keySet())
                                        .containsExactly("tokens", "zigma", "dit"));
    }

    @Test
    void leavesOutWhatWasNotRun() {
        JsonObject json = run(tiny(16, 1), EnumSet.of(BenchPart.CONVOLUTION)).json();
        assertThat(json.keySet()).allMatch(key -> FACTS.contains(key) || key.startsWith("conv."));
        assertThat(json.getAsJsonObject("spread").keySet())
                .allMatch(key -> key.startsWith("conv."));
    }

    @Test
    void thePublishedPairOfShortTrainingStepsIsBesideLongerOnes() {
        JsonObject json = run(tiny(512, 1), EnumSet.of(BenchPart.TRAINING)).json();
        assertThat(json.keySet())
                .contains("model.train_step_256.fused", "model.train_step_256.reference");
        assertThat(json.get("tokens").getAsInt()).isEqualTo(512);
    }

    @Test
    void anyBackboneIsMeasured() {
        BackboneSpec dit =
                DiTKind.INSTANCE.create(
                        Optional.empty(),
                        Signature.of(SampleShape.image(1, 8, 8), new ByClass(3, true)),
                        Map.of("hidden-size", "16", "depth", "2", "heads", "2"));
        BenchCase benchCase = BenchCase.of(new BenchPreset("tiny", dit, 1), 12, 2);
        assertThat(benchCase.tokens()).isEqualTo(12);
        assertThat(benchCase.model().sample()).isEqualTo(SampleShape.image(1, 6, 8));
        BenchReport report = run(benchCase, BenchPart.of(dit));
        assertThat(report.json().get("backbone").getAsString()).isEqualTo("dit");
        for (String figure :
                List.of(
                        "model.forward.fused",
                        "model.forward.reference",
                        "model.forward.floor_ratio",
                        "model.train_step.fused",
                        "model.train_step.reference",
                        "model.optimizer")) {
            assertThat(report.json().get(figure).getAsDouble()).as(figure).isPositive();
        }
        assertThat(report.lines().get(0)).startsWith("dit tiny, 12 tokens, batch 2");
    }

    @Test
    void aBackboneOfConvolutionsIsMeasuredWithItsConvolutionsAsTheFloor() {
        BackboneSpec adm =
                AdmKind.INSTANCE.create(
                        Optional.empty(),
                        Signature.of(SampleShape.image(1, 8, 8), new ByClass(3, false)),
                        Map.of(
                                "base-channels", "32",
                                "multipliers", "1,1",
                                "res-blocks", "1",
                                "attention-rates", "2"));
        BenchCase benchCase = BenchCase.of(new BenchPreset("tiny", adm, 1), 12, 2);
        JsonObject json = run(benchCase, EnumSet.of(BenchPart.FORWARD, BenchPart.TRAINING)).json();
        assertThat(json.get("model.forward.floor_ratio").getAsDouble()).isPositive();
        assertThat(json.get("model.train_step.floor_ratio").getAsDouble()).isPositive();
        try (NDManager manager = NDManager.newBaseManager();
                BenchModel model = new BenchModel(benchCase, manager)) {
            List<MatrixProduct> products = MatrixProduct.of(model.model(), 2);
            assertThat(products)
                    .filteredOn(product -> product.name().equals("input_blocks.0.0.weight"))
                    .extracting(MatrixProduct::pictures)
                    .containsExactly(new MatrixProduct.Pictures(2, 1, 8, 8));
            assertThat(products)
                    .filteredOn(
                            product -> product.name().equals("middle_block.0.in_layers.2.weight"))
                    .extracting(MatrixProduct::pictures)
                    .containsExactly(new MatrixProduct.Pictures(2, 32, 4, 4));
            assertThat(products)
                    .filteredOn(product -> product.name().contains("qkv"))
                    .isNotEmpty()
                    .allSatisfy(product -> assertThat(product.pictures()).isNull());
        }
    }

    @Test
    void whatABackboneDoesNotHaveIsRefused() {
        BenchCase dit = BenchCase.of(BenchPreset.small(DiTKind.INSTANCE), 4, 1);
        assertThatThrownBy(() -> new Bench(dit, GLANCE, EnumSet.of(BenchPart.SCAN)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "scan is of layers with a Mamba mixer, which dit has not; leave it out");
    }

    @Test
    void theSmallModelIsTwelveLayersOf256ChannelsInEveryArchitecture() {
        BenchPreset zigma = BenchPreset.small(ZigMaKind.INSTANCE);
        assertThat(zigma.batch()).isEqualTo(8);
        assertThat(zigma.model())
                .isEqualTo(
                        new ZigMaConfig(
                                28,
                                28,
                                1,
                                2,
                                256,
                                12,
                                new Zigzag(8),
                                MambaConfig.PUBLISHED,
                                Positions.NONE,
                                NormKind.RMS,
                                1e-5,
                                0,
                                Conditioning.none()));
        BenchPreset dit = BenchPreset.small(DiTKind.INSTANCE);
        assertThat(dit.model().tokens()).isEqualTo(196);
        assertThat(dit.model().facts().toString()).contains("12 of 256 channels");
    }

    @Test
    void modelsOfEquallyManyParametersAreMeasuredSideBySide() {
        BenchReport report = run(tiny(16, 1), EnumSet.of(BenchPart.COMPARISON));
        JsonObject json = report.json();
        assertThat(ZigMaKind.INSTANCE.comparison()).hasSizeGreaterThan(4);
        for (String name : ZigMaKind.INSTANCE.comparison().keySet()) {
            for (String figure : List.of(".parameters", ".forward", ".train_step")) {
                assertThat(json.get(name + figure).getAsDouble()).as(name).isPositive();
            }
            assertThat(String.join("\n", report.lines())).contains("  " + name);
        }
    }

    @Test
    void whatDoesNotSuitTheMapIsLeftOutOfTheComparison() {
        // 3 × 5 tokens cannot be cut into windows
        JsonObject json = run(tiny(15, 1), EnumSet.of(BenchPart.COMPARISON)).json();
        assertThat(json.keySet()).contains("compare-four-way.forward");
        assertThat(json.keySet()).noneMatch(key -> key.startsWith("compare-local-clusters"));
    }

    @Test
    void anArchitectureWithoutSuchModelsHasNoComparison() {
        BenchCase dit = BenchCase.of(BenchPreset.small(DiTKind.INSTANCE), 4, 1);
        assertThat(BenchPart.of(dit.model())).doesNotContain(BenchPart.COMPARISON);
        assertThatThrownBy(() -> new Bench(dit, GLANCE, EnumSet.of(BenchPart.COMPARISON)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "comparison is of models of equally many parameters, of which dit has none; leave it out");
    }

    @Test
    void showsPeopleWhatItShowsPrograms() {
        BenchReport report = run(tiny(16, 1), EnumSet.of(BenchPart.SCAN, BenchPart.FORWARD));
        assertThat(String.join("\n", report.lines()))
                .contains("zigma tiny, 16 tokens, batch 1", "scan, forward", "matrix products")
                .doesNotContain("convolution, forward", "training", "DiT");
    }

    @Test
    void saysWhatItMeasuresBeforeItDoes() {
        List<String> said = new ArrayList<>();
        new Bench(tiny(4, 1), GLANCE, EnumSet.of(BenchPart.SCAN, BenchPart.OPTIMIZER))
                .run((done, total, what) -> said.add(done + "/" + total + " " + what));
        assertThat(said).containsExactly("0/2 the selective scan", "1/2 the optimiser", "2/2 ");
    }

    @Test
    void refusesToCallTheReferencePathFused() {
        Bench bench = new Bench(tiny(4, 1), GLANCE, EnumSet.of(BenchPart.SCAN));
        assertThatThrownBy(() -> ReferencePath.run(() -> bench.run((done, total, what) -> {})))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("--add-modules jdk.incubator.vector");
    }
}

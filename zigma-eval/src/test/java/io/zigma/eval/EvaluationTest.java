package io.zigma.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;

import com.google.gson.JsonObject;

import io.zigma.diffusion.GuidanceStrength;
import io.zigma.eval.metric.FeatureStatistics;
import io.zigma.eval.report.ReportPage;
import io.zigma.eval.report.ResultJson;
import io.zigma.eval.report.ResultTable;
import io.zigma.eval.report.Series;
import io.zigma.sampler.Samplers;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import javax.xml.parsers.DocumentBuilderFactory;

class EvaluationTest {

    private static final RandomImages TRAINING = new RandomImages(90, 1);
    private static final RandomImages TEST = new RandomImages(60, 2);
    private static final Judges JUDGES = Judges.of(new ProjectingJudge(7));

    @TempDir Path folder;

    @Test
    void samplesThatAreTheReferenceAreAtNoDistance() throws IOException {
        Map<Metric, Double> figures = evaluation().judge(1, samples(TEST)).figures();
        assertThat(figures.get(Metric.FRECHET_DISTANCE)).isCloseTo(0, within(1e-9));
        assertThat(figures).containsEntry(Metric.PRECISION, 1.0).containsEntry(Metric.RECALL, 1.0);
    }

    @Test
    void samplesThatAreTrainingPicturesAreFoundOut() throws IOException {
        SeedResult copies = evaluation().judge(1, samples(TRAINING));
        assertThat(copies.figures())
                .containsEntry(Metric.MEMORISED, 1.0)
                .containsEntry(Metric.CLOSER_THAN_ANY, 1.0);
        SeedResult fresh = evaluation().judge(1, samples(new RandomImages(60, 3)));
        assertThat(fresh.figures().get(Metric.MEMORISED)).isLessThan(0.2);
    }

    @Test
    void theFloorIsWhatTrainingPicturesInPlaceOfSamplesGet() throws IOException {
        Map<Metric, Double> floor = evaluation().floor(60);
        Pictures instead = real().instead(60);
        SeedResult same =
                evaluation().judge(1, new Samples(instead, ClassPlan.equal(3).labels(60), 1, 1));
        assertThat(floor.get(Metric.FRECHET_DISTANCE))
                .isEqualTo(same.figures().get(Metric.FRECHET_DISTANCE));
        assertThat(floor.get(Metric.RECALL)).isEqualTo(same.figures().get(Metric.RECALL));
        assertThat(floor).doesNotContainKeys(Metric.MEMORISED);
    }

    @Test
    void classesAreComparedByNameWhateverTheirNumbers() throws IOException {
        SeedResult result = evaluation().judge(1, samples(TEST));
        FeatureCache cache = cache();
        Looks looks = cache.look(JUDGES.extractor(), TEST.pictures());
        int right = 0;
        List<String> seen = new ProjectingJudge(7).labels();
        for (int i = 0; i < 60; i++) {
            int best = 0;
            for (int j = 1; j < 3; j++) {
                if (looks.logits().orElseThrow().at(i, j)
                        > looks.logits().orElseThrow().at(i, best)) {
                    best = j;
                }
            }
            right += seen.get(best).equalsIgnoreCase(TEST.labels().get(i % 3)) ? 1 : 0;
        }
        assertThat(result.figures()).containsEntry(Metric.CLASS_AGREEMENT, right / 60.0);
    }

    @Test
    void aClassifierOfOtherClassesSaysNothingOfAgreement() throws IOException {
        Evaluation evaluation =
                new Evaluation(
                        JUDGES,
                        cache(),
                        List.of("cat", "dog", "cow"),
                        Optional.of(real()),
                        Optional.empty());
        assertThat(evaluation.knowsClasses()).isFalse();
        assertThat(evaluation.judge(1, samples(TEST)).figures())
                .containsKey(Metric.INCEPTION_SCORE)
                .doesNotContainKey(Metric.CLASS_AGREEMENT);
    }

    @Test
    void withStatisticsAloneOnlyWhatNeedsNoRealPictureIsTold() throws IOException {
        FeatureStatistics statistics = evaluation().statistics();
        statistics.write(folder.resolve("reference.npz"));
        Evaluation alone =
                new Evaluation(
                        JUDGES,
                        cache(),
                        TRAINING.labels(),
                        Optional.empty(),
                        Optional.of(FeatureStatistics.read(folder.resolve("reference.npz"))));
        Samples samples = samples(new RandomImages(60, 3));
        Map<Metric, Double> figures = alone.judge(1, samples).figures();
        assertThat(figures)
                .containsOnlyKeys(
                        Metric.FRECHET_DISTANCE, Metric.INCEPTION_SCORE, Metric.CLASS_AGREEMENT)
                .containsEntry(
                        Metric.FRECHET_DISTANCE,
                        evaluation().judge(1, samples).figures().get(Metric.FRECHET_DISTANCE));
        assertThat(alone.floor(60)).isEmpty();
    }

    @Test
    void statisticsOfOtherFeaturesAreRefused() {
        FeatureStatistics statistics = new FeatureStatistics(new double[1], new double[] {1});
        assertThatThrownBy(
                        () ->
                                new Evaluation(
                                        JUDGES,
                                        cache(),
                                        List.of(),
                                        Optional.empty(),
                                        Optional.of(statistics)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 features, projection gives 3");
    }

    @Test
    void heldOutPicturesAreNoTrainingPictures() {
        RealPictures real = RealPictures.withHoldout(TRAINING);
        assertThat(real.reference().count()).isEqualTo(15);
        assertThat(real.training().count()).isEqualTo(75);
        NearestPictures.Found found = NearestPictures.of(real.reference(), real.training());
        assertThat(found.distances()).doesNotContain(0);
    }

    @Test
    void jsonHasTheMeansTheFloorsAndEverySeed() throws IOException {
        Evaluation evaluation = evaluation();
        EvaluationResult result = result(evaluation, 2);
        JsonObject json = ResultJson.of(result, evaluation, conditions(evaluation));
        assertThat(json.keySet())
                .contains(
                        "frechet_distance",
                        "frechet_distance_floor",
                        "kernel_distance",
                        "kernel_distance_spread",
                        "precision",
                        "recall",
                        "density",
                        "coverage",
                        "precision_floor",
                        "recall_floor",
                        "density_floor",
                        "coverage_floor",
                        "class_agreement",
                        "memorised",
                        "samples",
                        "function_evaluations",
                        "seeds");
        double mean =
                json.getAsJsonArray("per_seed").asList().stream()
                        .mapToDouble(seed -> number(seed.getAsJsonObject(), "frechet_distance"))
                        .average()
                        .orElseThrow();
        assertThat(number(json, "frechet_distance")).isCloseTo(mean, within(1e-12));
        assertThat(number(json, "samples")).isEqualTo(60);
        assertThat(number(json, "network_passes")).isEqualTo(65);
        assertThat(json.getAsJsonObject("spread_over_seeds").keySet())
                .contains("precision")
                .doesNotContain("bits_per_dimension");
        assertThat(number(json, "bits_per_dimension")).isEqualTo(3.5);
        assertThat(number(json, "bits_per_dimension_error")).isEqualTo(0.25);
        assertThat(json.getAsJsonObject("class_agreement_by_class").keySet())
                .containsExactly("circle", "square", "cross");
    }

    @Test
    void aSeriesHasEveryResultAndTheChosenOnesFiguresAtTheTop() throws IOException {
        Evaluation evaluation = evaluation();
        EvaluationResult one = result(evaluation, 1);
        EvaluationResult two = result(evaluation, 2);
        JsonObject json =
                ResultJson.of(
                        Series.GUIDANCE,
                        List.of(one, two),
                        two,
                        evaluation,
                        conditions(evaluation));
        assertThat(json.getAsJsonArray("guidance_sweep")).hasSize(2);
        assertThat(json.getAsJsonObject("model").get("guidance_scale").getAsDouble()).isEqualTo(2);
    }

    @Test
    void thePageIsWellFormedAndAsksNothingOfTheNetwork() throws Exception {
        Evaluation evaluation = evaluation();
        EvaluationResult one = result(evaluation, 1);
        EvaluationResult two = result(evaluation, 2);
        String page =
                ReportPage.of(
                        Series.GUIDANCE,
                        List.of(one, two),
                        two,
                        evaluation,
                        conditions(evaluation),
                        "zigma evaluate --data 'a <b> & c'");
        Document document =
                DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(new ByteArrayInputStream(page.getBytes(StandardCharsets.UTF_8)));
        NodeList images = document.getElementsByTagName("img");
        assertThat(images.getLength()).as("strips and neighbours").isGreaterThan(3 + 24);
        for (int i = 0; i < images.getLength(); i++) {
            assertThat(images.item(i).getAttributes().getNamedItem("src").getNodeValue())
                    .startsWith("data:image/png;base64,");
        }
        assertThat(document.getElementsByTagName("svg").getLength())
                .as("four curves, bars, distances")
                .isEqualTo(6);
        assertThat(document.getElementsByTagName("script").getLength()).isZero();
        assertThat(document.getElementsByTagName("pre").item(0).getTextContent())
                .contains("'a <b> & c'");
        assertThat(page.replace("http://www.w3.org/2000/svg", "")).doesNotContain("http");
    }

    @Test
    void theTableTellsSpreadOverSeedsAndRealPictures() throws IOException {
        List<String> lines = ResultTable.lines(result(evaluation(), 2));
        assertThat(lines.get(0))
                .isEqualTo(
                        "tiny: 60 samples of seeds 1, 2; heun, 20 steps, guidance 2;"
                                + " 40 evaluations a picture, 65 passes with and without the class");
        assertThat(lines)
                .anySatisfy(
                        line ->
                                assertThat(line)
                                        .matches(
                                                "Fréchet distance +\\d+\\.\\d{3} ± \\d+\\.\\d{3} +\\d+\\.\\d{3} +lower is better"));
    }

    private static double number(JsonObject json, String name) {
        return json.get(name).getAsDouble();
    }

    private EvaluationResult result(Evaluation evaluation, double guidance) throws IOException {
        return new EvaluationResult(
                new ModelUnderTest(
                        "tiny",
                        "ab".repeat(32),
                        Optional.empty(),
                        Samplers.of("heun", 20),
                        new GuidanceStrength(guidance)),
                evaluation.floor(60),
                List.of(
                        evaluation.judge(1, samples(new RandomImages(60, 11))),
                        evaluation.judge(2, samples(new RandomImages(60, 12)))),
                Map.of(Metric.BITS_PER_DIMENSION, new Figure(3.5, 0.25)));
    }

    private static Conditions conditions(Evaluation evaluation) {
        return Conditions.of(
                JUDGES,
                evaluation,
                "test pictures of noise",
                40,
                Map.of("class_weights", "[1, 2]"));
    }

    private static RealPictures real() {
        return RealPictures.withTest(TRAINING, TEST);
    }

    private FeatureCache cache() {
        return new FeatureCache(
                folder.resolve("features"), Device.cpu(), (network, done, total) -> {});
    }

    private Evaluation evaluation() {
        return new Evaluation(
                JUDGES, cache(), TRAINING.labels(), Optional.of(real()), Optional.empty());
    }

    private static Samples samples(RandomImages images) {
        int[] labels = new int[images.size()];
        Arrays.setAll(labels, images::label);
        return new Samples(images.pictures(), labels, 40, 65);
    }
}

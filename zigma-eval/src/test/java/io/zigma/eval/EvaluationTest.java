package io.zigma.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import com.google.gson.JsonObject;
import io.zigma.eval.metric.AgreementMetric;
import io.zigma.eval.metric.Compared;
import io.zigma.eval.metric.FeatureMatrix;
import io.zigma.eval.metric.FeatureStatistics;
import io.zigma.eval.metric.Figure;
import io.zigma.eval.metric.FrechetMetric;
import io.zigma.eval.metric.MemorisationMetric;
import io.zigma.eval.metric.Metric;
import io.zigma.eval.metric.Metrics;
import io.zigma.eval.metric.NeighbourhoodMetric;
import io.zigma.eval.metric.Quantity;
import io.zigma.eval.metric.Quantity.Better;
import io.zigma.eval.metric.ScoreMetric;
import io.zigma.eval.report.ReportPage;
import io.zigma.eval.report.ResultJson;
import io.zigma.eval.report.ResultTable;
import io.zigma.eval.report.Series;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

class EvaluationTest {

    private static final RandomImages TRAINING = new RandomImages(90, 1);
    private static final RandomImages TEST = new RandomImages(60, 2);
    private static final FeatureNetworks NETWORKS = FeatureNetworks.of(new ProjectingClassifier(7));

    private static final Quantity BITS =
            new Quantity("bits_per_dimension", "bits per dimension", Better.LOWER, 3, false);

    @TempDir Path folder;

    @Test
    void samplesThatAreTheReferenceAreAtNoDistance() throws IOException {
        Map<Quantity, Double> figures = evaluation().evaluate(1, samples(TEST)).figures();
        assertThat(figures.get(FrechetMetric.DISTANCE)).isCloseTo(0, within(1e-9));
        assertThat(figures)
                .containsEntry(NeighbourhoodMetric.PRECISION, 1.0)
                .containsEntry(NeighbourhoodMetric.RECALL, 1.0);
    }

    @Test
    void samplesThatAreTrainingPicturesAreFoundOut() throws IOException {
        SeedResult copies = evaluation().evaluate(1, samples(TRAINING));
        assertThat(copies.figures())
                .containsEntry(MemorisationMetric.MEMORISED, 1.0)
                .containsEntry(MemorisationMetric.CLOSER_THAN_ANY, 1.0);
        SeedResult fresh = evaluation().evaluate(1, samples(new RandomImages(60, 3)));
        assertThat(fresh.figures().get(MemorisationMetric.MEMORISED)).isLessThan(0.2);
    }

    @Test
    void theFloorIsOfTrainingPicturesInPlaceOfSamples() throws IOException {
        Map<Quantity, Figure> floor = evaluation().floor(60);
        Pictures instead = real().instead(60);
        SeedResult same =
                evaluation().evaluate(1, new Samples(instead, ClassPlan.equal(3).labels(60), 1, 1));
        assertThat(floor.get(FrechetMetric.DISTANCE).value())
                .isEqualTo(same.figures().get(FrechetMetric.DISTANCE));
        assertThat(floor.get(NeighbourhoodMetric.RECALL).value())
                .isEqualTo(same.figures().get(NeighbourhoodMetric.RECALL));
        assertThat(floor).doesNotContainKeys(MemorisationMetric.MEMORISED);
    }

    @Test
    void classesAreComparedByNameWhateverTheirNumbers() throws IOException {
        SeedResult result = evaluation().evaluate(1, samples(TEST));
        FeatureCache cache = cache();
        NetworkOutput output = cache.outputOf(NETWORKS.extractor(), TEST.pictures());
        int right = 0;
        List<String> seen = new ProjectingClassifier(7).labels();
        for (int i = 0; i < 60; i++) {
            int best = 0;
            for (int j = 1; j < 3; j++) {
                if (output.logits().orElseThrow().at(i, j)
                        > output.logits().orElseThrow().at(i, best)) {
                    best = j;
                }
            }
            right += seen.get(best).equalsIgnoreCase(TEST.labels().get(i % 3)) ? 1 : 0;
        }
        assertThat(result.figures()).containsEntry(AgreementMetric.AGREEMENT, right / 60.0);
    }

    @Test
    void aClassifierOfOtherClassesGivesNoAgreement() throws IOException {
        Evaluation evaluation =
                new Evaluation(
                        NETWORKS,
                        cache(),
                        List.of("cat", "dog", "cow"),
                        Optional.of(real()),
                        Optional.empty());
        assertThat(evaluation.knowsClasses()).isFalse();
        assertThat(evaluation.evaluate(1, samples(TEST)).figures())
                .containsKey(ScoreMetric.SCORE)
                .doesNotContainKey(AgreementMetric.AGREEMENT);
    }

    @Test
    void withStatisticsAloneOnlyWhatNeedsNoRealPictureIsReported() throws IOException {
        FeatureStatistics statistics = evaluation().statistics();
        statistics.write(folder.resolve("reference.npz"));
        Evaluation alone =
                new Evaluation(
                        NETWORKS,
                        cache(),
                        TRAINING.labels(),
                        Optional.empty(),
                        Optional.of(FeatureStatistics.read(folder.resolve("reference.npz"))));
        Samples samples = samples(new RandomImages(60, 3));
        Map<Quantity, Double> figures = alone.evaluate(1, samples).figures();
        assertThat(figures)
                .containsOnlyKeys(
                        FrechetMetric.DISTANCE, ScoreMetric.SCORE, AgreementMetric.AGREEMENT)
                .containsEntry(
                        FrechetMetric.DISTANCE,
                        evaluation().evaluate(1, samples).figures().get(FrechetMetric.DISTANCE));
        assertThat(alone.floor(60)).isEmpty();
    }

    @Test
    void statisticsOfOtherFeaturesAreRefused() {
        FeatureStatistics statistics = new FeatureStatistics(new double[1], new double[] {1});
        assertThatThrownBy(
                        () ->
                                new Evaluation(
                                        NETWORKS,
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
    void theNumberOfPicturesIsBesideAFigure() throws IOException {
        Evaluation evaluation = evaluation();
        RandomImages many = new RandomImages(100, 5);
        EvaluationResult result =
                new EvaluationResult(
                        SampleSource.of("pictures", many.pictures()),
                        evaluation.floor(100),
                        List.of(evaluation.evaluate(0, Samples.existing(many))),
                        Map.of());
        assertThat(result.floor().get(FrechetMetric.DISTANCE).pictures())
                .as("all training pictures")
                .isEqualTo(90);
        assertThat(result.floor().get(ScoreMetric.SCORE).pictures())
                .as("all reference pictures")
                .isEqualTo(60);
        JsonObject json = ResultJson.of(result, evaluation, conditions(evaluation));
        assertThat(number(json, "frechet_distance_floor_pictures")).isEqualTo(90);
        assertThat(number(json, "class_agreement_floor_pictures")).isEqualTo(60);
        assertThat(json.get("warnings").toString())
                .contains("100 samples are only 90 pictures, all training pictures there are");
        List<String> lines = ResultTable.lines(result);
        assertThat(lines).anyMatch(line -> line.matches("Fréchet distance .* \\(90\\) +lower.*"));
        assertThat(lines).anyMatch(line -> line.startsWith("(n): of n real pictures"));
        assertThat(ReportPage.of(result, evaluation, conditions(evaluation), "zigma"))
                .contains(
                        "(90)</td>", "(60)</td>", "<strong>real pictures in place of 100 samples");
    }

    @Test
    void asManyRealPicturesAsSamplesNeedNoNumber() throws IOException {
        assertThat(ResultTable.lines(result(evaluation(), 2)))
                .noneMatch(line -> line.contains("(60)") || line.contains("of n real pictures"));
    }

    @Test
    void fewerPicturesThanFeaturesAreWarnedOf() {
        assertThat(evaluation().warnings(3))
                .singleElement()
                .asString()
                .startsWith("3 samples for 3 features of projection: their covariance");
        assertThat(evaluation().warnings(4)).isEmpty();
    }

    @Test
    void picturesOfAnyProgramAreEvaluatedAsAModelsAre() throws IOException {
        Evaluation evaluation = evaluation();
        RandomImages images = new RandomImages(60, 3);
        SeedResult sampled = evaluation.evaluate(1, samples(images));
        SeedResult existing = evaluation.evaluate(0, Samples.existing(images));
        existing.figures()
                .forEach(
                        (quantity, value) ->
                                // sums in another order, subsets of other pictures
                                assertThat(value)
                                        .as(quantity.key())
                                        .isCloseTo(
                                                sampled.figures().get(quantity),
                                                within(
                                                        quantity.key().startsWith("kernel")
                                                                ? 0.2 * Math.abs(value) + 0.2
                                                                : 1e-6 * Math.abs(value))));
        EvaluationResult result =
                new EvaluationResult(
                        SampleSource.of("pictures", images.pictures()),
                        evaluation.floor(60),
                        List.of(existing),
                        Map.of());
        JsonObject json = ResultJson.of(result, evaluation, conditions(evaluation));
        assertThat(json.keySet())
                .contains("class_agreement_by_class", "samples")
                .doesNotContain("function_evaluations", "seeds", "guided");
        assertThat(ResultTable.lines(result).get(0)).isEqualTo("pictures: 60 samples");
    }

    @Test
    void aMetricIsAClassAndALine() throws IOException {
        // is independent of other tests' pictures
        Metrics.registry().register(new MeanLength());
        RandomImages images = new RandomImages(17, 3);
        Evaluation evaluation = evaluation();
        SeedResult figures = evaluation.evaluate(1, samples(images));
        assertThat(figures.figures().get(MeanLength.LENGTH)).isPositive();
        EvaluationResult result =
                new EvaluationResult(
                        SampleSource.of("tiny", images.pictures()),
                        evaluation.floor(17),
                        List.of(figures),
                        Map.of());
        assertThat(result.floor()).containsKey(MeanLength.LENGTH);
        assertThat(ResultJson.of(result, evaluation, conditions(evaluation)).keySet())
                .contains("mean_length", "mean_length_floor");
        assertThat(ResultTable.lines(result)).anyMatch(line -> line.startsWith("mean length"));
    }

    /** The mean length of 17 pictures' features. */
    private static final class MeanLength implements Metric {

        static final Quantity LENGTH =
                new Quantity("mean_length", "mean length", Better.LOWER, 2, false);

        @Override
        public String name() {
            return "mean-length";
        }

        @Override
        public List<Figure> of(Compared pictures) {
            FeatureMatrix features = pictures.features();
            if (features.rows() != 17) {
                return List.of();
            }
            double sum = 0;
            for (int row = 0; row < 17; row++) {
                double squares = 0;
                for (int column = 0; column < features.columns(); column++) {
                    squares += Math.pow(features.at(row, column), 2);
                }
                sum += Math.sqrt(squares);
            }
            return List.of(new Figure(LENGTH, sum / 17, 17));
        }
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
    void thePageIsWellFormedAndLoadsNothingFromTheNetwork() throws Exception {
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
                .as("five curves, bars, distances")
                .isEqualTo(7);
        assertThat(document.getElementsByTagName("script").getLength()).isZero();
        assertThat(document.getElementsByTagName("pre").item(0).getTextContent())
                .contains("'a <b> & c'");
        assertThat(page.replace("http://www.w3.org/2000/svg", "")).doesNotContain("http");
    }

    @Test
    void theTableHasTheSpreadOverSeedsAndRealPictures() throws IOException {
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
                new SampleSource(
                        "tiny",
                        "heun, 20 steps, guidance 2",
                        true,
                        Map.of(SampleSource.GUIDANCE_SCALE, guidance)),
                evaluation.floor(60),
                List.of(
                        evaluation.evaluate(1, samples(new RandomImages(60, 11))),
                        evaluation.evaluate(2, samples(new RandomImages(60, 12)))),
                Map.of(BITS, new Estimate(3.5, 0.25)));
    }

    private static Conditions conditions(Evaluation evaluation) {
        return Conditions.of(
                NETWORKS, evaluation, "test pictures of noise", Map.of("class_weights", "[1, 2]"));
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
                NETWORKS, cache(), TRAINING.labels(), Optional.of(real()), Optional.empty());
    }

    private static Samples samples(RandomImages images) {
        int[] labels = new int[images.size()];
        Arrays.setAll(labels, images::label);
        return new Samples(images.pictures(), labels, 40, 65);
    }
}

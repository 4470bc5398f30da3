package io.zigma.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.zigma.base.SampleShape;
import io.zigma.eval.metric.Figure;
import io.zigma.eval.metric.FrechetMetric;
import io.zigma.eval.metric.MemorisationMetric;
import io.zigma.eval.metric.Quantity;
import io.zigma.eval.report.ReportPage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Evaluation of clips. */
class ClipEvaluationTest {

    private static final MovingBars TRAINING = new MovingBars(80, 1);
    private static final MovingBars TEST = new MovingBars(60, 2);
    private static final FeatureNetworks NETWORKS = FeatureNetworks.of(new ProjectingClassifier(7));

    @TempDir Path folder;

    @Test
    void clipsThatAreTheReferenceAreAtNoDistanceAndFlickerAsItDoes() throws IOException {
        Map<Quantity, Double> figures = evaluate(TEST.pictures());
        assertThat(figures.get(FrechetMetric.DISTANCE)).isCloseTo(0, within(1e-9));
        assertThat(figures.get(ClipFigures.FLICKER)).isEqualTo(1.0);
        assertThat(figures.get(MemorisationMetric.MEMORISED)).isLessThan(0.2);
    }

    @Test
    void clipsThatFlickerHaveALargerFigure() throws IOException {
        byte[] noise = new byte[TEST.pictures().levels().length];
        new Random(1).nextBytes(noise);
        Map<Quantity, Double> figures = evaluate(Pictures.of(TEST.sample(), noise));
        assertThat(figures.get(ClipFigures.FLICKER)).isGreaterThan(2.0);
    }

    @Test
    void framesInAnotherOrderAreFartherThoughTheyAreTheSameFrames() throws IOException {
        Pictures clips = TEST.pictures();
        Map<Quantity, Double> figures = evaluate(shuffled(clips));
        assertThat(figures.get(FrechetMetric.DISTANCE)).isGreaterThan(1e-3);
    }

    @Test
    void clipsThatStandStillDifferInMotionOnly() throws IOException {
        Pictures clips = TEST.pictures();
        Pictures stills = ClipFigures.stills(clips);
        assertThat(ClipFigures.of(stills, clips, NETWORKS.extractor(), cache()))
                .extracting(Figure::value)
                .satisfiesExactly(
                        frames -> assertThat(frames).isCloseTo(0, within(1e-9)),
                        flicker -> assertThat(flicker).isZero());
        assertThat(evaluate(stills).get(FrechetMetric.DISTANCE)).isGreaterThan(1e-3);
    }

    @Test
    void stillsShowOneFrameOfEachClipFromTheFirstToTheLast() {
        byte[] levels = {1, 2, 3, 4, 5, 6, 7, 8, 9};
        Pictures clips = Pictures.of(SampleShape.video(3, 1, 1, 1), levels);
        assertThat(ClipFigures.stills(clips).levels()).containsExactly(1, 1, 1, 5, 5, 5, 9, 9, 9);
    }

    @Test
    void theFloorIsOfTrainingClips() throws IOException {
        Map<Quantity, Figure> floor = evaluation().floor(60);
        assertThat(floor.get(ClipFigures.FLICKER).value()).isCloseTo(1.0, within(0.3));
        assertThat(floor.get(ClipFigures.FRAMES).pictures()).isEqualTo(60);
    }

    @Test
    void picturesHaveNoFiguresOfClips() throws IOException {
        RandomImages images = new RandomImages(60, 3);
        Evaluation evaluation =
                new Evaluation(
                        NETWORKS,
                        cache(),
                        images.labels(),
                        Optional.of(RealPictures.withTest(new RandomImages(80, 4), images)),
                        Optional.empty());
        int[] labels = new int[60];
        assertThat(evaluation.evaluate(1, new Samples(images.pictures(), labels, 1, 1)).figures())
                .doesNotContainKeys(ClipFigures.FLICKER, ClipFigures.FRAMES);
    }

    @Test
    void thePagePlaysTheClips() throws IOException {
        Evaluation evaluation = evaluation();
        EvaluationResult result =
                new EvaluationResult(
                        new SampleSource("tiny", "heun", false, Map.of()),
                        evaluation.floor(60),
                        List.of(evaluation.evaluate(1, samples(TEST.pictures()))),
                        Map.of());
        String page =
                ReportPage.of(
                        result,
                        evaluation,
                        Conditions.of(NETWORKS, evaluation, "test clips", Map.of()),
                        "zigma evaluate");
        Matcher images = Pattern.compile("data:image/png;base64,([^\"]+)").matcher(page);
        int count = 0;
        while (images.find()) {
            String bytes =
                    new String(
                            Base64.getDecoder().decode(images.group(1)),
                            StandardCharsets.ISO_8859_1);
            assertThat(bytes).contains("acTL", "fdAT");
            count++;
        }
        assertThat(count).isGreaterThan(4);
    }

    @Test
    void clipsAndTheirFramesAreCountedAndFingerprinted() {
        byte[] levels = new byte[24];
        for (int i = 0; i < 24; i++) {
            levels[i] = (byte) i;
        }
        Pictures clips = Pictures.of(SampleShape.video(2, 1, 2, 3), levels);
        assertThat(clips.count()).isEqualTo(2);
        assertThat(clips.everyFrame().count()).isEqualTo(4);
        assertThat(clips.everyFrame().asClips(2).levels()).isEqualTo(levels);
        assertThat(clips.frame(1, 1).getRaster().getSample(2, 1, 0)).isEqualTo(23);
        assertThat(clips.select(new int[] {1}).levels()).isEqualTo(clips.slice(1, 2).levels());
        assertThat(clips.hash()).isNotEqualTo(clips.everyFrame().hash());
        assertThatThrownBy(() -> clips.frame(0, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> clips.asClips(2)).hasMessageContaining("no frames of clips");
    }

    /** Exchanges the third frame with the first and the last with the second. */
    private static Pictures shuffled(Pictures clips) {
        int frame = clips.format().elements();
        byte[] levels = clips.levels().clone();
        int[] order = {2, 5, 0, 3, 4, 1};
        for (int clip = 0; clip < levels.length; clip += clips.elements()) {
            for (int t = 0; t < order.length; t++) {
                System.arraycopy(
                        clips.levels(), clip + order[t] * frame, levels, clip + t * frame, frame);
            }
        }
        return Pictures.of(clips.sample(), levels);
    }

    private Map<Quantity, Double> evaluate(Pictures clips) throws IOException {
        return evaluation().evaluate(1, samples(clips)).figures();
    }

    private static Samples samples(Pictures clips) {
        int[] labels = new int[clips.count()];
        Arrays.setAll(labels, i -> i % 2);
        return new Samples(clips, labels, 1, 1);
    }

    private FeatureCache cache() {
        return new FeatureCache(
                folder.resolve("features"), Device.cpu(), (network, done, total) -> {});
    }

    private Evaluation evaluation() {
        return new Evaluation(
                NETWORKS,
                cache(),
                TRAINING.labels(),
                Optional.of(RealPictures.withTest(TRAINING, TEST)),
                Optional.empty());
    }
}

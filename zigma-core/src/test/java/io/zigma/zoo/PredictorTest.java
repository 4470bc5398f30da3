package io.zigma.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.inference.Predictor;
import ai.djl.metric.Metrics;
import ai.djl.modality.cv.Image;
import ai.djl.ndarray.NDArray;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import io.zigma.backbone.zigma.TinyModels;
import io.zigma.checkpoint.TinyCheckpoints;
import io.zigma.pipeline.GenerationRequest;
import io.zigma.pipeline.GenerationResult;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What predictors of a loaded checkpoint do. */
class PredictorTest {

    private static final GenerationRequest REQUEST =
            GenerationRequest.of("square").withSeed(3).withSteps(3);

    @TempDir Path folder;

    @BeforeEach
    void writeACheckpoint() throws IOException {
        TinyCheckpoints.write(folder, 4);
    }

    @Test
    void manyThreadsGetThePicturesThatOneGets() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (ZooModel<GenerationRequest, GenerationResult> model = load()) {
            List<Future<List<Integer>>> results = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                GenerationRequest request = REQUEST.withSeed(100 + i).withGuidanceScale(1 + i % 2);
                results.add(threads.submit(() -> Pictures.of(model, request)));
            }
            for (int i = 0; i < 8; i++) {
                GenerationRequest request = REQUEST.withSeed(100 + i).withGuidanceScale(1 + i % 2);
                assertThat(results.get(i).get()).isEqualTo(Pictures.of(model, request));
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aBatchOfRequestsIsAnsweredOneByOne() throws Exception {
        try (ZooModel<GenerationRequest, GenerationResult> model = load();
                Predictor<GenerationRequest, GenerationResult> predictor = model.newPredictor()) {
            predictor.setMetrics(new Metrics());
            List<GenerationResult> results =
                    predictor.batchPredict(List.of(REQUEST, REQUEST.withSeed(4).withCount(2)));
            assertThat(Pictures.of(results.get(0).images())).isEqualTo(Pictures.of(model, REQUEST));
            assertThat(results.get(1).images()).hasSize(2);
        }
    }

    @Test
    void theListenerIsCalledForEveryStep() throws Exception {
        List<String> progress = new ArrayList<>();
        try (ZooModel<GenerationRequest, GenerationResult> model = load()) {
            Pictures.of(
                    model, REQUEST.withListener((done, total) -> progress.add(done + "/" + total)));
        }
        assertThat(progress).containsExactly("1/3", "2/3", "3/3");
    }

    @Test
    void aListenerThatCancelsIsHeardByTheCaller() throws Exception {
        GenerationRequest cancelled =
                REQUEST.withListener(
                        (done, total) -> {
                            throw new CancellationException("enough");
                        });
        try (ZooModel<GenerationRequest, GenerationResult> model = load();
                Predictor<GenerationRequest, GenerationResult> predictor = model.newPredictor()) {
            assertThatThrownBy(() -> predictor.predict(cancelled))
                    .isInstanceOf(GenerationCancelledException.class)
                    .hasMessage("enough");
            assertThat(predictor.predict(REQUEST).images()).as("afterwards").hasSize(1);
        }
    }

    @Test
    void aWrongRequestIsRefusedWithWhatIsAllowed() throws Exception {
        try (ZooModel<GenerationRequest, GenerationResult> model = load();
                Predictor<GenerationRequest, GenerationResult> predictor = model.newPredictor()) {
            assertThatThrownBy(() -> predictor.predict(GenerationRequest.of("sqare")))
                    .isInstanceOf(RequestRefusedException.class)
                    .hasMessageEndingWith("has no class 'sqare'; it has circle, square, cross");
        }
    }

    @Test
    void classNumbersBecomeOneImageEach() throws Exception {
        Criteria<int[], Image[]> criteria = classes().optArgument("steps", 3).build();
        try (ZooModel<int[], Image[]> model = criteria.loadModel();
                Predictor<int[], Image[]> predictor = model.newPredictor()) {
            Image[] images = predictor.predict(new int[] {0, 2, GenerationRequest.ANY});
            assertThat(images).hasSize(3);
            assertThat(images[0].getWidth()).isEqualTo(6);
            assertThat(images[0].getHeight()).isEqualTo(4);
            assertThatThrownBy(() -> predictor.predict(new int[] {3}))
                    .isInstanceOf(RequestRefusedException.class)
                    .hasMessageContaining("classes 0 to 2, not 3");
            assertThatThrownBy(() -> predictor.predict(new int[0]))
                    .isInstanceOf(RequestRefusedException.class)
                    .hasMessageContaining("at least one image");
        }
    }

    @Test
    void classNumbersGiveTheSamePicturesWhereTheModelWasLoadedWithASeed() throws Exception {
        Criteria<int[], Image[]> seeded =
                classes().optArgument("steps", "3").optArgument("seed", 11).build();
        try (ZooModel<int[], Image[]> model = seeded.loadModel();
                Predictor<int[], Image[]> predictor = model.newPredictor();
                ZooModel<GenerationRequest, GenerationResult> requests = load();
                Predictor<GenerationRequest, GenerationResult> other = requests.newPredictor()) {
            Image image = predictor.predict(new int[] {1})[0];
            BufferedImage expected = other.predict(REQUEST.withSeed(11)).images().get(0).picture();
            assertThat(levels((BufferedImage) image.getWrappedImage())).isEqualTo(levels(expected));
        }
    }

    @Test
    void anUnconditionalModelMakesWhateverComes(@TempDir Path other) throws Exception {
        TinyCheckpoints.write(other, TinyModels.UNCONDITIONAL, 4);
        Criteria<GenerationRequest, GenerationResult> criteria =
                Pictures.criteria().optModelPath(other).build();
        assertThat(Pictures.of(criteria, GenerationRequest.any().withSteps(2))).hasSize(1);
    }

    @Test
    void closingFreesEveryArrayOfTheModel() throws Exception {
        List<NDArray> weights = new ArrayList<>();
        try (ZooModel<GenerationRequest, GenerationResult> model = load()) {
            assertThat(Pictures.of(model, REQUEST)).hasSize(1);
            model.getBlock()
                    .getParameters()
                    .forEach(parameter -> weights.add(parameter.getValue().getArray()));
            assertThat(model.getNDManager().getManagedArrays())
                    .as("after a request the model owns its weights and nothing else")
                    .hasSize(weights.size());
        }
        assertThat(weights).isNotEmpty().allMatch(NDArray::isReleased);
    }

    private ZooModel<GenerationRequest, GenerationResult> load() throws Exception {
        return Pictures.criteria().optModelPath(folder).build().loadModel();
    }

    private Criteria.Builder<int[], Image[]> classes() {
        return Criteria.builder().setTypes(int[].class, Image[].class).optModelPath(folder);
    }

    private static int[] levels(BufferedImage picture) {
        return picture.getData()
                .getSamples(0, 0, picture.getWidth(), picture.getHeight(), 0, (int[]) null);
    }
}

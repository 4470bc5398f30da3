package io.zigma.train.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.zigma.backbone.zigma.TinyModels;
import io.zigma.media.Pixels;
import io.zigma.train.TinyRuns;
import io.zigma.train.config.TrainingConfig;
import io.zigma.train.data.Batch;
import io.zigma.train.loop.Noising.NoisedBatch;
import io.zigma.train.loop.Noising.Position;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RandomNoisingTest {

    private static final int PIXELS = 24;

    private final RandomNoising noising = noising(TinyRuns.config());

    private static RandomNoising noising(TrainingConfig config) {
        return new RandomNoising(
                config,
                BatchConditions.ofLabels(config.model().conditioning()),
                config.objective().times().over(config.objective().process()));
    }

    private static Batch batch(int size) {
        float[] images = new float[size * PIXELS];
        for (int i = 0; i < images.length; i++) {
            images[i] = (float) Math.sin(i);
        }
        return new Batch(images, new int[size], 0);
    }

    @Test
    void eachImageHasItsOwnNoiseAndTime() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NoisedBatch seen = noising.of(new Position(3, 0), batch(5), 0, 5, manager);
            assertThat(seen.x().x().getShape().getShape()).containsExactly(5, 1, 4, 6);
            float[] noise = seen.x().noise().toFloatArray();
            assertThat(Arrays.copyOfRange(noise, 0, PIXELS))
                    .isNotEqualTo(Arrays.copyOfRange(noise, PIXELS, 2 * PIXELS));
            assertThat(Arrays.stream(seen.x().times()).distinct().count()).isEqualTo(5);
        }
    }

    @Test
    void theSameStepGivesTheSameAndAnotherStepDoesNot() {
        try (NDManager manager = NDManager.newBaseManager()) {
            float[] first = at(3, 0, 2, manager);
            assertThat(at(3, 0, 2, manager)).containsExactly(first);
            assertThat(at(4, 0, 2, manager)).isNotEqualTo(first);
        }
    }

    @Test
    void aPartOfABatchIsNoisedAsItIsInTheWhole() {
        try (NDManager manager = NDManager.newBaseManager()) {
            assertThat(at(3, 2, 5, manager))
                    .containsExactly(
                            Arrays.copyOfRange(at(3, 0, 5, manager), 2 * PIXELS, 5 * PIXELS));
        }
    }

    @Test
    void aLaterBatchOfAStepContinuesTheStepsPositions() {
        try (NDManager manager = NDManager.newBaseManager()) {
            float[] whole =
                    noising.of(new Position(3, 0), batch(5), 0, 5, manager)
                            .x()
                            .noise()
                            .toFloatArray();
            float[] later =
                    noising.of(new Position(3, 2), batch(3), 0, 3, manager)
                            .x()
                            .noise()
                            .toFloatArray();
            assertThat(later).containsExactly(Arrays.copyOfRange(whole, 2 * PIXELS, 5 * PIXELS));
        }
    }

    @Test
    void ofSeveralNoisesEachImageTakesTheNearest() {
        TrainingConfig config = TinyRuns.config();
        RandomNoising choosing =
                noising(config.withObjective(config.objective().withNoiseChoice(4)));
        Batch batch = batch(200);
        int kept = 0;
        try (NDManager manager = NDManager.newBaseManager()) {
            float[] first =
                    noising.of(new Position(3, 0), batch, 0, 200, manager)
                            .x()
                            .noise()
                            .toFloatArray();
            float[] chosen =
                    choosing.of(new Position(3, 0), batch, 0, 200, manager)
                            .x()
                            .noise()
                            .toFloatArray();
            float[] later =
                    choosing.of(new Position(3, 0), batch, 50, 200, manager)
                            .x()
                            .noise()
                            .toFloatArray();
            assertThat(later)
                    .as("a part of the batch")
                    .containsExactly(Arrays.copyOfRange(chosen, 50 * PIXELS, 200 * PIXELS));
            for (int i = 0; i < 200; i++) {
                double before = distance(first, batch.images(), i);
                double after = distance(chosen, batch.images(), i);
                assertThat(after).isLessThanOrEqualTo(before);
                kept += after == before ? 1 : 0;
            }
        }
        assertThat(kept / 200.0).as("one of four is the first").isCloseTo(0.25, within(0.1));
    }

    private static double distance(float[] noise, float[] images, int image) {
        double sum = 0;
        for (int i = image * PIXELS; i < (image + 1) * PIXELS; i++) {
            sum += Math.pow((double) noise[i] - images[i], 2);
        }
        return sum;
    }

    @Test
    void aChoiceOfNoNoiseIsRefused() {
        for (int count : new int[] {0, 65}) {
            assertThatThrownBy(() -> TinyRuns.config().objective().withNoiseChoice(count))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("1 to 64 noises is chosen, not of " + count);
        }
    }

    private float[] at(long step, int from, int to, NDManager manager) {
        return noising.of(new Position(step, 0), batch(5), from, to, manager)
                .x()
                .x()
                .toFloatArray();
    }

    @Test
    void theSetFractionOfLabelsBecomesTheNullClass() {
        int size = 500;
        int dropped = 0;
        try (NDManager manager = NDManager.newBaseManager()) {
            for (int step = 0; step < 20; step++) {
                NDArray labels =
                        noising.of(new Position(step, 0), batch(size), 0, size, manager)
                                .condition()
                                .labels();
                assertThat(labels).isNotNull();
                for (long label : labels.toLongArray()) {
                    assertThat(label).isIn(0L, 3L);
                    dropped += label == 3 ? 1 : 0;
                }
            }
        }
        assertThat(dropped / (20.0 * size)).isCloseTo(0.3, within(0.02));
    }

    @Test
    void anUnconditionalModelGetsNoLabels() {
        RandomNoising unconditional = noising(TrainingConfig.of(TinyModels.UNCONDITIONAL));
        try (NDManager manager = NDManager.newBaseManager()) {
            assertThat(
                            unconditional
                                    .of(new Position(0, 0), batch(2), 0, 2, manager)
                                    .condition()
                                    .isNone())
                    .isTrue();
        }
    }

    private static RandomNoising onDevice(TrainingConfig config) {
        return new RandomNoising(
                config,
                BatchConditions.ofLabels(config.model().conditioning()),
                config.objective().times().over(config.objective().process()),
                Placement.DEVICE);
    }

    /** A batch of pictures whose numbers are those of bytes. */
    private static Batch ofBytes(int size) {
        float[] images = new float[size * PIXELS];
        for (int i = 0; i < images.length; i++) {
            images[i] = Pixels.value((byte) (i * 7));
        }
        return new Batch(images, new int[size], 0);
    }

    private static void assertNoisedAlike(RandomNoising noising, RandomNoising other, Batch batch) {
        try (NDManager manager = NDManager.newBaseManager()) {
            for (int step = 3; step < 5; step++) { // the second time through buffers that are kept
                NoisedBatch expected = noising.of(new Position(step, 4), batch, 1, 5, manager);
                NoisedBatch found = other.of(new Position(step, 4), batch, 1, 5, manager);
                assertThat(found.x().data().toFloatArray())
                        .containsExactly(expected.x().data().toFloatArray());
                assertThat(found.x().noise().toFloatArray())
                        .containsExactly(expected.x().noise().toFloatArray(), within(1e-6f));
                assertThat(found.x().x().toFloatArray())
                        .containsExactly(expected.x().x().toFloatArray(), within(1e-6f));
                assertThat(found.x().times()).containsExactly(expected.x().times());
                assertThat(found.condition().requiredLabels().toLongArray())
                        .containsExactly(expected.condition().requiredLabels().toLongArray());
            }
        }
    }

    @Test
    void aDeviceSeesTheSamePicturesNoiseTimesAndConditions() {
        assertNoisedAlike(noising, onDevice(TinyRuns.config()), ofBytes(5));
    }

    @Test
    void aDeviceSeesTheSamePicturesWhereTheyAreNotOfBytes() {
        assertNoisedAlike(noising, onDevice(TinyRuns.config()), batch(5));
    }

    @Test
    void aDeviceSeesTheSameNoiseThatIsChosenAmongOthers() {
        TrainingConfig config = TinyRuns.config();
        TrainingConfig choosing = config.withObjective(config.objective().withNoiseChoice(3));
        assertNoisedAlike(noising(choosing), onDevice(choosing), ofBytes(5));
    }
}

package io.zigma.train.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.backbone.zigma.TinyModels;
import io.zigma.condition.Condition;
import io.zigma.text.TextFeatureCache.ProgressListener;
import io.zigma.text.TextFeatures;
import io.zigma.train.CaptionedStripes;
import io.zigma.train.TinyRuns;
import io.zigma.train.WordHashEncoder;
import io.zigma.train.config.TrainingConfig;
import io.zigma.train.data.Batch;
import io.zigma.train.loop.Noising.Position;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EncodedCaptionsTest {

    private static final int TOKENS = 6; // the longer captions of the data have 8
    private static final int SIZE = WordHashEncoder.SIZE;
    private static final String SHORT = "stripes every two";
    private static final String LONG = "every two columns a bright one";

    private final WordHashEncoder encoder = new WordHashEncoder();
    private final EncodedCaptions captions = new EncodedCaptions(encoder, TOKENS);
    @TempDir Path folder;

    @BeforeEach
    void encode() throws IOException {
        captions.encode(folder, new CaptionedStripes(), ProgressListener.SILENT);
    }

    @AfterEach
    void close() throws IOException {
        captions.close();
    }

    private static Batch batch(String... texts) {
        return new Batch(new float[texts.length], new int[texts.length], List.of(texts), 0);
    }

    private Condition condition(NDManager manager, boolean[] dropped, String... texts) {
        return captions.of(manager, batch(texts), 0, texts.length, dropped);
    }

    private static float[] mask(Condition condition) {
        return Objects.requireNonNull(condition.mask()).toFloatArray();
    }

    private static float[] context(Condition condition) {
        return Objects.requireNonNull(condition.context()).toFloatArray();
    }

    @Test
    void aTextHasTheEncodersNumbersAndAMaskOfWhatCounts() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Condition condition = condition(manager, new boolean[2], SHORT, LONG);
            TextFeatures expected = encoder.encode(manager, List.of(SHORT, LONG), TOKENS);
            assertThat(context(condition))
                    .containsExactly(
                            expected.context().toFloatArray(), within(0x1p-11f)); // float16
            assertThat(mask(condition)).containsExactly(1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1);
        }
    }

    @Test
    void captionsThatAreCutAreCounted() throws IOException {
        assertThat(captions.truncation())
                .hasValueSatisfying(
                        line ->
                                assertThat(line)
                                        .matches(
                                                "3 of 6 different captions have more than 6 tokens and are truncated; the longest has 8 .*up to 12\\)"));
        try (EncodedCaptions whole = new EncodedCaptions(encoder, encoder.maxTokens())) {
            whole.encode(folder, new CaptionedStripes(), ProgressListener.SILENT);
            assertThat(whole.truncation()).isEmpty();
        }
    }

    @Test
    void aBatchIsAsLongAsItsLongestText() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Condition condition = condition(manager, new boolean[2], SHORT, SHORT);
            assertThat(Objects.requireNonNull(condition.context()).getShape())
                    .isEqualTo(new Shape(2, 5, SIZE));
            assertThat(mask(condition)).containsOnly(1);
        }
    }

    @Test
    void aDroppedCaptionIsTheEmptyText() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Condition condition = condition(manager, new boolean[] {true, false}, LONG, SHORT);
            float[] empty = encoder.encode(manager, List.of(""), TOKENS).context().toFloatArray();
            assertThat(Arrays.copyOf(context(condition), 2 * SIZE))
                    .containsExactly(Arrays.copyOf(empty, 2 * SIZE), within(0x1p-11f));
            assertThat(mask(condition)).startsWith(1, 1, 0, 0, 0);
        }
    }

    @Test
    void aPartOfABatchHasItsOwnCaptions() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Condition part = captions.of(manager, batch(LONG, SHORT, SHORT), 1, 3, new boolean[2]);
            Condition own = condition(manager, new boolean[2], SHORT, SHORT);
            assertThat(context(part)).containsExactly(context(own));
        }
    }

    @Test
    void theLargestBatchIsOfTheLongestCaption() {
        assertThat(captions.largest(3)).hasSize(3).allMatch(text -> text.length() > SHORT.length());
    }

    @Test
    void nothingIsEncodedTwice() throws IOException {
        int before = encoder.encodedTexts();
        captions.encode(folder, new CaptionedStripes(), ProgressListener.SILENT);
        assertThat(encoder.encodedTexts()).isEqualTo(before);
    }

    @Test
    void aCaptionThatNobodyEncodedIsAnError() {
        try (NDManager manager = NDManager.newBaseManager()) {
            assertThatThrownBy(() -> condition(manager, new boolean[1], "something else"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("something else");
        }
    }

    @Test
    void beforeCaptionsAreEncodedThereAreNoConditions() {
        try (NDManager manager = NDManager.newBaseManager()) {
            EncodedCaptions none = new EncodedCaptions(encoder, TOKENS);
            assertThat(none.areReady()).isFalse();
            assertThatThrownBy(() -> none.of(manager, batch(SHORT), 0, 1, new boolean[1]))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("not encoded yet");
        }
    }

    @Test
    void theSetFractionOfCaptionsIsDropped() {
        TrainingConfig config = TinyRuns.config(TinyModels.BY_TEXT); // drops 0.3
        RandomNoising noising =
                new RandomNoising(
                        config,
                        captions,
                        config.objective().times().over(config.objective().process()));
        int size = 500;
        Batch batch =
                new Batch(new float[size * 24], new int[size], Collections.nCopies(size, SHORT), 0);
        int dropped = 0;
        try (NDManager manager = NDManager.newBaseManager()) {
            for (int step = 0; step < 10; step++) {
                float[] mask =
                        mask(
                                noising.of(new Position(step, 0), batch, 0, size, manager)
                                        .condition());
                for (int i = 0; i < size; i++) {
                    dropped += mask[i * 5 + 2] == 0 ? 1 : 0;
                }
            }
        }
        assertThat(dropped / (10.0 * size)).isCloseTo(0.3, within(0.03));
    }

    @Test
    void captionsInTheMemoryOfADeviceAreThoseOfTheFile() throws IOException {
        try (EncodedCaptions inTable = new EncodedCaptions(encoder, TOKENS, true);
                NDManager manager = NDManager.newBaseManager()) {
            inTable.encode(folder, new CaptionedStripes(), ProgressListener.SILENT);
            for (boolean[] dropped : new boolean[][] {{false, false}, {false, true}}) {
                Condition expected = condition(manager, dropped, SHORT, LONG);
                Condition found = inTable.of(manager, batch(SHORT, LONG), 0, 2, dropped);
                assertThat(context(found)).containsExactly(context(expected));
                assertThat(mask(found)).containsExactly(mask(expected));
                assertThat(Objects.requireNonNull(found.context()).getShape())
                        .isEqualTo(Objects.requireNonNull(expected.context()).getShape());
            }
            Condition shorter = inTable.of(manager, batch(LONG, SHORT), 1, 2, new boolean[1]);
            assertThat(context(shorter))
                    .containsExactly(context(condition(manager, new boolean[1], SHORT)));
        }
    }
}

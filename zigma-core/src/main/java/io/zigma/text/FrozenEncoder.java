package io.zigma.text;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.base.EngineMemory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A tokenizer and a transformer. Both are loaded when they are first needed, and once.
 *
 * <p>Texts go through the network together with those of the same length, so that there is no
 * padding that would have to be hidden, and each gets the same numbers as alone.
 */
final class FrozenEncoder implements TextEncoder {

    /** So many texts at a time keep the memory small, */
    private static final int MOST_AT_ONCE = 64;

    /** and so many a device needs to be busy with. */
    private static final int MOST_ON_A_DEVICE = 1024;

    /** Texts of some 20 lengths, among which there are many of each. */
    private static final int MANY = 8192;

    /** Where an encoder's parts come from. */
    interface Source {

        /** Returns which encoder this is. */
        TextEncoderReference reference();

        /** Returns its shape. */
        TextModelSpec spec();

        /**
         * Reads the vocabulary.
         *
         * @throws IOException if it is missing or damaged
         */
        Tokenizer tokenizer() throws IOException;

        /**
         * Opens the weights.
         *
         * @throws IOException if they are missing or damaged
         */
        TextWeights weights() throws IOException;
    }

    private final Source source;
    private final Device device;
    private @Nullable Tokenizer tokenizer;
    private @Nullable LoadedNetwork network;
    private boolean closed;

    /**
     * Makes an encoder that has loaded nothing yet.
     *
     * @param source where its parts come from
     * @param device where its network runs
     */
    FrozenEncoder(Source source, Device device) {
        this.source = source;
        this.device = device;
    }

    @Override
    public TextEncoderReference reference() {
        return source.reference();
    }

    @Override
    public int size() {
        return source.spec().size();
    }

    @Override
    public int maxTokens() {
        return source.spec().positions();
    }

    @Override
    public int textsAtOnce() {
        return device.isGpu() ? MANY : TextEncoder.super.textsAtOnce();
    }

    @Override
    public Tokenized tokenize(String text) {
        Tokens tokens = tokenizer().tokens(text);
        return new Tokenized(tokens.ids().length, tokens.unknown());
    }

    @Override
    public TextFeatures encode(NDManager manager, List<String> texts, int tokens) {
        if (texts.isEmpty()) {
            throw new IllegalArgumentException("there is no text to encode");
        }
        if (tokens < 2 || tokens > maxTokens()) {
            throw new IllegalArgumentException(
                    "%s takes texts of 2 to %s tokens, not %s"
                            .formatted(reference().name(), maxTokens(), tokens));
        }
        Map<String, Encoded> encoded = encoded(texts, tokens);
        float[] context = new float[Math.multiplyExact(texts.size() * tokens, size())];
        float[] mask = new float[texts.size() * tokens];
        int width = encoded.get(texts.get(0)).pooled().length;
        float[] pooled = new float[texts.size() * width];
        for (int i = 0; i < texts.size(); i++) {
            Encoded text = encoded.get(texts.get(i));
            float[] hidden = text.hidden();
            System.arraycopy(hidden, 0, context, i * tokens * size(), hidden.length);
            Arrays.fill(mask, i * tokens, i * tokens + hidden.length / size(), 1);
            System.arraycopy(text.pooled(), 0, pooled, i * width, width);
        }
        return new TextFeatures(
                EngineMemory.copy(manager, context, new Shape(texts.size(), tokens, size())),
                EngineMemory.copy(manager, mask, new Shape(texts.size(), tokens)),
                EngineMemory.copy(manager, pooled, new Shape(texts.size(), width)));
    }

    /**
     * One text's output.
     *
     * @param hidden its tokens, L · d
     * @param pooled its one vector
     */
    private record Encoded(float[] hidden, float[] pooled) {}

    /** Encodes each distinct text once. */
    private Map<String, Encoded> encoded(List<String> texts, int most) {
        Map<Integer, Map<String, int[]>> byLength = new TreeMap<>();
        for (String text : texts) {
            int[] ids = ids(text, most);
            byLength.computeIfAbsent(ids.length, length -> new LinkedHashMap<>()).put(text, ids);
        }
        LoadedNetwork loaded = network();
        Map<String, Encoded> encoded = new LinkedHashMap<>();
        int atOnce = device.isGpu() ? MOST_ON_A_DEVICE : MOST_AT_ONCE;
        for (Map<String, int[]> same : byLength.values()) {
            List<String> distinct = new ArrayList<>(same.keySet());
            for (int from = 0; from < distinct.size(); from += atOnce) {
                List<String> part =
                        distinct.subList(from, Math.min(from + atOnce, distinct.size()));
                LoadedNetwork.Output output =
                        loaded.run(part.stream().map(same::get).toArray(int[][]::new));
                for (int i = 0; i < part.size(); i++) {
                    encoded.put(
                            part.get(i),
                            new Encoded(
                                    slice(output.hidden(), i, part.size()),
                                    slice(output.pooled(), i, part.size())));
                }
            }
        }
        return encoded;
    }

    private int[] ids(String text, int most) {
        Tokenizer words = tokenizer();
        int[] ids = words.tokens(text).cut(most);
        OptionalInt padding = words.padding();
        if (padding.isEmpty()) {
            return ids;
        }
        int[] padded = Arrays.copyOf(ids, most);
        Arrays.fill(padded, ids.length, most, padding.getAsInt());
        return padded;
    }

    private static float[] slice(float[] all, int index, int count) {
        int size = all.length / count;
        return Arrays.copyOfRange(all, index * size, (index + 1) * size);
    }

    private synchronized Tokenizer tokenizer() {
        requireOpen();
        Tokenizer loaded = tokenizer;
        if (loaded == null) {
            try {
                loaded = source.tokenizer();
            } catch (IOException e) {
                throw new UncheckedIOException(e.getMessage(), e);
            }
            tokenizer = loaded;
        }
        return loaded;
    }

    private synchronized LoadedNetwork network() {
        requireOpen();
        LoadedNetwork loaded = network;
        if (loaded == null) {
            try (TextWeights weights = source.weights()) {
                loaded = new LoadedNetwork(source.spec(), weights, device);
            } catch (IOException e) {
                throw new UncheckedIOException(e.getMessage(), e);
            }
            network = loaded;
        }
        return loaded;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException(
                    "the text encoder %s was closed".formatted(reference().name()));
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        tokenizer = null;
        if (network != null) {
            network.close();
            network = null;
        }
    }
}

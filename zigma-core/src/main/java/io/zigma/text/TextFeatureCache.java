package io.zigma.text;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The tokens of many texts, encoded once and stored in a file: training uses the same captions
 * again and again, and an encoder takes about as long as a training step.
 *
 * <p>The file belongs to one encoder and one number of tokens, and holds for each distinct text its
 * real tokens as float16. That rounds a number by a 2,048th at most, a hundredth of what 8-bit
 * weights change; a reader of the cache always gets the rounded numbers, also in the run that
 * computed them. Several runs may use a file at the same time, and one that is killed leaves a file
 * that the next one continues.
 *
 * <p>Any thread may read at any time.
 */
public final class TextFeatureCache implements AutoCloseable {

    /** No more texts are computed before they are written than have so many numbers. */
    private static final int MOST_NUMBERS = 1 << 26;

    private static final int NAME_DIGITS = 16;

    private final TextEncoder encoder;
    private final int tokens;
    private final FeatureFile file;

    /** Called with the progress. */
    @FunctionalInterface
    public interface ProgressListener {

        /** Ignores it. */
        ProgressListener SILENT = (done, total) -> {};

        /**
         * Called after each part.
         *
         * @param done texts that have been computed
         * @param total texts that were missing
         */
        void progressed(int done, int total);
    }

    private TextFeatureCache(TextEncoder encoder, int tokens, FeatureFile file) {
        this.encoder = encoder;
        this.tokens = tokens;
        this.file = file;
    }

    /**
     * Opens an encoder's cache.
     *
     * @param folder where caches are; made if it is missing
     * @param encoder the encoder; stays the caller's
     * @param tokens n, what texts are cut or padded to
     * @return the cache, which knows what earlier runs computed
     * @throws IllegalArgumentException if n is out of the encoder's range
     * @throws IOException if there is a file of that name that is none of these, or it cannot be
     *     read or made
     */
    public static TextFeatureCache open(Path folder, TextEncoder encoder, int tokens)
            throws IOException {
        if (tokens < 2 || tokens > encoder.maxTokens()) {
            throw new IllegalArgumentException(
                    "%s takes texts of 2 to %s tokens, not %s"
                            .formatted(encoder.reference().name(), encoder.maxTokens(), tokens));
        }
        Files.createDirectories(folder);
        String hash = encoder.reference().hash();
        Path path =
                folder.resolve("%s-%s.features".formatted(hash.substring(0, NAME_DIGITS), tokens));
        return new TextFeatureCache(
                encoder, tokens, FeatureFile.open(path, hash, tokens, encoder.size()));
    }

    /**
     * Returns the cache's file.
     *
     * @return its path
     */
    public Path path() {
        return file.path();
    }

    /**
     * Returns n.
     *
     * @return what texts are cut or padded to
     */
    public int tokens() {
        return tokens;
    }

    /**
     * Returns d.
     *
     * @return numbers in a token
     */
    public int size() {
        return encoder.size();
    }

    /**
     * Computes the texts that are not there yet. What is computed is written part by part, and
     * stays if the work is interrupted.
     *
     * @param texts any texts, also several times the same
     * @param listener called with the progress
     * @throws IOException if the file cannot be written
     */
    public void prepare(Collection<String> texts, ProgressListener listener) throws IOException {
        file.refresh(); // another run may have computed some
        Set<String> distinct = new LinkedHashSet<>();
        for (String text : texts) {
            if (!file.has(text)) {
                distinct.add(text);
            }
        }
        List<String> missing = new ArrayList<>(distinct);
        int atOnce = Math.max(1, Math.min(encoder.textsAtOnce(), MOST_NUMBERS / (tokens * size())));
        for (int from = 0; from < missing.size(); from += atOnce) {
            List<String> part = missing.subList(from, Math.min(from + atOnce, missing.size()));
            file.append(computed(part));
            listener.progressed(from + part.size(), missing.size());
        }
    }

    /**
     * Takes texts over that were computed by the same encoder and are stored elsewhere.
     *
     * @param texts any texts
     * @param stored the numbers of a text's real tokens, one after the other; nothing for a text
     *     that is not stored
     * @throws IllegalArgumentException if a text has other numbers than the encoder makes
     * @throws IOException if the file cannot be written
     */
    public void take(Collection<String> texts, Function<String, Optional<float[]>> stored)
            throws IOException {
        file.refresh();
        List<FeatureFile.Features> taken = new ArrayList<>();
        int numbers = 0;
        for (String text : new LinkedHashSet<>(texts)) {
            Optional<float[]> found = file.has(text) ? Optional.empty() : stored.apply(text);
            if (found.isEmpty()) {
                continue;
            }
            float[] values = found.get();
            int real = values.length / size();
            if (real < 1 || real > tokens || real * size() != values.length) {
                throw new IllegalArgumentException(
                        "%s makes up to %s tokens of %s numbers of a text, not %s numbers"
                                .formatted(
                                        encoder.reference().name(), tokens, size(), values.length));
            }
            taken.add(new FeatureFile.Features(text, real, values, 0));
            numbers += values.length;
            if (numbers > MOST_NUMBERS / 4) {
                file.append(taken);
                taken.clear();
                numbers = 0;
            }
        }
        file.append(taken);
    }

    private List<FeatureFile.Features> computed(List<String> texts) {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            TextFeatures features = encoder.encode(manager, texts, tokens);
            float[] context = features.context().toFloatArray();
            float[] mask = features.mask().toFloatArray();
            List<FeatureFile.Features> computed = new ArrayList<>();
            for (int i = 0; i < texts.size(); i++) {
                int real = 0;
                while (real < tokens && mask[i * tokens + real] != 0) {
                    real++;
                }
                int from = i * tokens * size();
                computed.add(new FeatureFile.Features(texts.get(i), real, context, from));
            }
            return computed;
        }
    }

    /**
     * Returns whether a text was computed.
     *
     * @param text any text
     * @return true if it can be read
     */
    public boolean has(String text) {
        return file.has(text);
    }

    /**
     * Reads a text's tokens, n · d numbers with zeros behind its end.
     *
     * @param text a text that was prepared
     * @param target takes the numbers
     * @param offset where the first one belongs
     * @return how many tokens are real
     * @throws IllegalArgumentException if the text was not prepared, or the target is too short
     */
    public int read(String text, float[] target, int offset) {
        return file.read(text, target, offset);
    }

    /** Closes the file. */
    @Override
    public void close() throws IOException {
        file.close();
    }
}

package io.zigma.train.loop;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.condition.Condition;
import io.zigma.op.MemoryExhaustion;
import io.zigma.text.TextEncoder;
import io.zigma.text.TextFeatureCache;
import io.zigma.train.data.Batch;
import io.zigma.train.data.ImageDataset;
import io.zigma.train.data.StoredTexts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The conditions of a model that is conditioned on text: the captions of a data set, encoded once
 * before training.
 *
 * <p>A batch of texts is as long as the longest of them and not as long as the model's texts may
 * be: what is behind a text's end gets no weight whatever its length, so that only work is saved.
 */
public final class EncodedCaptions implements BatchConditions, AutoCloseable {

    /** The null condition, which guidance turns away from. */
    private static final String EMPTY = "";

    private final TextEncoder encoder;
    private final int tokens; // n
    private String longest = EMPTY;
    private @Nullable String truncation;
    private final boolean alwaysInTable;
    private Set<String> texts = Set.of();
    private @Nullable TextFeatureCache cache;
    private @Nullable CaptionTable table;
    private boolean tableFits = true;

    /**
     * Makes it without any text.
     *
     * @param encoder what encodes texts; it stays the caller's
     * @param tokens n, how many tokens a text has at most, longer ones being cut
     */
    public EncodedCaptions(TextEncoder encoder, int tokens) {
        this(encoder, tokens, false);
    }

    /** Makes it so that it may look tokens up as on a device wherever conditions are made. */
    EncodedCaptions(TextEncoder encoder, int tokens, boolean alwaysInTable) {
        this.encoder = encoder;
        this.tokens = tokens;
        this.alwaysInTable = alwaysInTable;
    }

    /**
     * Returns whether captions were encoded.
     *
     * @return true after {@link #encode}
     */
    public boolean areReady() {
        return cache != null;
    }

    /**
     * Encodes the captions of a data set, and the empty text; not while batches are made.
     *
     * @param folder where encoded texts are stored; those that are there are not encoded again
     * @param data a data set with captions
     * @param progress called with the number of missing texts that are done
     * @throws IOException if the folder cannot be read or written
     */
    public void encode(Path folder, ImageDataset data, TextFeatureCache.ProgressListener progress)
            throws IOException {
        Set<String> all = new LinkedHashSet<>();
        all.add(EMPTY);
        for (int index = 0; index < data.size(); index++) {
            all.addAll(data.captions(index));
        }
        TextFeatureCache opened = TextFeatureCache.open(folder, encoder, tokens);
        try {
            Optional<StoredTexts> stored = data.storedTexts().filter(this::isOurs);
            if (stored.isPresent()) {
                opened.take(all, stored.get()::read);
            }
            opened.prepare(all, progress);
        } catch (IOException | RuntimeException e) {
            opened.close();
            throw e;
        }
        close();
        cache = opened;
        texts = all;
        longest = Collections.max(all, (a, b) -> a.length() - b.length());
        truncation = truncation(all);
    }

    private boolean isOurs(StoredTexts stored) {
        return stored.encoder().hash().equals(encoder.reference().hash())
                && stored.tokens() == tokens;
    }

    private @Nullable String truncation(Set<String> texts) {
        int[] lengths =
                texts.stream()
                        .filter(text -> !text.isEmpty())
                        .mapToInt(text -> encoder.tokenize(text).tokens())
                        .toArray();
        long cut = Arrays.stream(lengths).filter(length -> length > tokens).count();
        return cut == 0
                ? null
                : "%s of %s different captions have more than %s tokens and are truncated; the longest has %s (zigma: --text-tokens, up to %s)"
                        .formatted(
                                cut,
                                lengths.length,
                                tokens,
                                Arrays.stream(lengths).max().orElse(0),
                                encoder.maxTokens());
    }

    /**
     * Returns a warning of captions that are truncated.
     *
     * @return one line; empty where none is
     */
    public Optional<String> truncation() {
        return Optional.ofNullable(truncation);
    }

    @Override
    public Condition of(NDManager manager, Batch batch, int from, int to, boolean[] dropped) {
        TextFeatureCache read = cache;
        if (read == null) {
            throw new IllegalStateException("captions were not encoded yet");
        }
        CaptionTable found = table(read, manager.getDevice());
        if (found != null) {
            List<String> wanted = new ArrayList<>();
            for (int i = from; i < to; i++) {
                wanted.add(dropped[i - from] ? EMPTY : batch.captions().get(i));
            }
            return found.of(manager, wanted);
        }
        int size = read.size(); // d
        int count = to - from;
        float[] padded = new float[count * tokens * size];
        int[] lengths = new int[count];
        for (int i = 0; i < count; i++) {
            String text = dropped[i] ? EMPTY : batch.captions().get(from + i);
            lengths[i] = read.read(text, padded, i * tokens * size);
        }
        int length = Arrays.stream(lengths).max().orElse(0); // n of this batch
        float[] context = new float[count * length * size];
        float[] mask = new float[count * length];
        for (int i = 0; i < count; i++) {
            System.arraycopy(padded, i * tokens * size, context, i * length * size, length * size);
            Arrays.fill(mask, i * length, i * length + lengths[i], 1);
        }
        return new Condition(
                null,
                manager.create(context, new Shape(count, length, size)), // (b, n, d)
                manager.create(mask, new Shape(count, length))); // (b, n)
    }

    /** Returns the captions in a device's memory; null in main memory and where they do not fit. */
    private synchronized @Nullable CaptionTable table(TextFeatureCache read, Device device) {
        if (!alwaysInTable && !device.isGpu()) {
            return null;
        }
        if (table == null && tableFits) {
            try {
                tableFits = CaptionTable.fits(texts.size(), tokens, read.size());
                table = tableFits ? new CaptionTable(read, texts, device) : null;
            } catch (EngineException | OutOfMemoryError e) {
                if (!MemoryExhaustion.caused(e)) {
                    throw e;
                }
                tableFits = false;
            }
        }
        return table;
    }

    /** {@inheritDoc} The text of most characters is used as that of most tokens. */
    @Override
    public List<String> largest(int images) {
        return Collections.nCopies(images, longest);
    }

    /** Lets the file of encoded texts go. */
    @Override
    public void close() throws IOException {
        synchronized (this) {
            if (table != null) {
                table.close();
                table = null;
            }
            tableFits = true;
        }
        if (cache != null) {
            cache.close();
        }
    }
}

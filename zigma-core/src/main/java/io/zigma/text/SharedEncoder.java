package io.zigma.text;

import ai.djl.ndarray.NDManager;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * An encoder that several users have open: its weights are loaded once, and freed when the last one
 * closes it.
 */
final class SharedEncoder implements TextEncoder {

    private static final Map<Object, Entry> OPEN = new HashMap<>();

    /** What is shared, and by how many. */
    private static final class Entry {
        final TextEncoder encoder;
        int users;

        Entry(TextEncoder encoder) {
            this.encoder = encoder;
        }
    }

    private final Object key;
    private final Entry entry;
    private boolean closed;

    private SharedEncoder(Object key, Entry entry) {
        this.key = key;
        this.entry = entry;
    }

    /**
     * Opens an encoder, or joins those who have it open.
     *
     * @param key identifies the encoder
     * @param opener opens it if it is not open
     * @return a handle that the caller closes
     * @throws Exception what the opener throws
     */
    static TextEncoder open(Object key, Callable<TextEncoder> opener) throws Exception {
        synchronized (OPEN) {
            Entry entry = OPEN.get(key);
            if (entry == null) {
                entry = new Entry(opener.call());
                OPEN.put(key, entry);
            }
            entry.users++;
            return new SharedEncoder(key, entry);
        }
    }

    private TextEncoder encoder() {
        synchronized (OPEN) {
            if (closed) {
                throw new IllegalStateException(
                        "the text encoder %s was closed"
                                .formatted(entry.encoder.reference().name()));
            }
            return entry.encoder;
        }
    }

    @Override
    public TextEncoderReference reference() {
        return entry.encoder.reference();
    }

    @Override
    public int size() {
        return entry.encoder.size();
    }

    @Override
    public int maxTokens() {
        return entry.encoder.maxTokens();
    }

    @Override
    public int textsAtOnce() {
        return entry.encoder.textsAtOnce();
    }

    @Override
    public Tokenized tokenize(String text) {
        return encoder().tokenize(text);
    }

    @Override
    public TextFeatures encode(NDManager manager, List<String> texts, int tokens) {
        return encoder().encode(manager, texts, tokens);
    }

    @Override
    public void close() {
        synchronized (OPEN) {
            if (closed) {
                return;
            }
            closed = true;
            entry.users--;
            if (entry.users == 0) {
                OPEN.remove(key);
                entry.encoder.close();
            }
        }
    }
}

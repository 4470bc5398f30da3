package io.zigma.train;

import ai.djl.ndarray.NDManager;
import io.zigma.text.TextEncoder;
import io.zigma.text.TextEncoderReference;
import io.zigma.text.TextFeatures;
import java.util.List;

/**
 * A run's text encoder for code that closes it, which leaves it open.
 *
 * @param lender the run's
 */
record BorrowedEncoder(TextEncoder lender) implements TextEncoder {

    @Override
    public TextEncoderReference reference() {
        return lender.reference();
    }

    @Override
    public int size() {
        return lender.size();
    }

    @Override
    public int maxTokens() {
        return lender.maxTokens();
    }

    @Override
    public int textsAtOnce() {
        return lender.textsAtOnce();
    }

    @Override
    public Tokenized tokenize(String text) {
        return lender.tokenize(text);
    }

    @Override
    public TextFeatures encode(NDManager manager, List<String> texts, int tokens) {
        return lender.encode(manager, texts, tokens);
    }

    @Override
    public void close() {}
}

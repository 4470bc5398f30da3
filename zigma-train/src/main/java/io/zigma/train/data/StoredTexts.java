package io.zigma.train.data;

import io.zigma.text.TextEncoderReference;
import java.util.Optional;

/** The tokens of a data set's captions, where they are stored with it. */
public interface StoredTexts {

    /**
     * Returns what encoded them.
     *
     * @return the text encoder
     */
    TextEncoderReference encoder();

    /**
     * Returns n, how many tokens a caption was cut to.
     *
     * @return at least 2
     */
    int tokens();

    /**
     * Reads the tokens of a caption.
     *
     * @param text a caption
     * @return the numbers of its tokens one after the other, without padding; nothing if it is not
     *     stored
     * @throws java.io.UncheckedIOException if it cannot be read
     */
    Optional<float[]> read(String text);
}

package io.zigma.condition;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/**
 * The classes of ImageNet's ILSVRC 2012 (Russakovsky et al. 2015), which most published models of
 * pictures with classes know, in the order that those models number them: by the number of the set
 * of synonyms in WordNet. Each is called by the first word of its set; where two sets begin with
 * the same word, by another that distinguishes them.
 */
public final class ImageNet {

    /** The names, 1000 of them. */
    public static final List<String> CLASSES = read();

    private ImageNet() {}

    private static List<String> read() {
        try (InputStream stream =
                Objects.requireNonNull(ImageNet.class.getResourceAsStream("imagenet.txt"))) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

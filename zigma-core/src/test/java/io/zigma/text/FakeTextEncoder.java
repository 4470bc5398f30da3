package io.zigma.text;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text encoder that a test can afford: words are cut into pieces of four letters between a mark
 * of the beginning and one of the end, and each piece has random numbers of its own. It knows the
 * letters of English alone.
 */
public final class FakeTextEncoder implements TextEncoder {

    /** Of tokens of 5 numbers, as the tiny text models take them. */
    public static final TextEncoderReference FAKE =
            new TextEncoderReference("fake", "1".repeat(64));

    /** The same with other numbers. */
    public static final TextEncoderReference OTHER =
            new TextEncoderReference("other-fake", "2".repeat(64));

    /** Of tokens of 7 numbers. */
    public static final TextEncoderReference WIDE =
            new TextEncoderReference("wide-fake", "3".repeat(64));

    /** How often each of the two first was opened in this process. */
    public static final AtomicInteger OPENED = new AtomicInteger();

    private static final Pattern PIECE = Pattern.compile("[\\p{L}\\p{N}]{1,4}|[^\\s\\p{L}\\p{N}]");
    private static final Pattern KNOWN = Pattern.compile("[a-z0-9\\p{Punct}]*");
    private static final int MOST_TOKENS = 32;

    private final TextEncoderReference reference;
    private final int size;

    private FakeTextEncoder(TextEncoderReference reference, int size) {
        this.reference = reference;
        this.size = size;
    }

    /** Opens the first. */
    public static final class Fake implements TextEncoderProvider {
        @Override
        public TextEncoderReference reference() {
            return FAKE;
        }

        @Override
        public TextEncoder open(Device device) {
            OPENED.incrementAndGet();
            return new FakeTextEncoder(FAKE, 5);
        }
    }

    /** Opens the second. */
    public static final class Other implements TextEncoderProvider {
        @Override
        public TextEncoderReference reference() {
            return OTHER;
        }

        @Override
        public TextEncoder open(Device device) {
            return new FakeTextEncoder(OTHER, 5);
        }
    }

    /** Opens the third. */
    public static final class Wide implements TextEncoderProvider {
        @Override
        public TextEncoderReference reference() {
            return WIDE;
        }

        @Override
        public TextEncoder open(Device device) {
            return new FakeTextEncoder(WIDE, 7);
        }
    }

    @Override
    public TextEncoderReference reference() {
        return reference;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public int maxTokens() {
        return MOST_TOKENS;
    }

    @Override
    public Tokenized tokenize(String text) {
        List<String> unknown =
                Arrays.stream(text.split("\\s+"))
                        .filter(word -> !KNOWN.matcher(word.toLowerCase(Locale.ROOT)).matches())
                        .toList();
        return new Tokenized(pieces(text).size() + 2, unknown);
    }

    private static List<String> pieces(String text) {
        List<String> pieces = new ArrayList<>();
        Matcher matcher = PIECE.matcher(text.toLowerCase(Locale.ROOT));
        while (matcher.find()) {
            pieces.add(matcher.group());
        }
        return pieces;
    }

    @Override
    public TextFeatures encode(NDManager manager, List<String> texts, int tokens) {
        float[] context = new float[texts.size() * tokens * size];
        float[] mask = new float[texts.size() * tokens];
        float[] pooled = new float[texts.size() * size];
        for (int i = 0; i < texts.size(); i++) {
            List<String> pieces = pieces(texts.get(i));
            List<String> all = new ArrayList<>(List.of("<begin>"));
            all.addAll(pieces.subList(0, Math.min(pieces.size(), tokens - 2)));
            all.add("<end>");
            for (int token = 0; token < all.size(); token++) {
                int at = i * tokens + token;
                mask[at] = 1;
                SplittableRandom random =
                        new SplittableRandom(
                                (all.get(token) + token + reference.name()).hashCode());
                for (int d = 0; d < size; d++) {
                    context[at * size + d] = (float) (6 * random.nextDouble() - 3);
                    pooled[i * size + d] += context[at * size + d] / all.size();
                }
            }
        }
        return new TextFeatures(
                manager.create(context, new Shape(texts.size(), tokens, size)),
                manager.create(mask, new Shape(texts.size(), tokens)),
                manager.create(pooled, new Shape(texts.size(), size)));
    }

    @Override
    public void close() {}
}

package io.zigma.text;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * SentencePiece's table of what characters are replaced with (Kudo and Richardson 2018, section
 * 3.2): a double-array trie of byte sequences, whose values are places in a list of texts.
 *
 * <p>The table says how many bytes the trie has (4 bytes, little-endian), then comes the trie, one
 * unit of 4 bytes a node, then the texts, each with a zero behind it. A unit's lowest 8 bits are
 * the byte that leads to it, bit 8 says whether a text ends here, bits 10 to 30 are the offset of
 * its children, 256 times as far with bit 9 (Darts-clone).
 */
final class CharacterMap {

    private static final Pattern GRAPHEME = Pattern.compile("\\X");

    /** Longer characters are looked up code point by code point only, as the library does. */
    private static final int LONGEST = 6;

    private final IntBuffer trie;
    private final byte[] texts;

    /**
     * Takes a table.
     *
     * @param table its bytes
     * @throws IllegalArgumentException if they are too few
     */
    CharacterMap(byte[] table) {
        ByteBuffer bytes = ByteBuffer.wrap(table).order(ByteOrder.LITTLE_ENDIAN);
        int size = bytes.remaining() < Integer.BYTES ? -1 : bytes.getInt();
        if (size < Integer.BYTES || size % Integer.BYTES != 0 || size > bytes.remaining()) {
            throw new IllegalArgumentException("the table is too short for its trie");
        }
        trie = bytes.slice(Integer.BYTES, size).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer();
        texts = Arrays.copyOfRange(table, Integer.BYTES + size, table.length);
    }

    /**
     * Replaces what the table lists.
     *
     * @param text any text
     * @return the text with each character that a reader sees, or each of its code points, replaced
     */
    String normalized(String text) {
        StringBuilder normal = new StringBuilder(text.length());
        Matcher graphemes = GRAPHEME.matcher(text);
        while (graphemes.find()) {
            String grapheme = graphemes.group();
            String whole =
                    grapheme.getBytes(StandardCharsets.UTF_8).length < LONGEST
                            ? replacement(grapheme)
                            : null;
            if (whole != null) {
                normal.append(whole);
            } else {
                grapheme.codePoints()
                        .mapToObj(Character::toString)
                        .forEach(
                                part -> {
                                    String other = replacement(part);
                                    normal.append(other == null ? part : other);
                                });
            }
        }
        return normal.toString();
    }

    /** The text of the shortest listed beginning, or null where none is listed. */
    private @Nullable String replacement(String characters) {
        int node = offset(trie.get(0));
        for (byte signed : characters.getBytes(StandardCharsets.UTF_8)) {
            int label = Byte.toUnsignedInt(signed);
            node ^= label;
            if (label == 0 || node >= trie.limit()) {
                return null;
            }
            int unit = trie.get(node);
            if ((unit & 0x8000_00ff) != label) {
                return null;
            }
            node ^= offset(unit);
            if ((unit >>> 8 & 1) == 1) {
                return node < trie.limit() ? text(trie.get(node) & Integer.MAX_VALUE) : null;
            }
        }
        return null;
    }

    private static int offset(int unit) {
        return unit >>> 10 << ((unit & 1 << 9) >>> 6);
    }

    private String text(int place) {
        int to = place;
        while (to < texts.length && texts[to] != 0) {
            to++;
        }
        return place > texts.length
                ? ""
                : new String(texts, place, to - place, StandardCharsets.UTF_8);
    }
}

package io.zigma.text;

/**
 * A character that can be printed for each byte, as in GPT-2's vocabulary (Radford et al. 2019,
 * section 2.2): a byte that is one in Latin-1 is itself, the others for the characters from 256 on.
 */
final class ByteCharacters {

    private static final char[] CHARACTERS = new char[256];

    static {
        char next = 256;
        for (int i = 0; i < CHARACTERS.length; i++) {
            boolean printable = (i >= '!' && i <= '~') || (i >= 0xa1 && i != 0xad);
            CHARACTERS[i] = printable ? (char) i : next++;
        }
    }

    private ByteCharacters() {}

    /** Returns the character of a byte. */
    static char of(byte part) {
        return CHARACTERS[Byte.toUnsignedInt(part)];
    }
}

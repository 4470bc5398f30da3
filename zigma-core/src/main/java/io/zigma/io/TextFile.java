package io.zigma.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Texts that people write, in UTF-8 and with or without a byte order mark. */
public final class TextFile {

    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private TextFile() {}

    /**
     * Reads a file that may be a wrong one.
     *
     * @param file which
     * @param what it should be, such as {@code a list of prompts}, for messages
     * @param most bytes it may have
     * @return its text, without a byte order mark
     * @throws IOException if it is a folder, too large, no text in UTF-8, or cannot be read; the
     *     message names it
     */
    public static String read(Path file, String what, long most) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IOException("%s is a folder, not %s".formatted(file, what));
        }
        if (Files.isRegularFile(file) && Files.size(file) > most) {
            throw new IOException("%s is too large for %s".formatted(file, what));
        }
        return decode(Files.readAllBytes(file), file.toString());
    }

    /**
     * Decodes a text.
     *
     * @param bytes in UTF-8
     * @param name what they are called in messages
     * @return the text, without a byte order mark
     * @throws IOException if they are no UTF-8
     */
    public static String decode(byte[] bytes, String name) throws IOException {
        try {
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new IOException("%s is no text in UTF-8; save it as such".formatted(name), e);
        }
    }
}

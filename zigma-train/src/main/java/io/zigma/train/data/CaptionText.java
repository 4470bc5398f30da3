package io.zigma.train.data;

import io.zigma.media.PictureSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import javax.imageio.stream.ImageInputStream;

/** Reads small text files, in UTF-8 unless their first bytes say that they are UTF-16. */
final class CaptionText {

    /** More bytes than this are no captions. */
    private static final int MAX_BYTES = 1 << 28;

    private CaptionText() {}

    /**
     * Reads a file.
     *
     * @return its text without a byte order mark
     * @throws DatasetException if it cannot be read or is no text; the message names it
     */
    static String of(PictureTree.Text file) throws DatasetException {
        byte[] bytes = bytes(file);
        Charset charset = StandardCharsets.UTF_8;
        int from = 0;
        if (begins(bytes, 0xef, 0xbb, 0xbf)) {
            from = 3;
        } else if (begins(bytes, 0xff, 0xfe)) {
            charset = StandardCharsets.UTF_16LE;
            from = 2;
        } else if (begins(bytes, 0xfe, 0xff)) {
            charset = StandardCharsets.UTF_16BE;
            from = 2;
        }
        try {
            return charset.newDecoder()
                    .decode(ByteBuffer.wrap(bytes, from, bytes.length - from))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new DatasetException(
                    "%s: is no %s text; save it as UTF-8".formatted(file.shown(), charset), e);
        }
    }

    private static byte[] bytes(PictureTree.Text file) throws DatasetException {
        PictureSource source = file.source();
        try (ImageInputStream in = source.open()) {
            if (in.length() > MAX_BYTES) {
                throw new IOException("it has more than 256 MiB");
            }
            byte[] bytes = new byte[(int) in.length()];
            in.readFully(bytes);
            return bytes;
        } catch (IOException e) {
            throw new DatasetException(
                    "%s: cannot be read (%s)".formatted(file.shown(), FolderTree.reason(e)), e);
        }
    }

    private static boolean begins(byte[] bytes, int... mark) {
        if (bytes.length < mark.length) {
            return false;
        }
        for (int i = 0; i < mark.length; i++) {
            if ((bytes[i] & 0xff) != mark[i]) {
                return false;
            }
        }
        return true;
    }
}

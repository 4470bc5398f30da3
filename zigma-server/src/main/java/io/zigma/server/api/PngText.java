package io.zigma.server.api;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * The text in PNG files, without decoding their pictures (PNG specification 1.2, chapter 4.2.3).
 */
final class PngText {

    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10};
    private static final int HEADER = 13;
    private static final int AROUND = 12; // length, type and checksum of a chunk

    private PngText() {}

    /**
     * Adds a text after the header.
     *
     * @param png a PNG file that this program wrote
     * @param keyword Latin letters
     * @param text any
     */
    static byte[] with(byte[] png, String keyword, String text) {
        boolean latin = StandardCharsets.ISO_8859_1.newEncoder().canEncode(text);
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        data.writeBytes(keyword.getBytes(StandardCharsets.ISO_8859_1));
        data.write(0);
        if (latin) {
            data.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
        } else {
            data.writeBytes(new byte[4]); // not compressed; no language, no translation
            data.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        }
        int header = SIGNATURE.length + AROUND + HEADER;
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.write(png, 0, header);
        file.writeBytes(chunk(latin ? "tEXt" : "iTXt", data.toByteArray()));
        file.write(png, header, png.length - header);
        return file.toByteArray();
    }

    private static byte[] chunk(String type, byte[] data) {
        ByteBuffer chunk = ByteBuffer.allocate(AROUND + data.length);
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        CRC32 sum = new CRC32();
        sum.update(name);
        sum.update(data);
        chunk.putInt(data.length).put(name).put(data).putInt((int) sum.getValue());
        return chunk.array();
    }

    /**
     * Reads what is not compressed.
     *
     * @param file any bytes
     * @return keyword → text in the order of the file; empty where it is no PNG file
     */
    static Map<String, String> read(byte[] file) {
        Map<String, String> texts = new LinkedHashMap<>();
        ByteBuffer in = ByteBuffer.wrap(file);
        if (file.length < SIGNATURE.length || !startsAsPng(file)) {
            return texts;
        }
        in.position(SIGNATURE.length);
        while (in.remaining() >= AROUND) {
            int length = in.getInt();
            byte[] type = new byte[4];
            in.get(type);
            if (length < 0 || length > in.remaining() - 4) {
                return texts; // cut off
            }
            byte[] data = new byte[length];
            in.get(data);
            in.getInt(); // the checksum
            String name = new String(type, StandardCharsets.US_ASCII);
            if (name.equals("tEXt")) {
                split(data, 0).ifPresent(at -> put(texts, data, at, at + 1, false));
            } else if (name.equals("iTXt")) {
                international(texts, data);
            }
        }
        return texts;
    }

    private static boolean startsAsPng(byte[] file) {
        return ByteBuffer.wrap(file, 0, SIGNATURE.length).equals(ByteBuffer.wrap(SIGNATURE));
    }

    /** Keyword, 0, whether it is compressed, how, language, 0, translated keyword, 0, text. */
    private static void international(Map<String, String> texts, byte[] data) {
        Optional<Integer> keyword = split(data, 0);
        if (keyword.isEmpty() || keyword.get() + 2 >= data.length || data[keyword.get() + 1] != 0) {
            return;
        }
        split(data, keyword.get() + 3)
                .flatMap(language -> split(data, language + 1))
                .ifPresent(text -> put(texts, data, keyword.get(), text + 1, true));
    }

    private static Optional<Integer> split(byte[] data, int from) {
        for (int i = from; i < data.length; i++) {
            if (data[i] == 0) {
                return Optional.of(i);
            }
        }
        return Optional.empty();
    }

    private static void put(
            Map<String, String> texts, byte[] data, int keyword, int text, boolean utf8) {
        Charset charset = utf8 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1;
        texts.put(
                new String(data, 0, keyword, StandardCharsets.ISO_8859_1),
                new String(data, text, data.length - text, charset));
    }
}

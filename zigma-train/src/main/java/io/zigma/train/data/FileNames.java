package io.zigma.train.data;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/**
 * Names of files as their makers wrote them, whatever the locale. Java decodes names by the
 * locale's charset, which in containers and cron often lacks most letters; a path's URI contains
 * the bytes.
 */
final class FileNames {

    /** By code points, which is the order of the names' bytes in UTF-8, the same in any locale. */
    static final Comparator<String> ORDER =
            (a, b) -> {
                int[] left = a.codePoints().toArray();
                int[] right = b.codePoints().toArray();
                return Arrays.compare(left, right);
            };

    private FileNames() {}

    /**
     * Returns a file's own name in Unicode's composed form (NFC): Macs write é as e and an accent.
     *
     * @return the name, empty if its bytes are no UTF-8
     */
    static Optional<String> of(Path path) {
        String name = String.valueOf(path.getFileName());
        if (isPlain(name) || !hasBytes(path)) {
            return Optional.of(composed(name));
        }
        return text(bytes(lastSegment(path)));
    }

    /**
     * Returns the text of a name.
     *
     * @param bytes in UTF-8
     * @return composed; empty if they are no UTF-8
     */
    static Optional<String> text(byte[] bytes) {
        try {
            return Optional.of(
                    composed(
                            StandardCharsets.UTF_8
                                    .newDecoder()
                                    .decode(ByteBuffer.wrap(bytes))
                                    .toString()));
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /**
     * Returns a path for messages: readable in any locale, bytes that are no UTF-8 as {@code \xe9}.
     */
    static String shown(Path path) {
        if (isPlain(path.toString()) || !hasBytes(path)) {
            return path.toString();
        }
        return path.getParent() == null
                ? shownName(path)
                : shown(path.getParent()) + path.getFileSystem().getSeparator() + shownName(path);
    }

    private static String shownName(Path path) {
        return of(path).orElseGet(() -> escaped(bytes(lastSegment(path))));
    }

    /** Returns a name whose bytes are no UTF-8, other bytes than ASCII written out. */
    static String escaped(byte[] bytes) {
        StringBuilder shown = new StringBuilder();
        for (byte b : bytes) {
            shown.append(
                    b >= ' ' && b < 127
                            ? (char) b
                            : String.format(Locale.ROOT, "\\x%02x", b & 0xff));
        }
        return shown.toString();
    }

    /** Returns a name with letters other than ASCII written out, so that its form is seen. */
    static String codePoints(String name) {
        StringBuilder shown = new StringBuilder();
        name.codePoints()
                .forEach(
                        c -> {
                            if (c >= ' ' && c < 127) {
                                shown.appendCodePoint(c);
                            } else {
                                shown.append(String.format(Locale.ROOT, "\\u%04x", c));
                            }
                        });
        return shown.toString();
    }

    static String composed(String name) {
        return Normalizer.normalize(name, Normalizer.Form.NFC);
    }

    private static boolean isPlain(String name) {
        return name.chars().allMatch(c -> c < 128);
    }

    /** Names of Windows are text already. */
    private static boolean hasBytes(Path path) {
        return path.getFileSystem() == FileSystems.getDefault()
                && path.getFileSystem().getSeparator().equals("/");
    }

    private static String lastSegment(Path path) {
        String raw = path.toUri().getRawPath();
        int end = raw.endsWith("/") ? raw.length() - 1 : raw.length();
        return raw.substring(raw.lastIndexOf('/', end - 1) + 1, end);
    }

    private static byte[] bytes(String segment) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < segment.length(); i++) {
            char c = segment.charAt(i);
            if (c == '%') {
                bytes.write(Integer.parseInt(segment.substring(i + 1, i + 3), 16));
                i += 2;
            } else {
                bytes.write(c);
            }
        }
        return bytes.toByteArray();
    }
}

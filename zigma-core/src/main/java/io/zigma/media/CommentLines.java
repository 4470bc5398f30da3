package io.zigma.media;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;

/** Keywords and text in one comment: a line {@code keyword: text} a field, in UTF-8. */
final class CommentLines {

    private CommentLines() {}

    /** Writes fields; line breaks in them become blanks. */
    static byte[] bytes(Map<String, String> text) {
        return text.entrySet().stream()
                .map(field -> oneLine(field.getKey()) + ": " + oneLine(field.getValue()))
                .collect(Collectors.joining("\n"))
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Reads fields; other lines are passed over. */
    static void read(byte[] comment, Map<String, String> text) {
        for (String line : new String(comment, StandardCharsets.UTF_8).split("\n", -1)) {
            int colon = line.indexOf(": ");
            if (colon > 0) {
                text.put(line.substring(0, colon), line.substring(colon + 2));
            }
        }
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\R", " ");
    }
}

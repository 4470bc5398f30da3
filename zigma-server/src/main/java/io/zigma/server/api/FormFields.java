package io.zigma.server.api;

import io.zigma.server.http.HttpException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.eclipse.jetty.http.MultiPart;
import org.eclipse.jetty.http.MultiPartFormData;
import org.eclipse.jetty.io.Content;

/** The fields of a form with files, in memory; names of files are not used for anything. */
final class FormFields {

    private static final int BAD_REQUEST = 400;
    private static final int UNSUPPORTED = 415;
    private static final int MOST_PARTS = 64;
    private static final String TYPE = "multipart/form-data";

    private final Map<String, byte[]> fields;

    private FormFields(Map<String, byte[]> fields) {
        this.fields = fields;
    }

    /**
     * Reads a form.
     *
     * @param type its content type, with the boundary
     * @param body all of it
     * @throws HttpException if it is none
     */
    static FormFields parse(String type, byte[] body) {
        String boundary = boundary(type);
        MultiPartFormData.Parser parser = new MultiPartFormData.Parser(boundary);
        parser.setMaxParts(MOST_PARTS);
        parser.setMaxLength(body.length);
        parser.setMaxMemoryFileSize(-1); // never on the disk
        Map<String, byte[]> fields = new HashMap<>();
        try (MultiPartFormData.Parts parts =
                parser.parse(Content.Source.from(ByteBuffer.wrap(body))).join()) {
            for (MultiPart.Part part : parts) {
                if (part.getName() != null
                        && fields.putIfAbsent(part.getName(), bytes(part)) != null) {
                    throw new HttpException(
                            BAD_REQUEST,
                            "the form has %s more than once; send one".formatted(part.getName()));
                }
            }
        } catch (CompletionException | IOException | IllegalStateException e) {
            throw new HttpException(BAD_REQUEST, "the form is damaged or has too many parts");
        }
        return new FormFields(fields);
    }

    private static byte[] bytes(MultiPart.Part part) throws IOException {
        try (var in = Content.Source.asInputStream(part.newContentSource(null, 0, -1))) {
            return in.readAllBytes();
        }
    }

    private static String boundary(String type) {
        if (type.regionMatches(true, 0, TYPE, 0, TYPE.length())) {
            int at = type.indexOf("boundary=");
            if (at >= 0) {
                String boundary =
                        type.substring(at + "boundary=".length())
                                .replaceFirst(";.*", "")
                                .replace("\"", "")
                                .strip();
                if (!boundary.isEmpty()) {
                    return boundary;
                }
            }
        }
        throw new HttpException(UNSUPPORTED, "send a form (%s) with an image".formatted(TYPE));
    }

    /** Returns a field of any kind. */
    Optional<byte[]> bytes(String name) {
        return Optional.ofNullable(fields.get(name));
    }

    /** Returns the names of all fields. */
    Set<String> names() {
        return fields.keySet();
    }

    /** Returns a text. */
    Optional<String> text(String name) {
        return bytes(name).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }
}

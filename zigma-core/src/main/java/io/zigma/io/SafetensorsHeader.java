package io.zigma.io;

import com.google.errorprone.annotations.FormatMethod;
import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads and checks the header of a safetensors file: 8 bytes of little-endian length, that much
 * JSON, then the tensors' bytes without gaps.
 *
 * <p>Source: the format section of the safetensors README. Nothing is allocated from a size before
 * that size was checked against the file.
 *
 * @param tensors the tensors by name, in the order of their data
 * @param metadata the free text map, empty when the file has none
 */
public record SafetensorsHeader(
        Map<String, SafetensorsTensor> tensors, Map<String, String> metadata) {

    /** The name that the format reserves for the free text map. */
    static final String METADATA = "__metadata__";

    /** Bytes of the header's length at the start of the file. */
    static final int LENGTH_BYTES = Long.BYTES;

    /** The format's own limit on the header, in bytes. */
    static final int MAX_HEADER_BYTES = 100_000_000;

    // No tensor of any framework has more; so a hostile shape cannot fill the memory
    private static final int MAX_DIMENSIONS = 64;
    private static final byte[] GIT_LFS =
            "version https://git-lfs".getBytes(StandardCharsets.US_ASCII);
    private static final int SHOWN_CHARACTERS = 80;

    /**
     * Reads the header from the start of a file.
     *
     * @param path the file's name, for messages
     * @param channel the open file
     * @return the checked header
     * @throws SafetensorsException if the file is not a whole, valid safetensors file
     * @throws IOException if reading fails
     */
    static SafetensorsHeader read(Path path, FileChannel channel) throws IOException {
        return new Parser(path, channel.size()).read(channel);
    }

    /**
     * Formats a name from a file for a one-line message.
     *
     * @param name any text
     * @return it quoted, shortened, without control characters
     */
    public static String shown(String name) {
        StringBuilder text = new StringBuilder("'");
        name.codePoints()
                .limit(SHOWN_CHARACTERS)
                .forEach(
                        c -> {
                            if (Character.isISOControl(c) || Character.getType(c) == 0) {
                                text.append(String.format(Locale.ROOT, "\\u%04x", c));
                            } else {
                                text.appendCodePoint(c);
                            }
                        });
        return text.append(name.length() > SHOWN_CHARACTERS ? "…'" : "'").toString();
    }

    /** A tensor as the JSON describes it; offsets count from the end of the header. */
    private record Claim(
            String name,
            SafetensorsType type,
            List<Long> shape,
            long elements,
            long begin,
            long end) {}

    private static final class Parser {

        private final Path path;
        private final long fileBytes;

        Parser(Path path, long fileBytes) {
            this.path = path;
            this.fileBytes = fileBytes;
        }

        SafetensorsHeader read(FileChannel channel) throws IOException {
            if (fileBytes == 0) {
                throw refuse("the file is empty");
            }
            refuseGitLfsPointer(channel);
            if (fileBytes < LENGTH_BYTES) {
                throw refuse(
                        "%d bytes are too short, the header's length alone takes 8", fileBytes);
            }
            long length = bytes(channel, 0, LENGTH_BYTES).getLong();
            if (length < 2 || length > MAX_HEADER_BYTES) {
                throw refuse(
                        "offset 0 gives a header of %s bytes, outside 2 to %d; not a safetensors"
                                + " file",
                        Long.toUnsignedString(length), MAX_HEADER_BYTES);
            }
            if (length > fileBytes - LENGTH_BYTES) {
                throw refuse(
                        "offset 0 gives a header of %d bytes, but the file ends after %d more; it"
                                + " is cut off",
                        length, fileBytes - LENGTH_BYTES);
            }
            return parse(text(bytes(channel, LENGTH_BYTES, (int) length)), LENGTH_BYTES + length);
        }

        private void refuseGitLfsPointer(FileChannel channel) throws IOException {
            if (fileBytes < GIT_LFS.length) {
                return;
            }
            if (bytes(channel, 0, GIT_LFS.length).equals(ByteBuffer.wrap(GIT_LFS))) {
                throw refuse(
                        "this is a Git LFS pointer, not the weights; fetch them with 'git lfs"
                                + " pull'");
            }
        }

        private ByteBuffer bytes(FileChannel channel, long offset, int count) throws IOException {
            ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
            while (buffer.hasRemaining()) {
                if (channel.read(buffer, offset + buffer.position()) < 0) {
                    throw refuse("the file became shorter while it was read");
                }
            }
            return buffer.flip();
        }

        private String text(ByteBuffer bytes) throws SafetensorsException {
            try {
                return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
            } catch (CharacterCodingException e) {
                throw refuse("the header is not UTF-8 text", e);
            }
        }

        private SafetensorsHeader parse(String json, long dataOffset) throws IOException {
            Map<String, Claim> claims = new LinkedHashMap<>();
            Map<String, String> metadata = new LinkedHashMap<>();
            if (json.charAt(0) != '{') {
                throw refuse("the header does not start with '{' at offset 8");
            }
            boolean metadataSeen = false;
            JsonReader reader = new JsonReader(new StringReader(json));
            try {
                reader.setStrictness(Strictness.STRICT);
                reader.beginObject();
                while (reader.hasNext()) {
                    String name = reader.nextName();
                    if (name.equals(METADATA) ? metadataSeen : claims.containsKey(name)) {
                        throw refuse("the header names %s twice", shown(name));
                    }
                    if (name.equals(METADATA)) {
                        metadataSeen = true;
                        metadata = metadata(reader);
                    } else {
                        claims.put(name, claim(reader, name));
                    }
                }
                reader.endObject();
                if (reader.peek() != JsonToken.END_DOCUMENT) {
                    throw refuse("the header continues after its closing brace");
                }
            } catch (SafetensorsException e) {
                throw e;
            } catch (EOFException e) {
                throw refuse(
                        "the header's JSON stops before its end, in " + shown(reader.getPath()), e);
            } catch (IOException
                    | IllegalStateException
                    | NumberFormatException
                    | JsonParseException e) {
                throw refuse("the header is not valid JSON at " + shown(reader.getPath()), e);
            }
            return new SafetensorsHeader(
                    laidOut(claims, dataOffset), Collections.unmodifiableMap(metadata));
        }

        private Map<String, String> metadata(JsonReader reader) throws IOException {
            Map<String, String> metadata = new LinkedHashMap<>();
            if (reader.peek() != JsonToken.BEGIN_OBJECT) {
                throw refuse("%s is not an object of text", METADATA);
            }
            reader.beginObject();
            while (reader.hasNext()) {
                String key = reader.nextName();
                if (reader.peek() != JsonToken.STRING) {
                    throw refuse("%s holds no text under %s", METADATA, shown(key));
                }
                if (metadata.put(key, reader.nextString()) != null) {
                    throw refuse("%s names %s twice", METADATA, shown(key));
                }
            }
            reader.endObject();
            return metadata;
        }

        private Claim claim(JsonReader reader, String name) throws IOException {
            if (reader.peek() != JsonToken.BEGIN_OBJECT) {
                throw refuse("tensor %s is not described by an object", shown(name));
            }
            SafetensorsType type = null;
            List<Long> shape = null;
            List<Long> offsets = null;
            reader.beginObject();
            while (reader.hasNext()) {
                String field = reader.nextName();
                switch (field) {
                    case "dtype" -> type = once(name, field, type, type(reader, name));
                    case "shape" -> shape = once(name, field, shape, numbers(reader, name, field));
                    case "data_offsets" ->
                            offsets = once(name, field, offsets, numbers(reader, name, field));
                    default ->
                            throw refuse(
                                    "tensor %s has an unknown field %s", shown(name), shown(field));
                }
            }
            reader.endObject();
            if (type == null || shape == null || offsets == null) {
                throw refuse(
                        "tensor %s has no %s",
                        shown(name),
                        type == null ? "dtype" : shape == null ? "shape" : "data_offsets");
            }
            if (offsets.size() != 2) {
                throw refuse(
                        "tensor %s has %d data_offsets instead of begin and end",
                        shown(name), offsets.size());
            }
            return new Claim(
                    name, type, shape, elements(name, type, shape), offsets.get(0), offsets.get(1));
        }

        private <T> T once(String name, String field, @Nullable T before, T now)
                throws SafetensorsException {
            if (before != null) {
                throw refuse("tensor %s has %s twice", shown(name), field);
            }
            return Objects.requireNonNull(now);
        }

        private SafetensorsType type(JsonReader reader, String name) throws IOException {
            String text = reader.peek() == JsonToken.STRING ? reader.nextString() : "";
            for (SafetensorsType type : SafetensorsType.values()) {
                if (type.name().equals(text)) {
                    return type;
                }
            }
            throw refuse(
                    "tensor %s has dtype %s; known are %s",
                    shown(name), shown(text), List.of(SafetensorsType.values()));
        }

        private List<Long> numbers(JsonReader reader, String name, String field)
                throws IOException {
            if (reader.peek() != JsonToken.BEGIN_ARRAY) {
                throw refuse("tensor %s: %s is not a list", shown(name), field);
            }
            List<Long> numbers = new ArrayList<>();
            reader.beginArray();
            while (reader.hasNext()) {
                if (numbers.size() == MAX_DIMENSIONS) {
                    throw refuse(
                            "tensor %s: %s lists more than %d numbers",
                            shown(name), field, MAX_DIMENSIONS);
                }
                numbers.add(count(reader, name, field));
            }
            reader.endArray();
            return numbers;
        }

        private long count(JsonReader reader, String name, String field) throws IOException {
            String text = reader.peek() == JsonToken.NUMBER ? reader.nextString() : "";
            if (!text.matches("[0-9]{1,19}")) {
                throw refuse(
                        "tensor %s: %s holds %s, not a whole number from 0 to 2^63-1",
                        shown(name), field, text.isEmpty() ? "something" : shown(text));
            }
            try {
                return Long.parseLong(text);
            } catch (NumberFormatException e) {
                throw refuse(
                        "tensor %s: %s holds %s, which is too large"
                                .formatted(shown(name), field, text),
                        e);
            }
        }

        private long elements(String name, SafetensorsType type, List<Long> shape)
                throws SafetensorsException {
            try {
                long elements = 1;
                for (long side : shape) {
                    elements = Math.multiplyExact(elements, side);
                }
                long unused = Math.multiplyExact(elements, (long) type.bytes());
                return elements;
            } catch (ArithmeticException e) {
                throw refuse(
                        "tensor %s: shape %s of %s has more than 2^63-1 bytes"
                                .formatted(shown(name), shape, type),
                        e);
            }
        }

        /**
         * Checks that the tensors fill the rest of the file exactly, in the order of their data.
         */
        private Map<String, SafetensorsTensor> laidOut(Map<String, Claim> claims, long dataOffset)
                throws SafetensorsException {
            long dataBytes = fileBytes - dataOffset;
            List<Claim> ordered = new ArrayList<>(claims.values());
            ordered.sort(Comparator.comparingLong(Claim::begin).thenComparingLong(Claim::end));
            Map<String, SafetensorsTensor> tensors = new LinkedHashMap<>();
            long filled = 0;
            for (Claim claim : ordered) {
                checkLength(claim, dataBytes);
                if (claim.begin() != filled) {
                    throw refuse(
                            "tensor %s starts at data offset %d, but the tensors before it end at"
                                    + " %d; they %s",
                            shown(claim.name()),
                            claim.begin(),
                            filled,
                            claim.begin() < filled ? "overlap" : "leave a gap");
                }
                filled = claim.end();
                tensors.put(
                        claim.name(),
                        new SafetensorsTensor(
                                claim.name(),
                                claim.type(),
                                claim.shape(),
                                dataOffset + claim.begin(),
                                claim.elements()));
            }
            if (filled != dataBytes) {
                throw refuse(
                        "%d bytes follow the last tensor, which ends at offset %d",
                        dataBytes - filled, dataOffset + filled);
            }
            return Collections.unmodifiableMap(tensors);
        }

        private void checkLength(Claim claim, long dataBytes) throws SafetensorsException {
            if (claim.begin() > claim.end() || claim.end() > dataBytes) {
                throw refuse(
                        "tensor %s claims data offsets %d to %d, but the file has %d bytes of data",
                        shown(claim.name()), claim.begin(), claim.end(), dataBytes);
            }
            if (claim.elements() * claim.type().bytes() != claim.end() - claim.begin()) {
                throw refuse(
                        "tensor %s: shape %s of %s takes %d bytes, its data offsets span %d",
                        shown(claim.name()),
                        claim.shape(),
                        claim.type(),
                        claim.elements() * claim.type().bytes(),
                        claim.end() - claim.begin());
            }
        }

        @FormatMethod
        private SafetensorsException refuse(String reason, Object... values) {
            return new SafetensorsException(
                    path + ": " + String.format(Locale.ROOT, reason, values));
        }

        private SafetensorsException refuse(String reason, Throwable cause) {
            return new SafetensorsException(path + ": " + reason, cause);
        }
    }
}

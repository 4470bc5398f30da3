package io.zigma.text.minilm;

import io.zigma.io.CheckpointException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Reads a message in protobuf's wire format, field by field, without knowing its schema
 * (protobuf.dev, Encoding).
 */
final class Protobuf {

    private static final int VARINT = 0;
    private static final int FIXED_64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED_32 = 5;
    private static final int LONGEST_VARINT = 10;

    private final String file;
    private final ByteBuffer rest;
    private int field;
    private int type;

    /**
     * Takes a message.
     *
     * @param file where it comes from, for refusals
     * @param content its bytes
     */
    Protobuf(String file, ByteBuffer content) {
        this.file = file;
        rest = content.slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Goes on to the next field, whose value must then be read or skipped.
     *
     * @return false at the message's end
     * @throws CheckpointException if the message is damaged
     */
    boolean next() throws CheckpointException {
        if (!rest.hasRemaining()) {
            return false;
        }
        long tag = varint();
        field = Math.toIntExact(tag >>> 3 & 0x1fff_ffff);
        type = (int) (tag & 7);
        return true;
    }

    /** Returns the number of the field. */
    int field() {
        return field;
    }

    /**
     * Returns whether the field's value is a sequence of bytes: a text, a message, packed numbers.
     */
    boolean isBytes() {
        return type == BYTES;
    }

    /** Returns the value of a whole number. */
    long number() throws CheckpointException {
        require(VARINT);
        return varint();
    }

    /** Returns the value as a text. */
    String text() throws CheckpointException {
        return StandardCharsets.UTF_8.decode(bytes()).toString();
    }

    /** Returns the value as a message. */
    Protobuf message() throws CheckpointException {
        return new Protobuf(file, bytes());
    }

    /** Returns the value as it is, a view. */
    ByteBuffer bytes() throws CheckpointException {
        require(BYTES);
        long length = varint();
        if (length < 0 || length > rest.remaining()) {
            throw damaged();
        }
        ByteBuffer value = rest.slice(rest.position(), (int) length).order(ByteOrder.LITTLE_ENDIAN);
        rest.position(rest.position() + (int) length);
        return value;
    }

    /** Passes over the value. */
    void skip() throws CheckpointException {
        switch (type) {
            case VARINT -> varint();
            case BYTES -> bytes();
            case FIXED_32 -> skip(Integer.BYTES);
            case FIXED_64 -> skip(Long.BYTES);
            default -> throw damaged();
        }
    }

    /** Returns the next whole number of packed ones, which are nothing but numbers. */
    long packed() throws CheckpointException {
        return varint();
    }

    /** Returns whether there is more. */
    boolean hasMore() {
        return rest.hasRemaining();
    }

    private void skip(int count) throws CheckpointException {
        if (rest.remaining() < count) {
            throw damaged();
        }
        rest.position(rest.position() + count);
    }

    private void require(int wanted) throws CheckpointException {
        if (type != wanted) {
            throw damaged();
        }
    }

    private long varint() throws CheckpointException {
        long value = 0;
        for (int i = 0; i < LONGEST_VARINT; i++) {
            if (!rest.hasRemaining()) {
                throw damaged();
            }
            byte part = rest.get();
            value |= (long) (part & 0x7f) << 7 * i;
            if (part >= 0) {
                return value;
            }
        }
        throw damaged();
    }

    private CheckpointException damaged() {
        return new CheckpointException(
                "%s is damaged: it is no ONNX file from its byte %s on; get it again"
                        .formatted(file, rest.position()));
    }
}

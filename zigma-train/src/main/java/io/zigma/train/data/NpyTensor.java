package io.zigma.train.data;

import io.zigma.io.HalfPrecision;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * Numbers in numpy's format 1.0, float16 or float32 of any shape, little-endian and in the order of
 * C: what latents and tokens are stored as in shards, so that other programs read them too.
 *
 * @param shape sides
 * @param values in the order of the last side fastest
 */
public record NpyTensor(long[] shape, float[] values) {

    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
    private static final int ALIGNMENT = 64;
    private static final int HEADER_AT = 10;

    private static final Pattern HEADER =
            Pattern.compile(
                    "\\{\\s*'descr':\\s*'<f([24])',\\s*'fortran_order':\\s*False,\\s*'shape':\\s*\\(([0-9, ]*)\\),?\\s*\\}\\s*");
    private static final int MOST_AXES = 8;

    /**
     * Writes numbers.
     *
     * @param half whether as float16, rounded to the nearest, else as float32
     * @return the file's bytes
     * @throws IllegalArgumentException if a number is not finite, or too large for float16
     */
    public byte[] bytes(boolean half) {
        String sides =
                LongStream.of(shape).mapToObj(Long::toString).collect(Collectors.joining(", "));
        String header =
                "{'descr': '<f%s', 'fortran_order': False, 'shape': (%s%s), }"
                        .formatted(half ? 2 : 4, sides, shape.length == 1 ? "," : "");
        int unpadded = HEADER_AT + header.length() + 1;
        String padded = header + " ".repeat(Math.floorMod(-unpadded, ALIGNMENT)) + "\n";
        ByteBuffer bytes =
                ByteBuffer.allocate(HEADER_AT + padded.length() + values.length * (half ? 2 : 4))
                        .order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(MAGIC).putShort((short) padded.length());
        bytes.put(padded.getBytes(StandardCharsets.ISO_8859_1));
        for (float value : values) {
            if (!Float.isFinite(value)) {
                throw new IllegalArgumentException("a number is " + value);
            }
            if (half) {
                short rounded = HalfPrecision.toHalf(value);
                if (!Float.isFinite(HalfPrecision.fromHalf(rounded))) {
                    throw new IllegalArgumentException(
                            "a number is %s, which float16 does not have".formatted(value));
                }
                bytes.putShort(rounded);
            } else {
                bytes.putFloat(value);
            }
        }
        return bytes.array();
    }

    /**
     * Reads numbers.
     *
     * @param file the bytes of a file
     * @return nothing if they are no such file, whole and finite
     */
    public static Optional<NpyTensor> read(byte[] file) {
        if (file.length < HEADER_AT || !Arrays.equals(Arrays.copyOf(file, MAGIC.length), MAGIC)) {
            return Optional.empty();
        }
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int length = bytes.getShort(MAGIC.length) & 0xffff;
        int from = HEADER_AT + length;
        if (from > file.length) {
            return Optional.empty();
        }
        Matcher header =
                HEADER.matcher(new String(file, HEADER_AT, length, StandardCharsets.ISO_8859_1));
        if (!header.matches()) {
            return Optional.empty();
        }
        int width = Integer.parseInt(header.group(1));
        long[] shape = shape(header.group(2));
        OptionalInt count = count(shape);
        if (count.isEmpty() || (long) count.getAsInt() * width != file.length - from) {
            return Optional.empty();
        }
        float[] values = new float[count.getAsInt()];
        for (int i = 0; i < values.length; i++) {
            values[i] =
                    width == 2
                            ? HalfPrecision.fromHalf(bytes.getShort(from + 2 * i))
                            : bytes.getFloat(from + 4 * i);
            if (!Float.isFinite(values[i])) {
                return Optional.empty();
            }
        }
        return Optional.of(new NpyTensor(shape, values));
    }

    private static long[] shape(String sides) {
        return Arrays.stream(sides.split(","))
                .map(String::strip)
                .filter(side -> !side.isEmpty())
                .mapToLong(side -> side.length() > 9 ? -1 : Long.parseLong(side))
                .toArray();
    }

    private static OptionalInt count(long[] shape) {
        if (shape.length > MOST_AXES) {
            return OptionalInt.empty();
        }
        long count = 1;
        for (long side : shape) {
            if (side < 0) {
                return OptionalInt.empty();
            }
            count *= side;
            if (count > Integer.MAX_VALUE / 4) {
                return OptionalInt.empty();
            }
        }
        return OptionalInt.of((int) count);
    }
}

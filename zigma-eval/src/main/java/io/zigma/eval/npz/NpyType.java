package io.zigma.eval.npz;

import io.zigma.io.HalfPrecision;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The kinds of elements that are read. */
enum NpyType {
    FLOAT64("f8", 8, true, 0) {
        @Override
        double at(ByteBuffer bytes, int index) {
            return bytes.getDouble(index);
        }
    },
    FLOAT32("f4", 4, true, 0x1p-24) {
        @Override
        double at(ByteBuffer bytes, int index) {
            return bytes.getFloat(index);
        }
    },
    FLOAT16("f2", 2, true, 0x1p-11) {
        @Override
        double at(ByteBuffer bytes, int index) {
            return HalfPrecision.fromHalf(bytes.getShort(index));
        }
    },
    INT64("i8", 8, false, 0) {
        @Override
        double at(ByteBuffer bytes, int index) {
            return bytes.getLong(index);
        }
    },
    INT32("i4", 4, false, 0) {
        @Override
        double at(ByteBuffer bytes, int index) {
            return bytes.getInt(index);
        }
    },
    INT16("i2", 2, false, 0) {
        @Override
        double at(ByteBuffer bytes, int index) {
            return bytes.getShort(index);
        }
    },
    INT8("i1", 1, false, 0) {
        @Override
        double at(ByteBuffer bytes, int index) {
            return bytes.get(index);
        }
    },
    UINT32("u4", 4, false, 0) {
        @Override
        double at(ByteBuffer bytes, int index) {
            return Integer.toUnsignedLong(bytes.getInt(index));
        }
    },
    UINT16("u2", 2, false, 0) {
        @Override
        double at(ByteBuffer bytes, int index) {
            return Short.toUnsignedInt(bytes.getShort(index));
        }
    },
    UINT8("u1", 1, false, 0) {
        @Override
        double at(ByteBuffer bytes, int index) {
            return Byte.toUnsignedInt(bytes.get(index));
        }
    };

    private final String code;
    private final int width;
    private final boolean real;
    private final double rounding;

    NpyType(String code, int width, boolean real, double rounding) {
        this.code = code;
        this.width = width;
        this.real = real;
        this.rounding = rounding;
    }

    /** A type with the order of its bytes. */
    record Ordered(NpyType type, ByteOrder order) {}

    /**
     * Reads a header's {@code descr}.
     *
     * @param descr an order ({@code <}, {@code >}, {@code =}, {@code |}) and a code, such as {@code
     *     <f8}
     * @param where names the array in messages
     * @throws NpyException if elements of this type are not read, with what to do
     */
    static Ordered of(String descr, String where) throws NpyException {
        char order = descr.isEmpty() ? ' ' : descr.charAt(0);
        String code = "<>=|".indexOf(order) >= 0 ? descr.substring(1) : descr;
        if (code.startsWith("O")) {
            throw new NpyException(
                    "%s: holds Python objects, which are programs and not read; convert it with astype('float64')"
                            .formatted(where));
        }
        for (NpyType type : values()) {
            if (type.code.equals(code)) {
                return new Ordered(
                        type, order == '>' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
            }
        }
        throw new NpyException(
                "%s: has elements of type '%s'; only %s are read, convert it with astype"
                        .formatted(
                                where,
                                descr,
                                Arrays.stream(values())
                                        .map(type -> type.code)
                                        .collect(Collectors.joining(", "))));
    }

    /** Returns how many bytes an element has. */
    int width() {
        return width;
    }

    /** Returns whether elements have fractions. */
    boolean real() {
        return real;
    }

    /** Returns by which part of an element rounding may have changed it, 0 for float64. */
    double rounding() {
        return rounding;
    }

    /** Reads the element at a byte. */
    abstract double at(ByteBuffer bytes, int index);
}

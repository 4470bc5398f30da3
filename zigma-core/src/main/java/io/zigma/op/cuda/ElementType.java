package io.zigma.op.cuda;

import org.jspecify.annotations.Nullable;

/** Types of numbers that the kernels read and write. */
public enum ElementType {
    /** 32-bit floating point. */
    FLOAT32(6, 4),
    /** The upper half of one: 8 bits of mantissa. */
    BFLOAT16(15, 2);

    private final int scalarType; // libtorch's c10::ScalarType
    private final int bytes;

    ElementType(int scalarType, int bytes) {
        this.scalarType = scalarType;
        this.bytes = bytes;
    }

    /** Returns libtorch's number of the type. */
    int scalarType() {
        return scalarType;
    }

    /**
     * Returns the size of one number.
     *
     * @return bytes
     */
    public int bytes() {
        return bytes;
    }

    /** Returns the type with a number of libtorch's, or null if the kernels do not know it. */
    static @Nullable ElementType of(int scalarType) {
        for (ElementType type : values()) {
            if (type.scalarType == scalarType) {
                return type;
            }
        }
        return null;
    }
}

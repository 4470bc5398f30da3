package io.zigma.io;

/** The element types of a safetensors file that this reader understands, all little-endian. */
public enum SafetensorsType {
    /** IEEE 754 binary64. */
    F64(Double.BYTES, true),
    /** IEEE 754 binary32. */
    F32(Float.BYTES, true),
    /** IEEE 754 binary16. */
    F16(Short.BYTES, true),
    /** The upper 16 bits of a binary32. */
    BF16(Short.BYTES, true),
    /** Signed 64-bit integer. */
    I64(Long.BYTES, false),
    /** Signed 32-bit integer. */
    I32(Integer.BYTES, false),
    /** Signed 16-bit integer. */
    I16(Short.BYTES, false),
    /** Signed 8-bit integer. */
    I8(Byte.BYTES, false),
    /** Unsigned 64-bit integer. */
    U64(Long.BYTES, false),
    /** Unsigned 32-bit integer. */
    U32(Integer.BYTES, false),
    /** Unsigned 16-bit integer. */
    U16(Short.BYTES, false),
    /** Unsigned 8-bit integer. */
    U8(Byte.BYTES, false),
    /** One byte, 0 or 1. */
    BOOL(Byte.BYTES, false);

    private final int bytes;
    private final boolean floating;

    SafetensorsType(int bytes, boolean floating) {
        this.bytes = bytes;
        this.floating = floating;
    }

    /**
     * Returns the size of one element.
     *
     * @return 1, 2, 4 or 8 bytes
     */
    public int bytes() {
        return bytes;
    }

    /**
     * Returns whether this is a floating-point type.
     *
     * @return true for F64, F32, F16 and BF16
     */
    public boolean isFloating() {
        return floating;
    }
}

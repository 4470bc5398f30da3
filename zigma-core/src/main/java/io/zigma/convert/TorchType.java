package io.zigma.convert;

import io.zigma.io.HalfPrecision;
import java.nio.ByteBuffer;

/** The element types of PyTorch storages, little-endian, by the class that a pickle names. */
enum TorchType {
    F64("DoubleStorage", Double.BYTES, Kind.REAL),
    F32("FloatStorage", Float.BYTES, Kind.REAL),
    F16("HalfStorage", Short.BYTES, Kind.REAL),
    BF16("BFloat16Storage", Short.BYTES, Kind.REAL),
    I64("LongStorage", Long.BYTES, Kind.INTEGER),
    I32("IntStorage", Integer.BYTES, Kind.INTEGER),
    I16("ShortStorage", Short.BYTES, Kind.INTEGER),
    I8("CharStorage", Byte.BYTES, Kind.INTEGER),
    U8("ByteStorage", Byte.BYTES, Kind.INTEGER),
    BOOL("BoolStorage", Byte.BYTES, Kind.INTEGER),
    /** Known so that a file that also holds such tensors opens; their values are refused. */
    COMPLEX64("ComplexFloatStorage", 2 * Float.BYTES, Kind.COMPLEX),
    /** As {@link #COMPLEX64}. */
    COMPLEX128("ComplexDoubleStorage", 2 * Double.BYTES, Kind.COMPLEX);

    /** The type that an element is read as. */
    enum Kind {
        /** A float. */
        REAL,
        /** A long. */
        INTEGER,
        /** Not at all. */
        COMPLEX
    }

    private final String storageClass;
    private final int bytes;
    private final Kind kind;

    TorchType(String storageClass, int bytes, Kind kind) {
        this.storageClass = storageClass;
        this.bytes = bytes;
        this.kind = kind;
    }

    /** Name of the class of its storages in the module {@code torch}. */
    String storageClass() {
        return storageClass;
    }

    /** Size of one element. */
    int bytes() {
        return bytes;
    }

    Kind kind() {
        return kind;
    }

    /** Reads element {@code index} of a real storage; F64 is rounded, the others are widened. */
    float real(ByteBuffer storage, int index) {
        int at = index * bytes;
        return switch (this) {
            case F64 -> (float) storage.getDouble(at);
            case F32 -> storage.getFloat(at);
            case F16 -> HalfPrecision.fromHalf(storage.getShort(at));
            case BF16 -> HalfPrecision.fromBfloat16(storage.getShort(at));
            default -> throw new IllegalStateException(this + " is not real");
        };
    }

    /** Reads element {@code index} of an integer storage; booleans as 0 and 1. */
    long integer(ByteBuffer storage, int index) {
        int at = index * bytes;
        return switch (this) {
            case I64 -> storage.getLong(at);
            case I32 -> storage.getInt(at);
            case I16 -> storage.getShort(at);
            case I8 -> storage.get(at);
            case U8 -> Byte.toUnsignedLong(storage.get(at));
            case BOOL -> storage.get(at) == 0 ? 0 : 1;
            default -> throw new IllegalStateException(this + " is not an integer type");
        };
    }
}

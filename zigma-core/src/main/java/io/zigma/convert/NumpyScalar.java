package io.zigma.convert;

import io.zigma.convert.PickleValue.Bool;
import io.zigma.convert.PickleValue.Bytes;
import io.zigma.convert.PickleValue.Int;
import io.zigma.convert.PickleValue.NumpyType;
import io.zigma.convert.PickleValue.Opaque;
import io.zigma.convert.PickleValue.Real;
import io.zigma.io.HalfPrecision;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/** Single numbers that NumPy saved, such as a best score, read like Python's own. */
final class NumpyScalar {

    private NumpyScalar() {}

    /**
     * Reads one.
     *
     * @param function the function that the file names
     * @param arguments (type, bytes)
     * @return the number or boolean, or something opaque if it is neither
     */
    static PickleValue read(PickleGlobal.Callable function, List<PickleValue> arguments) {
        Optional<PickleValue> number =
                arguments.size() == 2
                                && arguments.get(0) instanceof NumpyType type
                                && arguments.get(1) instanceof Bytes bytes
                        ? read(type, bytes.value())
                        : Optional.empty();
        return number.orElseGet(() -> new Opaque(function.spelling()));
    }

    private static Optional<PickleValue> read(NumpyType type, byte[] bytes) {
        String code = type.code();
        if (code.isEmpty() || !code.equals(code.charAt(0) + Integer.toString(bytes.length))) {
            return Optional.empty();
        }
        ByteBuffer buffer =
                ByteBuffer.wrap(bytes)
                        .order(type.isBigEndian() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        return switch (code) {
            case "f8" -> Optional.of(new Real(buffer.getDouble()));
            case "f4" -> Optional.of(new Real(buffer.getFloat()));
            case "f2" -> Optional.of(new Real(HalfPrecision.fromHalf(buffer.getShort())));
            case "b1" -> Optional.of(new Bool(buffer.get() != 0));
            case "i8" -> Optional.of(Int.of(buffer.getLong()));
            case "i4" -> Optional.of(Int.of(buffer.getInt()));
            case "i2" -> Optional.of(Int.of(buffer.getShort()));
            case "i1" -> Optional.of(Int.of(buffer.get()));
            case "u8" ->
                    Optional.of(new Int(new BigInteger(Long.toUnsignedString(buffer.getLong()))));
            case "u4" -> Optional.of(Int.of(Integer.toUnsignedLong(buffer.getInt())));
            case "u2" -> Optional.of(Int.of(Short.toUnsignedLong(buffer.getShort())));
            case "u1" -> Optional.of(Int.of(Byte.toUnsignedLong(buffer.get())));
            default -> Optional.empty();
        };
    }
}

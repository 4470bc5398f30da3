package io.zigma.train.run;

import java.util.Arrays;
import java.util.HexFormat;

/** A byte string that compares by content. */
final class Bytes {

    private final byte[] value;

    Bytes(byte[] value) {
        this.value = value.clone();
    }

    Bytes(String hex) {
        this(HexFormat.of().parseHex(hex));
    }

    byte[] value() {
        return value.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes bytes && Arrays.equals(value, bytes.value);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(value);
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(value);
    }
}

package io.zigma.convert;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A value in a pickle: data only, never executed.
 *
 * <p>Containers may form cycles (a configuration's parts refer to their parents), so they are
 * compared by identity and nothing here traverses them.
 */
sealed interface PickleValue
        permits PickleValue.Scalar,
                PickleValue.Items,
                PickleValue.Dictionary,
                PickleValue.Instance,
                PickleValue.Bytes,
                PickleValue.NumpyType,
                PickleValue.Opaque,
                PickleGlobal,
                ScriptModule,
                TorchStorage,
                TorchTensor {

    /** A value without parts; only such ones are keys of a dictionary. */
    sealed interface Scalar extends PickleValue {}

    /** Python's {@code None}. */
    enum None implements Scalar {
        NONE
    }

    /** A boolean. */
    record Bool(boolean value) implements Scalar {}

    /** An integer of any size. */
    record Int(BigInteger value) implements Scalar {

        static Int of(long value) {
            return new Int(BigInteger.valueOf(value));
        }
    }

    /** A float64. */
    record Real(double value) implements Scalar {}

    /** A text. Comparable, so that a map of texts with equal hashes does not become slow. */
    record Text(String value) implements Scalar, Comparable<Text> {

        @Override
        public int compareTo(Text other) {
            return value.compareTo(other.value);
        }
    }

    /** A list, or a tuple once nothing is added any more. */
    final class Items implements PickleValue {

        private final List<PickleValue> items;
        private final boolean tuple;

        private Items(List<PickleValue> items, boolean tuple) {
            this.items = items;
            this.tuple = tuple;
        }

        static Items list() {
            return new Items(new ArrayList<>(), false);
        }

        static Items tuple(List<PickleValue> items) {
            return new Items(List.copyOf(items), true);
        }

        boolean isTuple() {
            return tuple;
        }

        void add(PickleValue item) {
            items.add(item);
        }

        List<PickleValue> items() {
            return Collections.unmodifiableList(items);
        }
    }

    /** A dictionary, ordered or not, in the order of its file. */
    final class Dictionary implements PickleValue {

        private final Map<Scalar, PickleValue> entries = new LinkedHashMap<>();
        private boolean complete = true;

        void put(Scalar key, PickleValue value) {
            entries.put(key, value);
        }

        /**
         * Records that there are entries whose keys are neither text nor number; they are left out.
         */
        void leaveOut() {
            complete = false;
        }

        /** Returns whether every entry of the file is here. */
        boolean isComplete() {
            return complete;
        }

        Optional<PickleValue> get(String key) {
            return get(new Text(key));
        }

        Optional<PickleValue> get(Scalar key) {
            return Optional.ofNullable(entries.get(key));
        }

        Set<Map.Entry<Scalar, PickleValue>> entries() {
            return Collections.unmodifiableSet(entries.entrySet());
        }
    }

    /** An object of an allowed class, read as its saved fields. */
    final class Instance implements PickleValue {

        private final PickleGlobal.PlainClass type;
        private Dictionary fields = new Dictionary();

        Instance(PickleGlobal.PlainClass type) {
            this.type = type;
        }

        PickleGlobal.PlainClass type() {
            return type;
        }

        Dictionary fields() {
            return fields;
        }

        void setFields(Dictionary fields) {
            this.fields = fields;
        }
    }

    /** Python's {@code bytes}. */
    record Bytes(byte[] value) implements PickleValue {}

    /** The type of NumPy's numbers: a letter for the kind, and how many bytes a number has. */
    final class NumpyType implements PickleValue {

        private final String code;
        private boolean bigEndian;

        NumpyType(String code) {
            this.code = code;
        }

        String code() {
            return code;
        }

        boolean isBigEndian() {
            return bigEndian;
        }

        void setBigEndian(boolean bigEndian) {
            this.bigEndian = bigEndian;
        }
    }

    /**
     * Something that is not read: only the name of its class or function.
     *
     * @param what module and name with a space between them, as in the file
     */
    record Opaque(String what) implements PickleValue {}
}

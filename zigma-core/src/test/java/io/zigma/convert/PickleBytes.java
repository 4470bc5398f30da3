package io.zigma.convert;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes pickles of protocol 2 as PyTorch does, and wrong ones. */
public final class PickleBytes {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /**
     * A tensor as a pickle describes it.
     *
     * @param storageClass such as {@code FloatStorage}
     * @param key its storage
     * @param elements how many the storage has
     * @param offset where the tensor begins
     * @param shape sides
     * @param strides as many
     */
    public record Saved(
            String storageClass,
            String key,
            long elements,
            long offset,
            List<Long> shape,
            List<Long> strides) {

        /** A float32 tensor that is all of its storage. */
        public static Saved floats(String key, long... shape) {
            Long[] sides = new Long[shape.length];
            Long[] strides = new Long[shape.length];
            long elements = 1;
            for (int axis = shape.length - 1; axis >= 0; axis--) {
                sides[axis] = shape[axis];
                strides[axis] = elements;
                elements *= shape[axis];
            }
            return new Saved("FloatStorage", key, elements, 0, List.of(sides), List.of(strides));
        }
    }

    /** Something that Python would create by calling a named function. */
    public record Call(String module, String name, List<?> arguments) {}

    /** An object that Python would make without calling its constructor, and its state. */
    public record New(String module, String name, @Nullable Object state) {}

    /** A reference by name. */
    public record Global(String module, String name) {}

    /** A tuple. */
    public record Tuple(List<?> items) {}

    /** A call of one, and what is done to the result: a state, entries or items. */
    public record Filled(Call made, @Nullable Object state, Map<?, ?> entries, List<?> items) {}

    /** A pickle of one value: maps, lists, texts, numbers, truth values, null and tensors. */
    public static byte[] of(@Nullable Object value) {
        return new PickleBytes().op(0x80, 2).value(value).op('.').bytes();
    }

    PickleBytes op(int... bytes) {
        for (int b : bytes) {
            out.write(b);
        }
        return this;
    }

    PickleBytes global(String module, String name) {
        return op('c').ascii(module + "\n" + name + "\n");
    }

    PickleBytes ascii(String text) {
        out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
        return this;
    }

    PickleBytes value(@Nullable Object value) {
        if (value == null) {
            return op('N');
        }
        if (value instanceof String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            op('X').little(bytes.length, 4);
            out.writeBytes(bytes);
            return this;
        }
        if (value instanceof Boolean flag) {
            return op(flag ? 0x88 : 0x89);
        }
        if (value instanceof Double number) {
            op('G');
            out.writeBytes(ByteBuffer.allocate(8).putDouble(number).array());
            return this;
        }
        if (value instanceof Number number) {
            return op(0x8a, 8).little(number.longValue(), 8);
        }
        if (value instanceof List<?> list) {
            op(']', '(');
            list.forEach(this::value);
            return op('e');
        }
        if (value instanceof Map<?, ?> map) {
            op('}', '(');
            map.forEach((key, item) -> value(key).value(item));
            return op('u');
        }
        if (value instanceof byte[] bytes) {
            // as protocol 2 has bytes: letters of Latin-1
            return value(
                    new Call(
                            "_codecs",
                            "encode",
                            List.of(new String(bytes, StandardCharsets.ISO_8859_1), "latin1")));
        }
        if (value instanceof Global named) {
            return global(named.module(), named.name());
        }
        if (value instanceof Tuple tuple) {
            op('(');
            tuple.items().forEach(this::value);
            return op('t');
        }
        if (value instanceof Call call) {
            return global(call.module(), call.name()).value(new Tuple(call.arguments())).op('R');
        }
        if (value instanceof New object) {
            global(object.module(), object.name()).op(')', 0x81);
            return object.state() == null ? this : value(object.state()).op('b');
        }
        if (value instanceof Filled filled) {
            value(filled.made());
            if (filled.state() != null) {
                value(filled.state()).op('b');
            }
            if (!filled.items().isEmpty()) {
                op('(');
                filled.items().forEach(this::value);
                op('e');
            }
            if (!filled.entries().isEmpty()) {
                op('(');
                filled.entries().forEach((key, item) -> value(key).value(item));
                op('u');
            }
            return this;
        }
        return tensor((Saved) value);
    }

    byte[] bytes() {
        return out.toByteArray();
    }

    private PickleBytes tensor(Saved tensor) {
        global("torch._utils", "_rebuild_tensor_v2").op('(', '(').value("storage");
        global("torch", tensor.storageClass()).value(tensor.key()).value("cpu");
        value(tensor.elements()).op('t', 'Q').value(tensor.offset());
        tuple(tensor.shape()).tuple(tensor.strides()).value(false);
        return global("collections", "OrderedDict").op(')', 'R', 't', 'R');
    }

    private PickleBytes tuple(List<Long> numbers) {
        op('(');
        numbers.forEach(this::value);
        return op('t');
    }

    private PickleBytes little(long value, int bytes) {
        out.write(
                ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array(),
                0,
                bytes);
        return this;
    }
}

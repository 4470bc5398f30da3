package io.zigma.convert;

import com.google.errorprone.annotations.FormatMethod;
import io.zigma.convert.PickleValue.Bool;
import io.zigma.convert.PickleValue.Dictionary;
import io.zigma.convert.PickleValue.Instance;
import io.zigma.convert.PickleValue.Int;
import io.zigma.convert.PickleValue.Items;
import io.zigma.convert.PickleValue.None;
import io.zigma.convert.PickleValue.Real;
import io.zigma.convert.PickleValue.Scalar;
import io.zigma.convert.PickleValue.Text;
import io.zigma.io.SafetensorsHeader;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads pickles that PyTorch wrote, and no others: a stack machine of the opcodes that occur in
 * checkpoints (Python's {@code pickletools} describes them), over the allow-list {@link
 * PickleGlobal}.
 *
 * <p>Nothing is ever executed: what Python would call is looked up in the allow-list and turned
 * into data here. Time and memory are bounded by the number of opcodes and the size of the input.
 */
public final class PickleReader {

    /** The largest published model with its optimiser has about 120,000. */
    private static final int MOST_STEPS = 1_000_000;

    private static final int OLDEST_PROTOCOL = 2;
    private static final int NEWEST_PROTOCOL = 5;

    private static final int PROTO = 0x80;
    private static final int FRAME = 0x95;
    private static final int STOP = '.';
    private static final int MARK = '(';
    private static final int NONE = 'N';
    private static final int NEWTRUE = 0x88;
    private static final int NEWFALSE = 0x89;
    private static final int BININT = 'J';
    private static final int BININT1 = 'K';
    private static final int BININT2 = 'M';
    private static final int LONG1 = 0x8a;
    private static final int BINFLOAT = 'G';
    private static final int BINUNICODE = 'X';
    private static final int SHORT_BINUNICODE = 0x8c;
    private static final int EMPTY_LIST = ']';
    private static final int APPEND = 'a';
    private static final int APPENDS = 'e';
    private static final int EMPTY_TUPLE = ')';
    private static final int TUPLE1 = 0x85;
    private static final int TUPLE2 = 0x86;
    private static final int TUPLE3 = 0x87;
    private static final int TUPLE = 't';
    private static final int EMPTY_DICT = '}';
    private static final int SETITEM = 's';
    private static final int SETITEMS = 'u';
    private static final int BINPUT = 'q';
    private static final int LONG_BINPUT = 'r';
    private static final int MEMOIZE = 0x94;
    private static final int BINGET = 'h';
    private static final int LONG_BINGET = 'j';
    private static final int GLOBAL = 'c';
    private static final int STACK_GLOBAL = 0x93;
    private static final int BINPERSID = 'Q';
    private static final int REDUCE = 'R';
    private static final int NEWOBJ = 0x81;
    private static final int BUILD = 'b';

    private final PickleInput input;
    private final List<PickleValue> stack = new ArrayList<>();
    private final Deque<Integer> marks = new ArrayDeque<>();
    private final Map<Long, PickleValue> memo = new HashMap<>();
    private final Map<String, TorchStorage> storages = new LinkedHashMap<>();
    private int steps;
    private long at;

    public PickleReader(PickleInput input) {
        this.input = input;
    }

    /** The storages that pickles named so far, by key. */
    Map<String, TorchStorage> storages() {
        return Collections.unmodifiableMap(storages);
    }

    /**
     * Reads the next pickle.
     *
     * @return the value it describes
     * @throws TorchException if it is cut off, damaged, or asks for more than a checkpoint needs
     * @throws IOException if reading fails
     */
    public PickleValue read() throws IOException {
        stack.clear();
        marks.clear();
        memo.clear();
        for (int opcode = next(); opcode != STOP; opcode = next()) {
            execute(opcode);
        }
        PickleValue result = pop();
        if (!stack.isEmpty() || !marks.isEmpty()) {
            throw refuse("the pickle ends with values left over");
        }
        return result;
    }

    private int next() throws IOException {
        at = input.offset();
        if (++steps > MOST_STEPS) {
            throw refuse("more than %d opcodes; no checkpoint needs so many", MOST_STEPS);
        }
        return input.unsignedByte();
    }

    private void execute(int opcode) throws IOException {
        switch (opcode) {
            case PROTO -> requireKnownProtocol(input.unsignedByte());
            // frames only help to read ahead
            case FRAME -> input.longInteger();
            case MARK -> marks.push(stack.size());
            case NONE -> push(None.NONE);
            case NEWTRUE -> push(new Bool(true));
            case NEWFALSE -> push(new Bool(false));
            case BININT -> push(Int.of(input.integer()));
            case BININT1 -> push(Int.of(input.unsignedByte()));
            case BININT2 -> push(Int.of(input.unsignedShort()));
            case LONG1 -> push(new Int(bigInteger(input.bytes(input.unsignedByte()))));
            case BINFLOAT -> push(new Real(input.real()));
            case BINUNICODE -> push(new Text(input.text(input.unsignedInteger())));
            case SHORT_BINUNICODE -> push(new Text(input.text(input.unsignedByte())));
            case EMPTY_LIST -> push(Items.list());
            case APPEND -> append(List.of(pop()));
            case APPENDS -> append(popToMark());
            case EMPTY_TUPLE -> push(Items.tuple(List.of()));
            case TUPLE1 -> pushTuple(1);
            case TUPLE2 -> pushTuple(2);
            case TUPLE3 -> pushTuple(3);
            case TUPLE -> push(Items.tuple(popToMark()));
            case EMPTY_DICT -> push(new Dictionary());
            case SETITEM -> setItems(popped(2));
            case SETITEMS -> setItems(popToMark());
            case BINPUT -> memo.put((long) input.unsignedByte(), top());
            case LONG_BINPUT -> memo.put(input.unsignedInteger(), top());
            case MEMOIZE -> memo.put((long) memo.size(), top());
            case BINGET -> push(remembered(input.unsignedByte()));
            case LONG_BINGET -> push(remembered(input.unsignedInteger()));
            case GLOBAL -> push(global(input.line(), input.line()));
            case STACK_GLOBAL -> stackGlobal();
            case BINPERSID -> push(storage(pop()));
            case REDUCE -> reduce();
            case NEWOBJ -> newObject();
            case BUILD -> build();
            default ->
                    throw refuse(
                            "byte 0x%02x is no pickle opcode that checkpoints need; is this a PyTorch checkpoint?",
                            opcode);
        }
    }

    private void requireKnownProtocol(int protocol) throws TorchException {
        if (protocol < OLDEST_PROTOCOL || protocol > NEWEST_PROTOCOL) {
            throw refuse("pickle protocol %d is unknown", protocol);
        }
    }

    /** Little-endian two's complement, as LONG1 has it; no bytes are 0. */
    private static BigInteger bigInteger(byte[] littleEndian) {
        byte[] bigEndian = new byte[littleEndian.length + 1];
        for (int i = 0; i < littleEndian.length; i++) {
            bigEndian[littleEndian.length - i] = littleEndian[i];
        }
        bigEndian[0] = (byte) (littleEndian.length == 0 ? 0 : bigEndian[1] >> 7);
        return new BigInteger(bigEndian);
    }

    // ---- the stack

    private void push(PickleValue value) {
        stack.add(value);
    }

    private PickleValue top() throws TorchException {
        if (stack.size() <= (marks.isEmpty() ? 0 : marks.peek())) {
            throw refuse("an opcode lacks its values; the file is damaged");
        }
        return stack.get(stack.size() - 1);
    }

    private PickleValue pop() throws TorchException {
        PickleValue top = top();
        stack.remove(stack.size() - 1);
        return top;
    }

    /** Takes so many values off, the deepest first. */
    private List<PickleValue> popped(int count) throws TorchException {
        List<PickleValue> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            values.add(pop());
        }
        Collections.reverse(values);
        return values;
    }

    private List<PickleValue> popToMark() throws TorchException {
        if (marks.isEmpty()) {
            throw refuse("an opcode lacks its mark; the file is damaged");
        }
        List<PickleValue> above = stack.subList(marks.pop(), stack.size());
        List<PickleValue> values = List.copyOf(above);
        above.clear();
        return values;
    }

    private void pushTuple(int count) throws TorchException {
        push(Items.tuple(popped(count)));
    }

    private void append(List<PickleValue> values) throws TorchException {
        if (!(top() instanceof Items list) || list.isTuple()) {
            throw refuse("items are added to what is no list");
        }
        values.forEach(list::add);
    }

    private void setItems(List<PickleValue> keysAndValues) throws TorchException {
        if (!(top() instanceof Dictionary dictionary) || keysAndValues.size() % 2 != 0) {
            throw refuse("entries are added to what is no dictionary");
        }
        for (int i = 0; i < keysAndValues.size(); i += 2) {
            if (!(keysAndValues.get(i) instanceof Scalar key)) {
                throw refuse("a dictionary's key is neither text nor number");
            }
            dictionary.put(key, keysAndValues.get(i + 1));
        }
    }

    private PickleValue remembered(long number) throws TorchException {
        PickleValue value = memo.get(number);
        if (value == null) {
            throw refuse("value %d is referred to before it was made", number);
        }
        return value;
    }

    // ---- names and what is made of them

    private PickleGlobal global(String module, String name) throws TorchException {
        return PickleGlobal.find(module, name)
                .orElseThrow(
                        () ->
                                refuse(
                                        "the file asks for %s, which no checkpoint needs; nothing was run",
                                        SafetensorsHeader.shown(module + " " + name)));
    }

    private void stackGlobal() throws TorchException {
        List<PickleValue> names = popped(2);
        if (!(names.get(0) instanceof Text module) || !(names.get(1) instanceof Text name)) {
            throw refuse("a global's name is no text");
        }
        push(global(module.value(), name.value()));
    }

    private void reduce() throws TorchException {
        List<PickleValue> arguments = tuple(pop());
        if (!(pop() instanceof PickleGlobal.Callable function)) {
            throw refuse("something is called that is no function");
        }
        push(
                switch (function) {
                    case ORDERED_DICT, DICT -> emptyDictionary(arguments, 0);
                    // its argument makes values for missing keys, and none is missing here
                    case DEFAULT_DICT -> emptyDictionary(arguments, 1);
                    case REBUILD_TENSOR -> tensor(arguments);
                    case REBUILD_PARAMETER -> parameter(arguments);
                });
    }

    private Dictionary emptyDictionary(List<PickleValue> arguments, int most)
            throws TorchException {
        if (arguments.size() > most) {
            throw refuse("a dictionary is made of %d arguments", arguments.size());
        }
        return new Dictionary();
    }

    private void newObject() throws TorchException {
        List<PickleValue> arguments = tuple(pop());
        if (!(pop() instanceof PickleGlobal.PlainClass type) || !arguments.isEmpty()) {
            throw refuse("an object is made that no checkpoint needs");
        }
        push(new Instance(type));
    }

    private void build() throws TorchException {
        if (!(pop() instanceof Dictionary state)) {
            throw refuse("an object's state is no dictionary");
        }
        PickleValue target = top();
        if (target instanceof Instance instance) {
            instance.setFields(state);
        } else if (!(target instanceof Dictionary)) {
            // a state_dict carries version numbers of its modules in this way; nobody needs them
            throw refuse("a state is given to what is no object");
        }
    }

    /** ('storage', class, key, device, number of elements), in legacy files also a view of it. */
    private TorchStorage storage(PickleValue id) throws TorchException {
        List<PickleValue> parts = tuple(id);
        if (parts.size() < 5
                || parts.size() > 6
                || !parts.get(0).equals(new Text("storage"))
                || !(parts.get(1) instanceof PickleGlobal.StorageClass storageClass)
                || !(parts.get(2) instanceof Text key)
                || parts.size() == 6 && parts.get(5) != None.NONE) {
            throw refuse("a reference to a storage is damaged or of an unknown kind");
        }
        try {
            TorchStorage storage =
                    new TorchStorage(storageClass.type(), key.value(), number(parts.get(4)));
            TorchStorage before = storages.putIfAbsent(key.value(), storage);
            if (before != null && !before.equals(storage)) {
                throw refuse(
                        "storage %s is described in two ways",
                        SafetensorsHeader.shown(key.value()));
            }
            return storage;
        } catch (IllegalArgumentException e) {
            throw refuse("%s", e.getMessage());
        }
    }

    /** (storage, offset, shape, strides, requires_grad, hooks), metadata since PyTorch 2. */
    private TorchTensor tensor(List<PickleValue> arguments) throws TorchException {
        if (arguments.size() < 6
                || arguments.size() > 7
                || !(arguments.get(0) instanceof TorchStorage storage)) {
            throw refuse("a tensor is made of unknown arguments");
        }
        try {
            return new TorchTensor(
                    storage,
                    number(arguments.get(1)),
                    numbers(arguments.get(2)),
                    numbers(arguments.get(3)));
        } catch (IllegalArgumentException e) {
            throw refuse("%s", e.getMessage());
        }
    }

    /** (tensor, requires_grad, hooks). */
    private TorchTensor parameter(List<PickleValue> arguments) throws TorchException {
        if (arguments.size() != 3 || !(arguments.get(0) instanceof TorchTensor tensor)) {
            throw refuse("a parameter is made of unknown arguments");
        }
        return tensor;
    }

    private List<PickleValue> tuple(PickleValue value) throws TorchException {
        if (value instanceof Items items && items.isTuple()) {
            return items.items();
        }
        throw refuse("arguments are no tuple");
    }

    private List<Long> numbers(PickleValue value) throws TorchException {
        List<Long> numbers = new ArrayList<>();
        for (PickleValue item : tuple(value)) {
            numbers.add(number(item));
        }
        return numbers;
    }

    private long number(PickleValue value) throws TorchException {
        if (value instanceof Int number && number.value().bitLength() < Long.SIZE) {
            return number.value().longValue();
        }
        throw refuse("a size is no whole number of 64 bits");
    }

    @FormatMethod
    private TorchException refuse(String sentence, Object... parts) {
        return input.refuse(at, sentence, parts);
    }
}

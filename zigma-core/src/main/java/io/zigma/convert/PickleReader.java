package io.zigma.convert;

import com.google.errorprone.annotations.FormatMethod;
import io.zigma.convert.PickleValue.Bool;
import io.zigma.convert.PickleValue.Bytes;
import io.zigma.convert.PickleValue.Dictionary;
import io.zigma.convert.PickleValue.Instance;
import io.zigma.convert.PickleValue.Int;
import io.zigma.convert.PickleValue.Items;
import io.zigma.convert.PickleValue.None;
import io.zigma.convert.PickleValue.NumpyType;
import io.zigma.convert.PickleValue.Opaque;
import io.zigma.convert.PickleValue.Real;
import io.zigma.convert.PickleValue.Scalar;
import io.zigma.convert.PickleValue.Text;
import io.zigma.io.SafetensorsHeader;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads pickles that PyTorch wrote, and no others: a stack machine of the opcodes that occur in
 * checkpoints (Python's {@code pickletools} describes them), over the names of {@link
 * PickleGlobal}.
 *
 * <p>Nothing is ever executed: what Python would call is looked up there and converted to data
 * here, or to a {@link PickleValue.Opaque} for what is not read. Time and memory are bounded by the
 * number of opcodes and the size of the input.
 */
public final class PickleReader {

    /** The largest published model with its optimiser has about 120,000. */
    private static final int MOST_STEPS = 1_000_000;

    /** Bytes of an integer; texts may be as long as the file. */
    private static final int LONGEST_NUMBER = 1024;

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
    private static final int LONG4 = 0x8b;
    private static final int BINFLOAT = 'G';
    private static final int BINUNICODE = 'X';
    private static final int SHORT_BINUNICODE = 0x8c;
    private static final int BINUNICODE8 = 0x8d;
    private static final int BINSTRING = 'T';
    private static final int SHORT_BINSTRING = 'U';
    private static final int BINBYTES = 'B';
    private static final int SHORT_BINBYTES = 'C';
    private static final int BINBYTES8 = 0x8e;
    private static final int BYTEARRAY8 = 0x96;
    private static final int EMPTY_SET = 0x8f;
    private static final int ADDITEMS = 0x90;
    private static final int FROZENSET = 0x91;
    private static final int POP = '0';
    private static final int POP_MARK = '1';
    private static final int DUP = '2';
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
    private static final int NEWOBJ_EX = 0x92;
    private static final int BUILD = 'b';

    private final PickleInput input;
    private final List<PickleValue> stack = new ArrayList<>();
    private final Deque<Integer> marks = new ArrayDeque<>();
    private final Map<Long, PickleValue> memo = new HashMap<>();
    private final Map<String, TorchStorage> storages = new LinkedHashMap<>();
    private final Set<String> foreign = new LinkedHashSet<>();
    private int steps;
    private long at;

    /**
     * Makes a reader of one pickle.
     *
     * @param input at its first opcode
     */
    public PickleReader(PickleInput input) {
        this.input = input;
    }

    /** The storages named so far, by key. */
    Map<String, TorchStorage> storages() {
        return Collections.unmodifiableMap(storages);
    }

    /** The names so far of unknown libraries or programs. */
    Set<String> foreign() {
        return Collections.unmodifiableSet(foreign);
    }

    /**
     * Reads the next pickle.
     *
     * @return the value it describes
     * @throws TorchException if it is cut off, damaged, or refers to more than a checkpoint needs
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
            // frames are only for reading ahead
            case FRAME -> input.longInteger();
            case MARK -> marks.push(stack.size());
            case NONE -> push(None.NONE);
            case NEWTRUE -> push(new Bool(true));
            case NEWFALSE -> push(new Bool(false));
            case BININT -> push(Int.of(input.integer()));
            case BININT1 -> push(Int.of(input.unsignedByte()));
            case BININT2 -> push(Int.of(input.unsignedShort()));
            case LONG1 -> push(new Int(bigInteger(input.bytes(input.unsignedByte()))));
            case LONG4 -> push(new Int(bigInteger(input.bytes(shortLength()))));
            case BINFLOAT -> push(new Real(input.real()));
            case BINUNICODE -> push(new Text(input.text(input.unsignedInteger())));
            case SHORT_BINUNICODE -> push(new Text(input.text(input.unsignedByte())));
            case BINUNICODE8 -> push(new Text(input.text(input.longInteger())));
            // the texts of Python 2, in which bytes beyond ASCII are no letters
            case SHORT_BINSTRING -> push(string(input.bytes(input.unsignedByte())));
            case BINSTRING -> push(string(input.bytes(input.integer())));
            case SHORT_BINBYTES -> push(new Bytes(input.bytes(input.unsignedByte())));
            case BINBYTES -> push(new Bytes(input.bytes(input.unsignedInteger())));
            case BINBYTES8, BYTEARRAY8 -> push(new Bytes(input.bytes(input.longInteger())));
            case EMPTY_SET -> push(new Opaque("builtins set"));
            case ADDITEMS -> addItems(popToMark());
            case FROZENSET -> {
                popToMark();
                push(new Opaque("builtins frozenset"));
            }
            case POP -> discard();
            case POP_MARK -> popToMark();
            case DUP -> push(top());
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
            case NEWOBJ -> newObject(tuple(pop()), 0);
            case NEWOBJ_EX -> newObjectWithNames();
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

    /** Little-endian two's complement, as in LONG1; no bytes are 0. */
    private static BigInteger bigInteger(byte[] littleEndian) {
        byte[] bigEndian = new byte[littleEndian.length + 1];
        for (int i = 0; i < littleEndian.length; i++) {
            bigEndian[littleEndian.length - i] = littleEndian[i];
        }
        bigEndian[0] = (byte) (littleEndian.length == 0 ? 0 : bigEndian[1] >> 7);
        return new BigInteger(bigEndian);
    }

    private long shortLength() throws IOException {
        int length = input.integer();
        if (length < 0 || length > LONGEST_NUMBER) {
            throw refuse("a number of %d bytes is none that a checkpoint needs", length);
        }
        return length;
    }

    private static PickleValue string(byte[] bytes) {
        for (byte b : bytes) {
            if (b < 0) {
                return new Bytes(bytes);
            }
        }
        return new Text(new String(bytes, StandardCharsets.US_ASCII));
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

    /** Pops so many values, the deepest first. */
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

    /** Python's POP also removes a mark that nothing is above. */
    private void discard() throws TorchException {
        if (!marks.isEmpty() && marks.peek() == stack.size()) {
            marks.pop();
        } else {
            pop();
        }
    }

    private void addItems(List<PickleValue> ignored) throws TorchException {
        if (!(top() instanceof Opaque)) {
            throw refuse("items are added to what is no set");
        }
    }

    private void append(List<PickleValue> values) throws TorchException {
        if (top() instanceof Opaque) {
            return;
        }
        if (!(top() instanceof Items list) || list.isTuple()) {
            throw refuse("items are added to what is no list");
        }
        values.forEach(list::add);
    }

    private void setItems(List<PickleValue> keysAndValues) throws TorchException {
        if (top() instanceof Opaque && keysAndValues.size() % 2 == 0) {
            return;
        }
        if (!(top() instanceof Dictionary dictionary) || keysAndValues.size() % 2 != 0) {
            throw refuse("entries are added to what is no dictionary");
        }
        for (int i = 0; i < keysAndValues.size(); i += 2) {
            if (keysAndValues.get(i) instanceof Scalar key) {
                dictionary.put(key, keysAndValues.get(i + 1));
            } else {
                dictionary.leaveOut();
            }
        }
    }

    private PickleValue remembered(long number) throws TorchException {
        PickleValue value = memo.get(number);
        if (value == null) {
            throw refuse("value %d is referred to before it was made", number);
        }
        return value;
    }

    // ---- names and their objects

    private PickleGlobal global(String module, String name) throws TorchException {
        PickleGlobal global =
                PickleGlobal.find(module, name)
                        .orElseThrow(
                                () ->
                                        refuse(
                                                "the file refers to %s, which no checkpoint needs; nothing was run",
                                                SafetensorsHeader.shown(module + " " + name)));
        if (global instanceof PickleGlobal.Foreign) {
            foreign.add(global.spelling());
        }
        return global;
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
        PickleValue callee = pop();
        if (callee instanceof PickleGlobal.Unread || callee instanceof PickleGlobal.Foreign) {
            push(new Opaque(((PickleGlobal) callee).spelling()));
            return;
        }
        if (!(callee instanceof PickleGlobal.Callable function)) {
            throw refuse("something is called that is no function");
        }
        push(
                switch (function) {
                    case ORDERED_DICT, DICT -> dictionary(arguments);
                    // its argument creates values for missing keys, and none is missing here
                    case DEFAULT_DICT -> emptyDictionary(arguments, 1);
                    case REBUILD_TENSOR -> tensor(arguments);
                    case REBUILD_PARAMETER -> parameter(arguments, 3);
                    case REBUILD_PARAMETER_WITH_STATE -> parameter(arguments, 4);
                    case REBUILD_FROM_TYPE -> tensorOfType(arguments);
                    case ENCODE -> encoded(arguments);
                    case NUMPY_TYPE -> numpyType(arguments);
                    case NUMPY_SCALAR, NUMPY_2_SCALAR -> NumpyScalar.read(function, arguments);
                });
    }

    /** Empty, or of one list of pairs, as Python 2 saved ordered dictionaries. */
    private Dictionary dictionary(List<PickleValue> arguments) throws TorchException {
        if (arguments.size() != 1 || !(arguments.get(0) instanceof Items pairs)) {
            return emptyDictionary(arguments, 0);
        }
        Dictionary dictionary = new Dictionary();
        for (PickleValue pair : pairs.items()) {
            if (!(pair instanceof Items two) || two.items().size() != 2) {
                throw refuse("a dictionary is made of what are no pairs");
            }
            if (two.items().get(0) instanceof Scalar key) {
                dictionary.put(key, two.items().get(1));
            } else {
                dictionary.leaveOut();
            }
        }
        return dictionary;
    }

    private Dictionary emptyDictionary(List<PickleValue> arguments, int most)
            throws TorchException {
        if (arguments.size() > most) {
            throw refuse("a dictionary is made of %d arguments", arguments.size());
        }
        return new Dictionary();
    }

    /** (text, 'latin1'): each letter is a byte. */
    private PickleValue encoded(List<PickleValue> arguments) throws TorchException {
        if (arguments.size() != 2
                || !(arguments.get(0) instanceof Text text)
                || !arguments.get(1).equals(new Text("latin1"))) {
            throw refuse("bytes are made of unknown arguments");
        }
        return new Bytes(text.value().getBytes(StandardCharsets.ISO_8859_1));
    }

    /** (code, align, copy) such as ('f8', False, True); structures have lists for codes. */
    private static PickleValue numpyType(List<PickleValue> arguments) {
        return !arguments.isEmpty() && arguments.get(0) instanceof Text code
                ? new NumpyType(code.value())
                : new Opaque(PickleGlobal.Callable.NUMPY_TYPE.spelling());
    }

    private void newObject(List<PickleValue> arguments, int names) throws TorchException {
        PickleValue type = pop();
        if (type instanceof PickleGlobal.PlainClass plain && arguments.isEmpty() && names == 0) {
            push(new Instance(plain));
        } else if (type instanceof PickleGlobal.ScriptClass && arguments.isEmpty() && names == 0) {
            push(new ScriptModule());
        } else if (type instanceof PickleGlobal.Unread || type instanceof PickleGlobal.Foreign) {
            push(new Opaque(((PickleGlobal) type).spelling()));
        } else {
            throw refuse("an object is made that no checkpoint needs");
        }
    }

    private void newObjectWithNames() throws TorchException {
        if (!(pop() instanceof Dictionary names)) {
            throw refuse("named arguments are no dictionary");
        }
        newObject(tuple(pop()), names.entries().size());
    }

    private void build() throws TorchException {
        PickleValue state = pop();
        PickleValue target = top();
        if (target instanceof Opaque) {
            return;
        }
        if (target instanceof NumpyType type) {
            // (version, byte order, …)
            type.setBigEndian(
                    state instanceof Items parts
                            && parts.items().size() > 1
                            && parts.items().get(1).equals(new Text(">")));
            return;
        }
        if (!(state instanceof Dictionary fields)) {
            throw refuse("an object's state is no dictionary");
        }
        if (target instanceof Instance instance) {
            instance.setFields(fields);
        } else if (target instanceof ScriptModule module) {
            module.setAttributes(fields);
        } else if (!(target instanceof Dictionary)) {
            // a state_dict has version numbers of its modules in this form; they are not needed
            throw refuse("a state is given to what is no object");
        }
    }

    /** ('storage', class, key, device, number of elements), in legacy files also a view of it. */
    private PickleValue storage(PickleValue id) throws TorchException {
        List<PickleValue> parts = tuple(id);
        if (parts.size() < 5
                || parts.size() > 6
                || !parts.get(0).equals(new Text("storage"))
                || !(parts.get(2) instanceof Text key)
                || parts.size() == 6 && parts.get(5) != None.NONE) {
            throw refuse("a reference to a storage is damaged or of an unknown kind");
        }
        if (parts.get(1) instanceof PickleGlobal.Unread unread) {
            return new Opaque(unread.spelling());
        }
        if (!(parts.get(1) instanceof PickleGlobal.StorageClass storageClass)) {
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
    private PickleValue tensor(List<PickleValue> arguments) throws TorchException {
        if (arguments.size() >= 6 && arguments.get(0) instanceof Opaque unread) {
            return unread;
        }
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

    /** (tensor, requires_grad, hooks), and a fourth where it has attributes of its own. */
    private PickleValue parameter(List<PickleValue> arguments, int count) throws TorchException {
        if (arguments.size() == count && arguments.get(0) instanceof Opaque unread) {
            return unread;
        }
        if (arguments.size() != count || !(arguments.get(0) instanceof TorchTensor tensor)) {
            throw refuse("a parameter is made of unknown arguments");
        }
        return tensor;
    }

    /** (function, class, its arguments, attributes): a tensor that has attributes of its own. */
    private PickleValue tensorOfType(List<PickleValue> arguments) throws TorchException {
        if (arguments.size() != 4) {
            throw refuse("a tensor is made of unknown arguments");
        }
        List<PickleValue> parts = tuple(arguments.get(2));
        if (arguments.get(0) == PickleGlobal.Callable.REBUILD_TENSOR) {
            return tensor(parts);
        }
        if (arguments.get(0) == PickleGlobal.Callable.REBUILD_PARAMETER) {
            return parameter(parts, 3);
        }
        throw refuse("a tensor is made of unknown arguments");
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

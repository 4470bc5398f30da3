package io.zigma.convert;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a pickle may refer to by name. Nothing of it is ever executed: the few names that weights
 * need are converted to data here, and the others are placeholders for something that is not read.
 *
 * <p>The names that are read are those that PyTorch and the official training program write:
 * tensors and ordered dictionaries, and the program's arguments as OmegaConf or argparse objects.
 * What training programs often save beside the weights ({@link Unread}, {@link Foreign}) is
 * skipped. Any other name of Python's library, PyTorch or NumPy is refused, for no checkpoint needs
 * it and attacks do.
 */
sealed interface PickleGlobal extends PickleValue {

    /** All that is read, by module and name with a space between them. */
    Map<String, PickleGlobal> ALLOWED =
            Stream.of(
                            Arrays.stream(TorchType.values()).map(StorageClass::new),
                            Arrays.stream(Callable.values()),
                            Arrays.stream(PlainClass.values()),
                            Arrays.stream(TypeName.values()))
                    .flatMap(Function.<Stream<? extends PickleGlobal>>identity())
                    .collect(Collectors.toUnmodifiableMap(PickleGlobal::spelling, g -> g));

    /**
     * Finds what a name refers to.
     *
     * @param module the module's dotted name
     * @param name the name in it
     * @return the global, or empty if the name is not allowed
     */
    static Optional<PickleGlobal> find(String module, String name) {
        // Python 3's builtins was __builtin__ in Python 2, and still is in protocol 2
        String home = module.equals("__builtin__") ? "builtins" : module;
        String spelling = home + " " + name;
        PickleGlobal allowed = ALLOWED.get(spelling);
        if (allowed != null) {
            return Optional.of(allowed);
        }
        if (Unread.NAMES.contains(spelling) || Unread.PATTERN.matcher(spelling).matches()) {
            return Optional.of(new Unread(spelling));
        }
        if (home.equals(ScriptClass.ROOT) || home.startsWith(ScriptClass.ROOT + ".")) {
            return Optional.of(new ScriptClass(spelling));
        }
        return PythonLibrary.has(home) ? Optional.empty() : Optional.of(new Foreign(spelling));
    }

    /** Module and name with a space between them. */
    String spelling();

    /** The class of a storage, which determines its element type. */
    record StorageClass(TorchType type) implements PickleGlobal {

        @Override
        public String spelling() {
            return "torch " + type.storageClass();
        }
    }

    /** Functions that may be called; {@link PickleReader} implements them. */
    enum Callable implements PickleGlobal {
        ORDERED_DICT("collections OrderedDict"),
        DEFAULT_DICT("collections defaultdict"),
        DICT("builtins dict"),
        REBUILD_TENSOR("torch._utils _rebuild_tensor_v2"),
        REBUILD_PARAMETER("torch._utils _rebuild_parameter"),
        REBUILD_PARAMETER_WITH_STATE("torch._utils _rebuild_parameter_with_state"),
        REBUILD_FROM_TYPE("torch._tensor _rebuild_from_type_v2"),
        /** How protocol 2 stores bytes, as texts. */
        ENCODE("_codecs encode"),
        NUMPY_TYPE("numpy dtype"),
        NUMPY_SCALAR("numpy.core.multiarray scalar"),
        /** {@link #NUMPY_SCALAR} since NumPy 2. */
        NUMPY_2_SCALAR("numpy._core.multiarray scalar");

        private final String spelling;

        Callable(String spelling) {
            this.spelling = spelling;
        }

        @Override
        public String spelling() {
            return spelling;
        }
    }

    /** Classes whose objects are read as their fields. */
    enum PlainClass implements PickleGlobal {
        NAMESPACE("argparse Namespace"),
        DICT_CONFIG("omegaconf.dictconfig DictConfig"),
        LIST_CONFIG("omegaconf.listconfig ListConfig"),
        ANY_NODE("omegaconf.nodes AnyNode"),
        BOOLEAN_NODE("omegaconf.nodes BooleanNode"),
        FLOAT_NODE("omegaconf.nodes FloatNode"),
        INTEGER_NODE("omegaconf.nodes IntegerNode"),
        STRING_NODE("omegaconf.nodes StringNode"),
        METADATA("omegaconf.base Metadata"),
        CONTAINER_METADATA("omegaconf.base ContainerMetadata");

        private final String spelling;

        PlainClass(String spelling) {
            this.spelling = spelling;
        }

        @Override
        public String spelling() {
            return spelling;
        }
    }

    /** Types in OmegaConf's metadata; they are ignored. */
    enum TypeName implements PickleGlobal {
        ANY("typing Any"),
        LIST("builtins list"),
        BOOL("builtins bool"),
        INT("builtins int"),
        FLOAT("builtins float"),
        STR("builtins str");

        private final String spelling;

        TypeName(String spelling) {
            this.spelling = spelling;
        }

        @Override
        public String spelling() {
            return spelling;
        }
    }

    /** A class of a TorchScript program; its objects are {@link ScriptModule}s. */
    record ScriptClass(String spelling) implements PickleGlobal {

        /** The module that all of them are in. */
        private static final String ROOT = "__torch__";
    }

    /**
     * Something harmless of Python's library, PyTorch or NumPy that is saved beside weights; its
     * objects are {@link PickleValue.Opaque}.
     */
    record Unread(String spelling) implements PickleGlobal {

        private static final Set<String> NAMES =
                Set.of(
                        "builtins set",
                        "builtins frozenset",
                        "builtins tuple",
                        "builtins complex",
                        "builtins bytes",
                        "builtins bytearray",
                        "builtins slice",
                        "builtins range",
                        "builtins xrange",
                        "builtins long",
                        "builtins unicode",
                        "builtins object",
                        "builtins Ellipsis",
                        "builtins NotImplemented",
                        "collections deque",
                        "collections Counter",
                        "collections ChainMap",
                        "collections UserDict",
                        "collections UserList",
                        "datetime date",
                        "datetime datetime",
                        "datetime time",
                        "datetime timedelta",
                        "datetime timezone",
                        "decimal Decimal",
                        "fractions Fraction",
                        "functools partial",
                        "re _compile",
                        "time struct_time",
                        "types SimpleNamespace",
                        "uuid UUID",
                        "uuid SafeUUID",
                        "ipaddress IPv4Address",
                        "ipaddress IPv6Address",
                        "random Random",
                        "torch Size",
                        "torch device",
                        "torch.serialization _get_layout",
                        "torch.storage UntypedStorage",
                        "torch.storage TypedStorage",
                        "torch Tensor",
                        "torch._C Generator");

        private static final Pattern PATTERN =
                Pattern.compile(
                        "torch (q?u?int\\d+(x\\d+)?|short|int|long|half|float|double|bfloat16|bool"
                                + "|float\\d+(_\\w+)?|complex\\d+|c(half|float|double)|bits\\d\\w*"
                                + "|contiguous_format|channels_last(_3d)?|preserve_format)"
                                + "|torch [A-Z]\\w*Storage"
                                // lists and dictionaries among a TorchScript module's attributes
                                + "|torch\\.jit\\._pickle (build_\\w+list|restore_type_tag)"
                                + "|pathlib(\\._local)? (Pure)?(Posix|Windows)?Path"
                                + "|typing [A-Z]\\w*"
                                + "|numpy (ndarray|bool_?|(u?int|float|complex)\\d*[cp_]?|generic|str_|bytes_"
                                + "|datetime64|timedelta64|longdouble|u?longlong)"
                                + "|numpy\\._?core\\.multiarray _reconstruct"
                                + "|numpy\\._?core\\.numeric _frombuffer"
                                + "|numpy\\.dtypes \\w+DType"
                                + "|numpy\\.random\\._pickle __(randomstate|generator|bit_generator)_ctor"
                                + "|numpy\\.random\\._\\w+ (MT19937|PCG64|PCG64DXSM|Philox|SFC64)"
                                + "|numpy\\.random\\.bit_generator \\w*SeedSequence");
    }

    /**
     * Something of a library that is not known here, or of the training program itself; it is
     * skipped, and an import reports it.
     */
    record Foreign(String spelling) implements PickleGlobal {}
}

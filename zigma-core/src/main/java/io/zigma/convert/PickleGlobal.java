package io.zigma.convert;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a pickle may refer to by name: the whole allow-list. A name that is not here is refused when
 * it is met, before anything could be made of it.
 *
 * <p>The names are those that PyTorch and the official training program write: tensors and ordered
 * dictionaries, and the program's arguments as OmegaConf or argparse objects.
 */
sealed interface PickleGlobal extends PickleValue {

    /** All that is allowed, by module and name with a space between them. */
    Map<String, PickleGlobal> ALLOWED =
            Stream.of(
                            Arrays.stream(TorchType.values()).map(StorageClass::new),
                            Arrays.stream(Callable.values()),
                            Arrays.stream(PlainClass.values()),
                            Arrays.stream(TypeName.values()))
                    .flatMap(Function.<Stream<? extends PickleGlobal>>identity())
                    .collect(Collectors.toUnmodifiableMap(PickleGlobal::spelling, g -> g));

    /**
     * Finds what a name stands for.
     *
     * @param module the module's dotted name
     * @param name the name in it
     * @return the allowed global, or empty if there is none of that name
     */
    static Optional<PickleGlobal> find(String module, String name) {
        // what Python 3 calls builtins was __builtin__ in Python 2, and still is in protocol 2
        String home = module.equals("__builtin__") ? "builtins" : module;
        return Optional.ofNullable(ALLOWED.get(home + " " + name));
    }

    /** Module and name with a space between them. */
    String spelling();

    /** The class of a storage, which says what its elements are. */
    record StorageClass(TorchType type) implements PickleGlobal {

        @Override
        public String spelling() {
            return "torch " + type.storageClass();
        }
    }

    /** What may be called; {@link PickleReader} knows what comes of it. */
    enum Callable implements PickleGlobal {
        ORDERED_DICT("collections OrderedDict"),
        DEFAULT_DICT("collections defaultdict"),
        DICT("builtins dict"),
        REBUILD_TENSOR("torch._utils _rebuild_tensor_v2"),
        REBUILD_PARAMETER("torch._utils _rebuild_parameter");

        private final String spelling;

        Callable(String spelling) {
            this.spelling = spelling;
        }

        @Override
        public String spelling() {
            return spelling;
        }
    }

    /** Classes whose objects are kept as their fields. */
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

    /** Types that OmegaConf's metadata mentions; nothing is made of them. */
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
}

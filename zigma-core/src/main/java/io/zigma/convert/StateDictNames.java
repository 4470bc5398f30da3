package io.zigma.convert;

import io.zigma.io.ShapedTensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The names of a state_dict, without the prefixes of wrapping modules. */
final class StateDictNames {

    /**
     * The names of wrapped modules: DistributedDataParallel and AveragedModel, {@code
     * torch.compile}, FullyShardedDataParallel, activation checkpointing, Lightning's Fabric, and
     * Opacus. They wrap a model, its blocks or parts of them, one around the other in any order.
     */
    private static final Set<String> WRAPPERS =
            Set.of(
                    "module",
                    "_orig_mod",
                    "_fsdp_wrapped_module",
                    "_fpw_module",
                    "_checkpoint_wrapped_module",
                    "_forward_module",
                    "_module");

    private StateDictNames() {}

    /**
     * Removes the wrappers from a name, wherever they are in it.
     *
     * @param name such as {@code _orig_mod.module.blocks.0._checkpoint_wrapped_module.norm.weight}
     * @return such as {@code blocks.0.norm.weight}; the name itself if nothing would be left
     */
    static String unwrapped(String name) {
        List<String> steps =
                Arrays.stream(name.split("\\.", -1))
                        .filter(step -> !WRAPPERS.contains(step))
                        .toList();
        return steps.isEmpty() ? name : String.join(".", steps);
    }

    /**
     * Removes the wrappers from all names. Where two would become the same, one stays as it is, so
     * that it is reported as surplus.
     */
    static <T> Map<String, T> unwrapped(Map<String, T> tensors) {
        Map<String, T> unwrapped = new LinkedHashMap<>();
        tensors.forEach(
                (name, tensor) -> {
                    String plain = unwrapped(name);
                    boolean taken =
                            !plain.equals(name)
                                    && (tensors.containsKey(plain) || unwrapped.containsKey(plain));
                    unwrapped.put(taken ? name : plain, tensor);
                });
        return unwrapped;
    }

    /** Returns the sides of every tensor by its name without wrappers. */
    static Map<String, long[]> shapes(Map<String, ? extends ShapedTensor> tensors) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        unwrapped(tensors).forEach((name, tensor) -> shapes.put(name, tensor.sides()));
        return shapes;
    }
}

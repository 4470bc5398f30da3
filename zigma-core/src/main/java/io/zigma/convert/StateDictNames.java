package io.zigma.convert;

import java.util.LinkedHashMap;
import java.util.Map;

/** The names of a state_dict, as they are and as they were saved by a parallel training. */
final class StateDictNames {

    // put before every name by PyTorch's DistributedDataParallel
    private static final String WRAPPER = "module.";

    private StateDictNames() {}

    /** Takes the wrapper's prefix off where every name has it. */
    static <T> Map<String, T> unwrapped(Map<String, T> tensors) {
        if (!tensors.keySet().stream().allMatch(name -> name.startsWith(WRAPPER))) {
            return tensors;
        }
        Map<String, T> unwrapped = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> unwrapped.put(name.substring(WRAPPER.length()), tensor));
        return unwrapped;
    }
}

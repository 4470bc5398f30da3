package io.zigma.convert;

import java.util.List;
import java.util.Map;

/**
 * Tensors of a file that have the names of a model's parameters, below one place in the file.
 *
 * @param keys the dictionaries that lead there, from the outermost on
 * @param prefix what stands before each name, from the outermost step on, without wrappers
 * @param average whether it is a moving average over the training steps, by the words on the way
 * @param tensors the parameters by official name, then under their own names what else there is
 * @param unread parameters that are something else than tensors, by official name
 * @param found how many of the parameters there are
 * @param <T> how the file describes a tensor
 */
record WeightSet<T>(
        List<String> keys,
        List<String> prefix,
        boolean average,
        Map<String, T> tensors,
        Map<String, String> unread,
        int found) {

    WeightSet {
        keys = List.copyOf(keys);
        prefix = List.copyOf(prefix);
    }

    /** How deep it lies. */
    int depth() {
        return keys.size() + prefix.size();
    }

    /** The place as a user would write it, empty if the file is nothing but these tensors. */
    String place() {
        return prefix.isEmpty()
                ? String.join(".", keys)
                : String.join(".", keys)
                        + (keys.isEmpty() ? "" : ".")
                        + String.join(".", prefix)
                        + ".*";
    }
}

package io.zigma.convert;

import java.util.List;
import java.util.Map;

/**
 * Tensors of a file that have the names of a model's parameters, below one point in the file.
 *
 * @param keys of the dictionaries, from the outermost on
 * @param prefix of each name, from the outermost part on, without wrappers
 * @param average whether these are EMA weights, by the words in keys and prefix
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

    /** The depth of its keys and prefix. */
    int depth() {
        return keys.size() + prefix.size();
    }

    /** The keys and prefix in dotted notation, empty if the file contains only these tensors. */
    String place() {
        return prefix.isEmpty()
                ? String.join(".", keys)
                : String.join(".", keys)
                        + (keys.isEmpty() ? "" : ".")
                        + String.join(".", prefix)
                        + ".*";
    }
}

package io.zigma.convert;

import io.zigma.convert.PickleValue.Dictionary;
import io.zigma.convert.PickleValue.Text;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A module of a TorchScript program, read as its attributes; its code is not read, and nothing of
 * it is run.
 */
final class ScriptModule implements PickleValue {

    /** No network has its modules nested so deep. */
    private static final int DEEPEST = 64;

    private Dictionary attributes = new Dictionary();

    void setAttributes(Dictionary attributes) {
        this.attributes = attributes;
    }

    /**
     * Returns what PyTorch calls the module's state_dict: all tensors of the module and those in
     * it, their names joined by dots.
     *
     * @return tensors by name, and nothing else
     */
    Dictionary state() {
        Dictionary state = new Dictionary();
        collect(this, "", 0, state, Collections.newSetFromMap(new IdentityHashMap<>()));
        return state;
    }

    private static void collect(
            ScriptModule module,
            String prefix,
            int depth,
            Dictionary state,
            Set<ScriptModule> seen) {
        // a module that is there twice has the same tensors, and one in itself would have no end
        if (depth > DEEPEST || !seen.add(module)) {
            return;
        }
        for (Map.Entry<Scalar, PickleValue> attribute : module.attributes.entries()) {
            if (!(attribute.getKey() instanceof Text name)) {
                continue;
            }
            if (attribute.getValue() instanceof TorchTensor tensor) {
                state.put(new Text(prefix + name.value()), tensor);
            } else if (attribute.getValue() instanceof ScriptModule inner) {
                collect(inner, prefix + name.value() + ".", depth + 1, state, seen);
            }
        }
    }
}

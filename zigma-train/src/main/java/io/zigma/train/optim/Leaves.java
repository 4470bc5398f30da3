package io.zigma.train.optim;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.ParameterStore;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Parameters as one forward and backward pass sees them: arrays of their own over the parameters'
 * memory, where this pass leaves its gradients. A fresh array takes its first gradient over as it
 * is, while one that has a gradient would add to it; and passes of several threads do not meet.
 */
final class Leaves extends ParameterStore {

    private final Map<String, Parameter> parameters;
    private final Map<Parameter, NDArray> arrays = new IdentityHashMap<>();
    private final NDManager owner;

    /**
     * Makes the arrays; outside any {@code NDScope}, which would close them.
     *
     * @param parameters by name; those that need no gradient are returned as they are
     * @param values what the parameters are in this pass, by name; without a value it is what they
     *     hold
     * @param owner of the arrays and their gradients
     */
    Leaves(Map<String, Parameter> parameters, Map<String, NDArray> values, NDManager owner) {
        super(owner, false);
        this.parameters = parameters;
        this.owner = owner;
        parameters.forEach(
                (name, parameter) -> {
                    NDArray value = values.get(name);
                    arrays.put(
                            parameter,
                            array(parameter, value == null ? parameter.getArray() : value));
                });
    }

    private NDArray array(Parameter parameter, NDArray value) {
        if (!parameter.requiresGradient()) {
            return value;
        }
        PtNDArray leaf = JniUtils.detachGradient((PtNDArray) value);
        leaf.attach(owner);
        leaf.setRequiresGradient(true);
        return leaf;
    }

    @Override
    public NDArray getValue(Parameter parameter, Device device, boolean training) {
        NDArray array = arrays.get(parameter);
        if (array == null) {
            throw new IllegalArgumentException(
                    "%s is not a parameter of this pass".formatted(parameter.getName()));
        }
        return array;
    }

    /**
     * Returns the gradients that backward left.
     *
     * @return a gradient of the parameter's shape under the name of each that needs one, in the
     *     order of the parameters; zeros where nothing flowed
     */
    Map<String, NDArray> gradients() {
        Map<String, NDArray> gradients = new LinkedHashMap<>();
        parameters.forEach(
                (name, parameter) -> {
                    if (parameter.requiresGradient()) {
                        NDArray leaf = getValue(parameter, owner.getDevice(), true);
                        NDArray gradient = JniUtils.getGradient((PtNDArray) leaf);
                        gradients.put(name, gradient == null ? leaf.zerosLike() : gradient);
                    }
                });
        return Collections.unmodifiableMap(gradients);
    }
}

package io.zigma.train.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Access to the gradients that backward left in the parameters. */
public final class Gradients {

    private Gradients() {}

    /**
     * Returns the gradients themselves (no copies), owned by the given manager.
     *
     * <p>DJL hands a gradient to its parameter's manager, where it would stay until the model
     * closes; here it goes with the step.
     *
     * @param parameters arrays that require a gradient, by name
     * @param manager owner of the returned handles
     * @return a gradient of the parameter's shape under each name, in the same order
     */
    public static Map<String, NDArray> of(Map<String, NDArray> parameters, NDManager manager) {
        Map<String, NDArray> gradients = new LinkedHashMap<>();
        parameters.forEach(
                (name, parameter) -> {
                    NDArray gradient = parameter.getGradient();
                    gradient.attach(manager);
                    gradients.put(name, gradient);
                });
        return Collections.unmodifiableMap(gradients);
    }

    /**
     * Sets all gradients to zero, whatever they hold (NaN included), so that the next backward
     * starts afresh.
     *
     * @param parameters arrays that require a gradient, by name
     */
    public static void zero(Map<String, NDArray> parameters) {
        parameters.values().forEach(parameter -> JniUtils.zeroGrad((PtNDArray) parameter));
    }
}

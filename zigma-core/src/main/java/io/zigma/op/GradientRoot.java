package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import org.jspecify.annotations.Nullable;

/**
 * A tape's own handle of an array that gradients flow to.
 *
 * @param array the same tensor as the caller's, not a view: gradients of a leaf arrive there
 * @param kind how gradients reach it
 * @param accumulator where its gradients are accumulated first, or null if they are propagated at
 *     once
 */
record GradientRoot(PtNDArray array, Kind kind, GradientAccumulator.@Nullable Slot accumulator) {

    enum Kind {
        /** Needs no gradient. */
        CONSTANT,
        /** A parameter, or the result of an earlier cut. */
        LEAF,
        /** The result of an operation that the engine recorded. */
        INNER
    }

    /** Makes a handle that lives as long as the keeper. */
    static GradientRoot of(
            NDArray array, NDManager keeper, GradientAccumulator.@Nullable Slot accumulator) {
        return new GradientRoot(handle(array, keeper), kindOf(array), accumulator);
    }

    boolean needsGradient() {
        return kind != Kind.CONSTANT;
    }

    /** Returns a leaf with the memory of an array, which needs a gradient if the array does. */
    static PtNDArray leaf(NDArray array) {
        PtNDArray leaf = JniUtils.detachGradient((PtNDArray) array);
        if (kindOf(array) != Kind.CONSTANT) {
            leaf.setRequiresGradient(true);
        }
        return leaf;
    }

    /** Returns a second handle of the same tensor, which lives as long as the keeper. */
    static PtNDArray handle(NDArray array, NDManager keeper) {
        // a conversion to its own type and device returns the tensor itself
        PtNDArray shared = JniUtils.to((PtNDArray) array, array.getDataType(), array.getDevice());
        NDScope.unregister(shared);
        shared.attach(keeper);
        return shared;
    }

    /**
     * Returns how gradients reach an array. DJL reports only whether a leaf needs one; but a view
     * of an array is a leaf exactly if nothing is recorded for that array.
     */
    static Kind kindOf(NDArray array) {
        if (JniUtils.requiresGrad((PtNDArray) array)) {
            return Kind.LEAF;
        }
        if (!array.getDataType().isFloating()) {
            return Kind.CONSTANT;
        }
        try (PtNDArray view = (PtNDArray) array.reshape(array.getShape())) {
            NDScope.unregister(view);
            JniUtils.attachGradient(view, true);
            return JniUtils.requiresGrad(view) ? Kind.CONSTANT : Kind.INNER;
        }
    }
}

package io.zigma.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.zigma.op.Bfloat16;
import io.zigma.op.DenseProduct;
import io.zigma.op.GradientTape;
import io.zigma.op.Precision;
import org.jspecify.annotations.Nullable;

/** A fully connected layer on the last axis, y = x·Wᵀ + b, with W (out, in) as in PyTorch. */
public final class Dense extends UnaryBlock {

    /** Thinner matrices gain less by rounding than the rounding of the tokens costs. */
    private static final int WORTH_ROUNDING = 128;

    private final int inputs;
    private final int outputs;
    private final Parameter weight;
    private final @Nullable Parameter bias;
    private final RoundedWeight rounded = new RoundedWeight();

    /**
     * Creates a layer.
     *
     * @param inputs size of the last axis of the input
     * @param outputs size of the last axis of the output
     * @param biased whether b is there
     */
    public Dense(int inputs, int outputs, boolean biased) {
        this(inputs, outputs, biased, outputs, inputs);
    }

    private Dense(int inputs, int outputs, boolean biased, long... shape) {
        this.inputs = inputs;
        this.outputs = outputs;
        weight = parameter("weight", Parameter.Type.WEIGHT, shape);
        bias = biased ? parameter("bias", Parameter.Type.BIAS, outputs) : null;
    }

    /**
     * Creates a layer whose weight has the shape of a convolution of one token's width, PyTorch's
     * {@code Conv1d} with a kernel of 1: (out, in, 1). It is the same product.
     *
     * @param inputs size of the last axis of the input
     * @param outputs size of the last axis of the output
     * @return the layer, with b
     */
    public static Dense pointwise(int inputs, int outputs) {
        return new Dense(inputs, outputs, true, outputs, inputs, 1);
    }

    /**
     * Applies the layer.
     *
     * @param pass parameter values and randomness of this forward pass
     * @param x (…, in)
     * @return (…, out)
     */
    @Override
    public NDArray apply(Pass pass, NDArray x) {
        NDArray shift = bias(pass, x);
        NDArray lower = rounded.get(pass);
        if (lower != null) {
            return Bfloat16.multiply(x, lower, shift);
        }
        if (trainsRounded(pass, x)) {
            return Bfloat16.multiplyRecorded(x, weight(pass, x), shift);
        }
        return Bfloat16.isRounded(x)
                ? Bfloat16.multiply(x, weight(pass, x), shift)
                : DenseProduct.apply(x, weight(pass, x), shift);
    }

    /**
     * Applies the layer so that the first and the second half of the outputs are separate arrays.
     * Their gradients go back together, or the engine would widen each half of the weight's
     * gradient with zeros and add the two.
     *
     * @param pass parameter values and randomness of this forward pass
     * @param x (…, in)
     * @return two of (…, out / 2), in bfloat16 where that is handed on ({@link
     *     Bfloat16#staysRounded})
     */
    public NDList applyHalves(Pass pass, NDArray x) {
        NDArray shift = bias(pass, x);
        NDArray lower = rounded.get(pass);
        if (lower != null && Bfloat16.staysRounded(x)) {
            NDArray both = Bfloat16.multiplyRounded(x, lower, shift); // (…, out)
            return both.split(2, x.getShape().dimension() - 1);
        }
        if (trainsRounded(pass, x) && shift == null) {
            NDList both = Bfloat16.multiplyHalvesRecorded(x, weight(pass, x));
            GradientTape.join(both);
            return both;
        }
        NDList shifts = shift == null ? null : shift.split(2); // (out / 2)
        NDList weights = (lower == null ? weight(pass, x) : lower).split(2);
        NDList halves = new NDList(2);
        for (int i = 0; i < 2; i++) {
            NDArray part = shifts == null ? null : shifts.get(i);
            if (lower != null) {
                halves.add(Bfloat16.multiply(x, weights.get(i), part));
            } else if (trainsRounded(pass, x)) {
                halves.add(Bfloat16.multiplyRecorded(x, weights.get(i), part));
            } else {
                halves.add(DenseProduct.apply(x, weights.get(i), part));
            }
        }
        GradientTape.join(halves);
        return halves;
    }

    @Override
    public void setPrecision(Precision precision) {
        rounded.set(isWorthRounding() ? precision : Precision.FLOAT32, matrix(weight.getArray()));
    }

    /**
     * Tokens are rounded in training, and not what conditions them, of which an image has a row.
     */
    private boolean trainsRounded(Pass pass, NDArray x) {
        return pass.trainsInBfloat16() && isWorthRounding() && x.getShape().dimension() > 2;
    }

    private boolean isWorthRounding() {
        return Math.min(inputs, outputs) >= WORTH_ROUNDING;
    }

    /** Returns W (out, in) as it was before any rounding. */
    NDArray weight(Pass pass, NDArray like) {
        return matrix(value(pass, weight, like));
    }

    private NDArray matrix(NDArray values) {
        return values.getShape().dimension() == 2 ? values : values.reshape(outputs, inputs);
    }

    /** Returns b (out), or null for a layer without one. */
    @Nullable NDArray bias(Pass pass, NDArray like) {
        return bias == null ? null : value(pass, bias, like);
    }

    @Override
    public OperationCount operations(long vectors) {
        return OperationCount.ofMatrixProducts(vectors * weight.getShape().size());
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        Shape input = inputShapes[0];
        return new Shape[] {input.slice(0, input.dimension() - 1).add(outputs)};
    }
}

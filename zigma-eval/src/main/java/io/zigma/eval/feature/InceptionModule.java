package io.zigma.eval.feature;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.pooling.Pool;
import io.zigma.nn.Pass;
import io.zigma.nn.UnaryBlock;
import io.zigma.op.Scratch;

/**
 * Branches side by side on the same input, their channels one after the other in the output
 * (Szegedy et al. 2016, figures 5 to 7 and 10; channels and names as in torchvision's {@code
 * inception.py}).
 */
abstract class InceptionModule extends UnaryBlock {

    private static final Shape THREE = new Shape(3, 3);
    private static final Shape ONE = new Shape(1, 1);

    /** Creates a module without branches. */
    InceptionModule() {}

    /** Adds a unit whose output has the input's size. */
    final InceptionUnit same(String name, int inputs, int outputs, int height, int width) {
        return child(name, InceptionUnit.same(inputs, outputs, height, width));
    }

    /** Adds a 3 × 3 unit that halves the size and adds no zeros. */
    final InceptionUnit halving(String name, int inputs, int outputs) {
        return child(name, InceptionUnit.valid(inputs, outputs, 2));
    }

    /** Returns the branches' outputs (B, each, H′, W′) in their order. */
    abstract NDList branches(Pass pass, NDArray x);

    /**
     * Applies the module.
     *
     * @param pass parameter values and randomness of this forward pass
     * @param x (B, in, H, W)
     * @return (B, out, H′, W′)
     */
    @Override
    public final NDArray apply(Pass pass, NDArray x) {
        return Scratch.freed(() -> NDArrays.concat(branches(pass, x), 1));
    }

    /** Applies units one after the other. */
    static NDArray chain(Pass pass, NDArray x, InceptionUnit... units) {
        NDArray y = x;
        for (InceptionUnit unit : units) {
            y = unit.apply(pass, y);
        }
        return y;
    }

    /**
     * Returns the mean over each place's neighbours, 3 × 3 or what there is of them at an edge:
     * TensorFlow leaves padding out of the mean, torchvision does not.
     */
    static NDArray mean(NDArray x) {
        // DJL's PyTorch engine includes the padding whatever the option says, so that is corrected
        // here
        NDArray padded = Pool.avgPool2d(x, THREE, ONE, ONE, false, true);
        int height = Math.toIntExact(x.size(2));
        int width = Math.toIntExact(x.size(3));
        float[] factors = new float[height * width];
        for (int i = 0; i < factors.length; i++) {
            factors[i] = 9f / (neighbours(i / width, height) * neighbours(i % width, width));
        }
        return padded.mul(x.getManager().create(factors, new Shape(1, 1, height, width)));
    }

    /** Returns how many places there are from one before to one behind a place. */
    private static int neighbours(int place, int length) {
        return Math.min(place + 1, length - 1) - Math.max(place - 1, 0) + 1;
    }

    /** Returns the largest of each place's 3 × 3 neighbours, at the same size. */
    static NDArray largest(NDArray x) {
        return Pool.maxPool2d(x, THREE, ONE, ONE, false);
    }

    /** Returns the largest of every second place's 3 × 3 neighbours, none of them outside. */
    static NDArray halved(NDArray x) {
        return Pool.maxPool2d(x, THREE, new Shape(2, 2), new Shape(0, 0), false);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        Shape in = inputShapes[0];
        long height = halves() ? (in.get(2) - 3) / 2 + 1 : in.get(2);
        long width = halves() ? (in.get(3) - 3) / 2 + 1 : in.get(3);
        return new Shape[] {new Shape(in.get(0), outputs(), height, width)};
    }

    /** Returns the channels of the output. */
    abstract int outputs();

    /** Returns whether the output is half as high and wide. */
    boolean halves() {
        return false;
    }
}

package io.zigma.eval.feature;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import io.zigma.nn.Pass;
import io.zigma.nn.UnaryBlock;
import io.zigma.op.Scratch;

/**
 * Four branches side by side on the same input, their channels one after the other in the output:
 * GoogLeNet's module (Szegedy et al. 2015, figure 2b) with a third dimension. Names are those of
 * pytorch-i3d.
 */
final class I3dModule extends UnaryBlock {

    private static final SamePadding NEIGHBOURS =
            new SamePadding(new Shape(3, 3, 3), new Shape(1, 1, 1));

    private final int outputs;
    private final I3dUnit point;
    private final I3dUnit first1;
    private final I3dUnit first2;
    private final I3dUnit second1;
    private final I3dUnit second2;
    private final I3dUnit pool;

    /**
     * Creates a module.
     *
     * @param inputs channels that come in
     * @param point channels of the branch without neighbours
     * @param reduced1 channels in the middle of the first branch with neighbours
     * @param first channels of that branch
     * @param reduced2 channels in the middle of the second
     * @param second channels of that branch
     * @param pool channels of the branch of largest values
     */
    I3dModule(int inputs, int point, int reduced1, int first, int reduced2, int second, int pool) {
        outputs = point + first + second + pool;
        this.point = child("b0", new I3dUnit(inputs, point, 1, 1));
        first1 = child("b1a", new I3dUnit(inputs, reduced1, 1, 1));
        first2 = child("b1b", new I3dUnit(reduced1, first, 3, 1));
        second1 = child("b2a", new I3dUnit(inputs, reduced2, 1, 1));
        second2 = child("b2b", new I3dUnit(reduced2, second, 3, 1));
        this.pool = child("b3b", new I3dUnit(inputs, pool, 1, 1));
    }

    /** Returns the channels of the output. */
    int outputs() {
        return outputs;
    }

    /**
     * Applies the module.
     *
     * @param pass parameter values and randomness of this forward pass
     * @param x (B, in, T, H, W), nothing below 0
     * @return (B, out, T, H, W), nothing below 0
     */
    @Override
    public NDArray apply(Pass pass, NDArray x) {
        return Scratch.freed(
                () ->
                        NDArrays.concat(
                                new NDList(
                                        point.apply(pass, x),
                                        first2.apply(pass, first1.apply(pass, x)),
                                        second2.apply(pass, second1.apply(pass, x)),
                                        pool.apply(pass, NEIGHBOURS.largest(x))),
                                1));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {NEIGHBOURS.output(inputShapes[0], outputs)};
    }
}

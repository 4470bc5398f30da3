package io.zigma.eval.feature;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import io.zigma.nn.Pass;

/** The modules of the 8 × 8 grid, whose branches fork (figure 7 of the paper). */
final class InceptionE extends InceptionModule {

    /** What the pooling branch takes of each place's neighbours. */
    enum Pooling {
        /** The mean, in the first module. */
        MEAN,
        /**
         * The largest, in the last module of the network that Fréchet distances are computed with;
         * every other Inception takes the mean there too.
         */
        LARGEST
    }

    private final Pooling pooling;
    private final InceptionUnit single;
    private final InceptionUnit three1;
    private final InceptionUnit three2a;
    private final InceptionUnit three2b;
    private final InceptionUnit double1;
    private final InceptionUnit double2;
    private final InceptionUnit double3a;
    private final InceptionUnit double3b;
    private final InceptionUnit pool;

    InceptionE(int inputs, Pooling pooling) {
        this.pooling = pooling;
        single = same("branch1x1", inputs, 320, 1, 1);
        three1 = same("branch3x3_1", inputs, 384, 1, 1);
        three2a = same("branch3x3_2a", 384, 384, 1, 3);
        three2b = same("branch3x3_2b", 384, 384, 3, 1);
        double1 = same("branch3x3dbl_1", inputs, 448, 1, 1);
        double2 = same("branch3x3dbl_2", 448, 384, 3, 3);
        double3a = same("branch3x3dbl_3a", 384, 384, 1, 3);
        double3b = same("branch3x3dbl_3b", 384, 384, 3, 1);
        pool = same("branch_pool", inputs, 192, 1, 1);
    }

    @Override
    NDList branches(Pass pass, NDArray x) {
        NDArray three = chain(pass, x, three1);
        NDArray two = chain(pass, x, double1, double2);
        return new NDList(
                chain(pass, x, single),
                fork(pass, three, three2a, three2b),
                fork(pass, two, double3a, double3b),
                chain(pass, pooling == Pooling.MEAN ? mean(x) : largest(x), pool));
    }

    private static NDArray fork(Pass pass, NDArray x, InceptionUnit one, InceptionUnit other) {
        return NDArrays.concat(new NDList(chain(pass, x, one), chain(pass, x, other)), 1);
    }

    @Override
    int outputs() {
        return 320 + 2 * 384 + 2 * 384 + 192;
    }
}

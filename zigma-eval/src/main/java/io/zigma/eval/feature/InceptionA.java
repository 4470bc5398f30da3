package io.zigma.eval.feature;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.zigma.nn.Pass;

/** The modules of the 35 × 35 grid (figure 5 of the paper, its first 3 × 3 pair being a 5 × 5). */
final class InceptionA extends InceptionModule {

    private final int poolOutputs;
    private final InceptionUnit single;
    private final InceptionUnit five1;
    private final InceptionUnit five2;
    private final InceptionUnit double1;
    private final InceptionUnit double2;
    private final InceptionUnit double3;
    private final InceptionUnit pool;

    InceptionA(int inputs, int poolOutputs) {
        this.poolOutputs = poolOutputs;
        single = same("branch1x1", inputs, 64, 1, 1);
        five1 = same("branch5x5_1", inputs, 48, 1, 1);
        five2 = same("branch5x5_2", 48, 64, 5, 5);
        double1 = same("branch3x3dbl_1", inputs, 64, 1, 1);
        double2 = same("branch3x3dbl_2", 64, 96, 3, 3);
        double3 = same("branch3x3dbl_3", 96, 96, 3, 3);
        pool = same("branch_pool", inputs, poolOutputs, 1, 1);
    }

    @Override
    NDList branches(Pass pass, NDArray x) {
        return new NDList(
                chain(pass, x, single),
                chain(pass, x, five1, five2),
                chain(pass, x, double1, double2, double3),
                chain(pass, mean(x), pool));
    }

    @Override
    int outputs() {
        return 64 + 64 + 96 + poolOutputs;
    }
}

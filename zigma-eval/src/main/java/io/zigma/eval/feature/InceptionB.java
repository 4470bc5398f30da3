package io.zigma.eval.feature;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.zigma.nn.Pass;

/** From the 35 × 35 grid to the 17 × 17 grid (figure 10 of the paper). */
final class InceptionB extends InceptionModule {

    private final int inputs;
    private final InceptionUnit single;
    private final InceptionUnit double1;
    private final InceptionUnit double2;
    private final InceptionUnit double3;

    InceptionB(int inputs) {
        this.inputs = inputs;
        single = halving("branch3x3", inputs, 384);
        double1 = same("branch3x3dbl_1", inputs, 64, 1, 1);
        double2 = same("branch3x3dbl_2", 64, 96, 3, 3);
        double3 = halving("branch3x3dbl_3", 96, 96);
    }

    @Override
    NDList branches(Pass pass, NDArray x) {
        return new NDList(
                chain(pass, x, single), chain(pass, x, double1, double2, double3), halved(x));
    }

    @Override
    int outputs() {
        return 384 + 96 + inputs;
    }

    @Override
    boolean halves() {
        return true;
    }
}

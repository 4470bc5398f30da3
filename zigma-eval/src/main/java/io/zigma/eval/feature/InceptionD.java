package io.zigma.eval.feature;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.zigma.nn.Pass;

/** From the 17 × 17 grid to the 8 × 8 grid. */
final class InceptionD extends InceptionModule {

    private final int inputs;
    private final InceptionUnit three1;
    private final InceptionUnit three2;
    private final InceptionUnit seven1;
    private final InceptionUnit seven2;
    private final InceptionUnit seven3;
    private final InceptionUnit seven4;

    InceptionD(int inputs) {
        this.inputs = inputs;
        three1 = same("branch3x3_1", inputs, 192, 1, 1);
        three2 = halving("branch3x3_2", 192, 320);
        seven1 = same("branch7x7x3_1", inputs, 192, 1, 1);
        seven2 = same("branch7x7x3_2", 192, 192, 1, 7);
        seven3 = same("branch7x7x3_3", 192, 192, 7, 1);
        seven4 = halving("branch7x7x3_4", 192, 192);
    }

    @Override
    NDList branches(Pass pass, NDArray x) {
        return new NDList(
                chain(pass, x, three1, three2),
                chain(pass, x, seven1, seven2, seven3, seven4),
                halved(x));
    }

    @Override
    int outputs() {
        return 320 + 192 + inputs;
    }

    @Override
    boolean halves() {
        return true;
    }
}

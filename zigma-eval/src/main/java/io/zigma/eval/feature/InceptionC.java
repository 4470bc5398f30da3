package io.zigma.eval.feature;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.zigma.nn.Pass;

/** The modules of the 17 × 17 grid: 7 × 7 as 1 × 7 and 7 × 1 (figure 6 of the paper). */
final class InceptionC extends InceptionModule {

    private final InceptionUnit single;
    private final InceptionUnit seven1;
    private final InceptionUnit seven2;
    private final InceptionUnit seven3;
    private final InceptionUnit double1;
    private final InceptionUnit double2;
    private final InceptionUnit double3;
    private final InceptionUnit double4;
    private final InceptionUnit double5;
    private final InceptionUnit pool;

    InceptionC(int inputs, int inner) {
        single = same("branch1x1", inputs, 192, 1, 1);
        seven1 = same("branch7x7_1", inputs, inner, 1, 1);
        seven2 = same("branch7x7_2", inner, inner, 1, 7);
        seven3 = same("branch7x7_3", inner, 192, 7, 1);
        double1 = same("branch7x7dbl_1", inputs, inner, 1, 1);
        double2 = same("branch7x7dbl_2", inner, inner, 7, 1);
        double3 = same("branch7x7dbl_3", inner, inner, 1, 7);
        double4 = same("branch7x7dbl_4", inner, inner, 7, 1);
        double5 = same("branch7x7dbl_5", inner, 192, 1, 7);
        pool = same("branch_pool", inputs, 192, 1, 1);
    }

    @Override
    NDList branches(Pass pass, NDArray x) {
        return new NDList(
                chain(pass, x, single),
                chain(pass, x, seven1, seven2, seven3),
                chain(pass, x, double1, double2, double3, double4, double5),
                chain(pass, mean(x), pool));
    }

    @Override
    int outputs() {
        return 4 * 192;
    }
}

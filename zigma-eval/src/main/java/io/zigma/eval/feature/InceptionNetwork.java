package io.zigma.eval.feature;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.pooling.Pool;
import io.zigma.nn.Dense;
import io.zigma.nn.Pass;
import io.zigma.nn.UnaryBlock;
import io.zigma.op.Scratch;
import java.util.ArrayList;
import java.util.List;

/**
 * Inception v3 (Szegedy et al. 2016, table 1) in the variant that Fréchet distances are computed
 * with: TensorFlow's network of 2015-12-05 with 1008 outputs, its means without padding and its
 * last module with a largest instead of a mean. Names are those of torchvision and pytorch-fid.
 */
final class InceptionNetwork extends UnaryBlock {

    /** Side of the pictures it takes. */
    static final int SIDE = 299;

    /** Features of a picture. */
    static final int FEATURES = 2048;

    /** Outputs of the last layer, eight of which are no class. */
    static final int LOGITS = 1008;

    private final InceptionUnit stem1;
    private final InceptionUnit stem2;
    private final InceptionUnit stem3;
    private final InceptionUnit stem4;
    private final InceptionUnit stem5;
    private final List<InceptionModule> modules = new ArrayList<>();
    private final Dense head;

    InceptionNetwork() {
        stem1 = child("Conv2d_1a_3x3", InceptionUnit.valid(3, 32, 2));
        stem2 = child("Conv2d_2a_3x3", InceptionUnit.valid(32, 32, 1));
        stem3 = child("Conv2d_2b_3x3", InceptionUnit.same(32, 64, 3, 3));
        stem4 = child("Conv2d_3b_1x1", InceptionUnit.same(64, 80, 1, 1));
        stem5 = child("Conv2d_4a_3x3", InceptionUnit.valid(80, 192, 1));
        add("Mixed_5b", new InceptionA(192, 32));
        add("Mixed_5c", new InceptionA(256, 64));
        add("Mixed_5d", new InceptionA(288, 64));
        add("Mixed_6a", new InceptionB(288));
        add("Mixed_6b", new InceptionC(768, 128));
        add("Mixed_6c", new InceptionC(768, 160));
        add("Mixed_6d", new InceptionC(768, 160));
        add("Mixed_6e", new InceptionC(768, 192));
        add("Mixed_7a", new InceptionD(768));
        add("Mixed_7b", new InceptionE(1280, InceptionE.Pooling.MEAN));
        add("Mixed_7c", new InceptionE(2048, InceptionE.Pooling.LARGEST));
        head = child("fc", new Dense(FEATURES, LOGITS, true));
    }

    private void add(String name, InceptionModule module) {
        modules.add(child(name, module));
    }

    /** Gives all parameters their first values. */
    void initialize(NDManager manager) {
        initialize(manager, DataType.FLOAT32, new Shape(1, Photographs.CHANNELS, SIDE, SIDE));
    }

    /**
     * Computes features of pictures.
     *
     * @param pass parameter values and randomness of this forward pass
     * @param x (B, 3, 299, 299), about −1 to 1
     * @return (B, 2048)
     */
    NDArray features(Pass pass, NDArray x) {
        return Scratch.freed(
                () -> {
                    NDArray y =
                            InceptionModule.chain(
                                    pass, x, stem1, stem2, stem3); // (B, 64, 147, 147)
                    y = InceptionModule.halved(y); // (B, 64, 73, 73)
                    y = InceptionModule.chain(pass, y, stem4, stem5); // (B, 192, 71, 71)
                    y = InceptionModule.halved(y); // (B, 192, 35, 35)
                    for (InceptionModule module : modules) {
                        y = module.apply(pass, y);
                    }
                    return Pool.globalAvgPool2d(y); // (B, 2048)
                });
    }

    /**
     * Scores the classes.
     *
     * @param pass parameter values and randomness of this forward pass
     * @param features (B, 2048)
     * @return (B, 1008)
     */
    NDArray logits(Pass pass, NDArray features) {
        return head.apply(pass, features);
    }

    @Override
    public NDArray apply(Pass pass, NDArray x) {
        return logits(pass, features(pass, x));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {new Shape(inputShapes[0].get(0), LOGITS)};
    }
}

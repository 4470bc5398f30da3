package io.zigma.eval.feature;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.pooling.Pool;
import io.zigma.nn.Pass;
import io.zigma.nn.UnaryBlock;
import io.zigma.op.Scratch;
import java.util.ArrayList;
import java.util.List;

/**
 * I3D, the inflated Inception of Carreira and Zisserman 2017 ("Quo Vadis, Action Recognition?",
 * figure 3), from clips to the scores of the 400 classes of Kinetics. Names are those of
 * pytorch-i3d.
 */
final class I3dNetwork extends UnaryBlock {

    /** Side of the frames it takes. */
    static final int SIDE = 224;

    /** Classes of Kinetics-400. */
    static final int CLASSES = 400;

    /**
     * Fewest frames: of fewer, time has one place after the three halvings, and no two for a mean.
     */
    static final int FEWEST_FRAMES = 9;

    private static final SamePadding IN_SPACE =
            new SamePadding(new Shape(1, 3, 3), new Shape(1, 2, 2));
    private static final SamePadding IN_BOTH =
            new SamePadding(new Shape(3, 3, 3), new Shape(2, 2, 2));
    private static final SamePadding LAST = new SamePadding(new Shape(2, 2, 2), new Shape(2, 2, 2));

    private final I3dUnit stem1;
    private final I3dUnit stem2;
    private final I3dUnit stem3;
    private final List<I3dModule> third = new ArrayList<>();
    private final List<I3dModule> fourth = new ArrayList<>();
    private final List<I3dModule> fifth = new ArrayList<>();
    private final I3dHead head;

    I3dNetwork() {
        stem1 = child("Conv3d_1a_7x7", new I3dUnit(Photographs.CHANNELS, 64, 7, 2));
        stem2 = child("Conv3d_2b_1x1", new I3dUnit(64, 64, 1, 1));
        stem3 = child("Conv3d_2c_3x3", new I3dUnit(64, 192, 3, 1));
        add(third, "Mixed_3b", new I3dModule(192, 64, 96, 128, 16, 32, 32));
        add(third, "Mixed_3c", new I3dModule(256, 128, 128, 192, 32, 96, 64));
        add(fourth, "Mixed_4b", new I3dModule(480, 192, 96, 208, 16, 48, 64));
        add(fourth, "Mixed_4c", new I3dModule(512, 160, 112, 224, 24, 64, 64));
        add(fourth, "Mixed_4d", new I3dModule(512, 128, 128, 256, 24, 64, 64));
        add(fourth, "Mixed_4e", new I3dModule(512, 112, 144, 288, 32, 64, 64));
        add(fourth, "Mixed_4f", new I3dModule(528, 256, 160, 320, 32, 128, 128));
        add(fifth, "Mixed_5b", new I3dModule(832, 256, 160, 320, 32, 128, 128));
        add(fifth, "Mixed_5c", new I3dModule(832, 384, 192, 384, 48, 128, 128));
        head = child("logits", new I3dHead(1024, CLASSES));
    }

    private void add(List<I3dModule> stage, String name, I3dModule module) {
        stage.add(child(name, module));
    }

    /** Gives all parameters their first values. */
    void initialize(NDManager manager) {
        initialize(manager, DataType.FLOAT32, new Shape(1, Photographs.CHANNELS, 16, SIDE, SIDE));
    }

    /**
     * Scores clips.
     *
     * @param pass parameter values and randomness of this forward pass
     * @param x (B, 3, F, 224, 224) from −1 to 1, at least {@value #FEWEST_FRAMES} frames
     * @return logits (B, 400), averaged over time
     */
    @Override
    public NDArray apply(Pass pass, NDArray x) {
        return Scratch.freed(
                () -> {
                    NDArray y = stem1.apply(pass, x); // (B, 64, F/2, 112, 112)
                    y = IN_SPACE.largest(y); // (B, 64, F/2, 56, 56)
                    y = stem3.apply(pass, stem2.apply(pass, y)); // (B, 192, F/2, 56, 56)
                    y = IN_SPACE.largest(y); // (B, 192, F/2, 28, 28)
                    y = chain(pass, y, third); // (B, 480, F/2, 28, 28)
                    y = IN_BOTH.largest(y); // (B, 480, F/4, 14, 14)
                    y = chain(pass, y, fourth); // (B, 832, F/4, 14, 14)
                    y = LAST.largest(y); // (B, 832, F/8, 7, 7)
                    y = chain(pass, y, fifth); // (B, 1024, F/8, 7, 7)
                    y =
                            Pool.avgPool3d(
                                    y,
                                    new Shape(2, 7, 7),
                                    new Shape(1, 1, 1),
                                    new Shape(0, 0, 0),
                                    false,
                                    true); // (B, 1024, F/8 − 1, 1, 1)
                    return head.apply(pass, y); // (B, 400)
                });
    }

    private static NDArray chain(Pass pass, NDArray x, List<I3dModule> modules) {
        NDArray y = x;
        for (I3dModule module : modules) {
            y = module.apply(pass, y);
        }
        return y;
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {new Shape(inputShapes[0].get(0), CLASSES)};
    }
}

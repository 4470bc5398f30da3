package io.zigma.eval.feature;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.pooling.Pool;
import io.zigma.nn.Dense;
import io.zigma.nn.Pass;
import io.zigma.nn.UnaryBlock;
import java.util.ArrayList;
import java.util.List;

/**
 * A small plain classifier: stages of convolutions, the mean over all places of the last one as
 * features, a linear layer on those as logits. To DJL it is a block from pictures to logits.
 *
 * <p>For clips the stages convolve in space and then in time ({@link ClipStage}).
 */
public final class ConvolutionalNetwork extends UnaryBlock {

    private final ClassifierConfig config;
    private final List<UnaryBlock> stages = new ArrayList<>();
    private final Dense head;

    /**
     * Creates a network without values.
     *
     * @param config its shape
     */
    public ConvolutionalNetwork(ClassifierConfig config) {
        this.config = config;
        int inputs = config.channels();
        for (int i = 0; i < config.widths().size(); i++) {
            int outputs = config.widths().get(i);
            int stride = i == 0 ? 1 : 2;
            UnaryBlock stage =
                    config.frames() > 0
                            // the first stages see fast motion, frame by frame
                            ? new ClipStage(inputs, outputs, stride, i < 2 ? 1 : 2)
                            : new Stage(inputs, outputs, stride);
            stages.add(child("stages." + i, stage));
            inputs = outputs;
        }
        head = child("head", new Dense(inputs, config.labels().size(), true));
    }

    /**
     * Gives all parameters their first values.
     *
     * @param manager owns them
     */
    public void initialize(NDManager manager) {
        initialize(manager, DataType.FLOAT32, config.sample().batch(1));
    }

    /**
     * Computes features of pictures.
     *
     * @param pass parameter values and randomness of this forward pass
     * @param images (B, C, H, W), or (B, F, C, H, W) of clips, from −1 to 1
     * @return features (B, D), none below 0
     */
    public NDArray features(Pass pass, NDArray images) {
        boolean clips = config.frames() > 0;
        NDArray x = clips ? images.transpose(0, 2, 1, 3, 4) : images; // (B, C, F, H, W)
        for (UnaryBlock stage : stages) {
            x = stage.apply(pass, x); // (B, width, H / 2ⁱ, W / 2ⁱ)
        }
        return clips ? Pool.globalAvgPool3d(x) : Pool.globalAvgPool2d(x); // (B, D)
    }

    /**
     * Scores the classes.
     *
     * @param pass parameter values and randomness of this forward pass
     * @param features (B, D) of {@link #features}
     * @return logits (B, classes)
     */
    public NDArray logits(Pass pass, NDArray features) {
        return head.apply(pass, features);
    }

    @Override
    public NDArray apply(Pass pass, NDArray images) {
        return logits(pass, features(pass, images));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {new Shape(inputShapes[0].get(0), config.labels().size())};
    }
}

package io.zigma.eval.feature;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.ParameterStore;
import io.zigma.nn.Dense;
import io.zigma.nn.UnaryBlock;
import java.util.ArrayList;
import java.util.List;

/**
 * A small plain classifier: stages of convolutions, the mean over all places of the last one as
 * features, a linear layer on those as logits. To DJL it is a block from pictures to logits.
 */
public final class ConvolutionalNetwork extends UnaryBlock {

    private final ClassifierConfig config;
    private final List<Stage> stages = new ArrayList<>();
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
            stages.add(child("stages." + i, new Stage(inputs, outputs, i == 0 ? 1 : 2)));
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
        initialize(
                manager,
                DataType.FLOAT32,
                new Shape(1, config.channels(), config.height(), config.width()));
    }

    /**
     * Looks at pictures.
     *
     * @param store where the parameters' values come from
     * @param images (B, C, H, W) from −1 to 1
     * @param training true in a training pass, which needs at least 2 pictures
     * @return features (B, D), none below 0
     */
    public NDArray features(ParameterStore store, NDArray images, boolean training) {
        NDArray x = images;
        for (Stage stage : stages) {
            x = stage.apply(store, x, training); // (B, width, H / 2ⁱ, W / 2ⁱ)
        }
        return Pool.globalAvgPool2d(x); // (B, D)
    }

    /**
     * Scores the classes.
     *
     * @param store where the parameters' values come from
     * @param features (B, D) of {@link #features}
     * @param training true in a training pass
     * @return logits (B, classes)
     */
    public NDArray logits(ParameterStore store, NDArray features, boolean training) {
        return head.apply(store, features, training);
    }

    @Override
    public NDArray apply(ParameterStore store, NDArray images, boolean training) {
        return logits(store, features(store, images, training), training);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {new Shape(inputShapes[0].get(0), config.labels().size())};
    }
}

package io.zigma.eval.feature;

import ai.djl.ndarray.NDArray;
import io.zigma.eval.metric.FeatureMatrix;
import java.util.List;

/** A feature extractor that can also say what is on a picture. */
public interface Classifier extends FeatureExtractor {

    /**
     * Returns the names of the classes.
     *
     * @return one name a class, in the order of the logits
     */
    List<String> labels();

    /**
     * Computes both features and classes of pictures.
     *
     * @param images as in {@link #features}; also pictures whose height and width are both k times
     *     the classifier's own, k a whole number, which are averaged over squares of k × k
     * @return features and logits of the same pictures
     * @throws IllegalArgumentException as {@link #features} does
     */
    ClassifierOutput classify(NDArray images);

    @Override
    default FeatureMatrix features(NDArray images) {
        return classify(images).features();
    }
}

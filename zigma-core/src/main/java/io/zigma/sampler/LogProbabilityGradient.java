package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;

/** The gradient of log p(y | x_t) with respect to x_t, times the guidance scale. */
@FunctionalInterface
public interface LogProbabilityGradient {

    /**
     * Computes the gradient.
     *
     * @param x the noisy batch (B, …); not changed
     * @param modelTime the time that networks of this process are given
     * @return scale·∇ log p(y | x) (B, …), a new array on x's manager
     */
    NDArray at(NDArray x, double modelTime);

    /**
     * Differentiates a classifier for each sample by itself, so that none depends on the others of
     * its batch to the last bit: the engine's kernels round otherwise for other sizes.
     *
     * @param classifier gives logits (1, classes) of a noisy sample (1, …) and its time (1)
     * @param classes one class for each sample (B), int64
     * @param scale the guidance scale; 1 is Bayes' rule
     * @return the gradient of the classes' log-probabilities
     */
    static LogProbabilityGradient each(Network classifier, NDArray classes, double scale) {
        return (x, modelTime) -> {
            NDList samples = x.split(x.size(0));
            NDList labels = classes.split(classes.size(0));
            NDList gradients = new NDList();
            for (int i = 0; i < samples.size(); i++) {
                gradients.add(of(classifier, labels.get(i), scale).at(samples.get(i), modelTime));
            }
            return NDArrays.concat(gradients, 0);
        };
    }

    /**
     * Differentiates a classifier.
     *
     * @param classifier gives logits (B, classes) of noisy samples (B, …) and their times (B)
     * @param classes one class for each sample (B), int64
     * @param scale the guidance scale; 1 is Bayes' rule
     * @return the gradient of the classes' log-probabilities
     */
    static LogProbabilityGradient of(Network classifier, NDArray classes, double scale) {
        return (x, modelTime) -> {
            boolean recorded = JniUtils.isGradMode();
            JniUtils.setGradMode(true);
            try (NDManager scope = x.getManager().newSubManager()) {
                NDArray input = x.stopGradient().duplicate();
                input.attach(scope);
                input.setRequiresGradient(true);
                NDArray times = scope.full(new Shape(x.size(0)), (float) modelTime); // (B)
                NDArray logits = classifier.predict(input, times);
                logits.attach(scope);
                NDArray log = logits.logSoftmax(1);
                NDArray chosen = log.gather(classes.reshape(-1, 1), 1).sum();
                JniUtils.backward((PtNDArray) chosen, (PtNDArray) chosen.onesLike(), false, false);
                JniUtils.setGradMode(false);
                NDArray gradient = input.getGradient().mul(scale);
                gradient.attach(x.getManager());
                return gradient;
            } finally {
                JniUtils.setGradMode(recorded);
            }
        };
    }
}

package io.zigma.diffusion;

import ai.djl.ndarray.NDArray;

/**
 * What training minimises: the squared error of the model's output, averaged over each sample
 * (official {@code Transport.training_losses}).
 *
 * @param path the path to train on
 * @param prediction what the model predicts
 * @param weight how noise and score losses depend on time; a velocity loss takes none and ignores
 *     it
 */
public record TrainingLoss(Interpolant path, Prediction prediction, LossWeight weight) {

    /**
     * Returns the times to draw for this loss, uniformly.
     *
     * @return the interval of {@link TimeInterval#training(Interpolant, Prediction)}
     */
    public TimeInterval interval() {
        return TimeInterval.training(path, prediction);
    }

    /**
     * Returns the loss of each sample; gradients flow to the output.
     *
     * @param output what the model said about {@code sample.at()} (B, …)
     * @param sample the batch from {@link Interpolant#between}
     * @return one loss for each sample (B), on the output's manager
     * @throws IllegalArgumentException if the output's shape is not that of the sample
     */
    public NDArray perSample(NDArray output, Interpolated sample) {
        if (!output.getShape().equals(sample.at().getShape())) {
            throw new IllegalArgumentException(
                    "the model turned %s into %s; training needs the same shape"
                            .formatted(sample.at().getShape(), output.getShape()));
        }
        return switch (prediction) {
            case VELOCITY -> meanSquare(output.sub(sample.target()));
            case NOISE -> weighted(meanSquare(output.sub(sample.noise())), sample.times());
            case SCORE -> {
                try (NDArray scaled = Blend.scale(output, path::sigma, sample.times())) {
                    yield weighted(meanSquare(scaled.add(sample.noise())), sample.times());
                }
            }
        };
    }

    private NDArray weighted(NDArray loss, double[] times) {
        if (weight == LossWeight.NONE) {
            return loss;
        }
        try (loss) {
            return Blend.scale(loss, t -> weight.at(path, t), times); // (B)
        }
    }

    /** Closes the error, which is of no further use. */
    private static NDArray meanSquare(NDArray error) {
        try (error;
                NDArray square = error.square();
                NDArray rows = square.reshape(error.size(0), -1)) { // (B, the rest)
            return rows.mean(new int[] {1}); // (B)
        }
    }
}

package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.diffusion.DiffusionCoefficient;
import io.zigma.diffusion.Interpolant;
import io.zigma.diffusion.Prediction;

/**
 * A model together with what its output means, as the solvers use it. Every result is on x's
 * manager; the model's own intermediate arrays are closed before it returns.
 */
record Dynamics(ModelFunction model, Prediction prediction, Interpolant path) {

    /** Returns the model's output at x and one time for the whole batch. */
    NDArray output(NDArray x, double t) {
        try (NDManager scope = x.getManager().newSubManager()) {
            NDArray input = x.duplicate();
            input.attach(scope);
            NDArray times = scope.full(new Shape(x.size(0)), (float) t); // (B)
            NDArray output = model.predict(input, times);
            if (!output.getShape().equals(x.getShape())) {
                String change = "%s into %s".formatted(x.getShape(), output.getShape());
                output.close();
                throw new IllegalArgumentException(
                        "the model turned " + change + "; sampling needs the same shape");
            }
            output.attach(x.getManager());
            return output;
        }
    }

    /** Returns the velocity of the ODE. */
    NDArray velocity(NDArray x, double t) {
        NDArray output = output(x, t);
        NDArray velocity = prediction.velocity(path, output, x, t);
        if (velocity != output) {
            output.close();
        }
        return velocity;
    }

    /** Returns the data that an output points at. */
    NDArray data(NDArray output, NDArray x, double t) {
        return prediction.data(path, output, x, t);
    }

    /** Returns the drift of the SDE, velocity + w·score. */
    NDArray drift(NDArray output, NDArray x, double t, DiffusionCoefficient diffusion) {
        NDArray velocity = prediction.velocity(path, output, x, t);
        try (NDArray pull = prediction.scaledScore(path, diffusion, output, x, t)) {
            return velocity.add(pull);
        }
    }
}

package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.zigma.diffusion.Denoised;
import io.zigma.diffusion.DiffusionCoefficient;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.Interpolant;

/**
 * A model as a function of the progress from 0 (noise) to 1 (data), as solvers of differential
 * equations use it, independent of the unit of the process's time.
 */
record Flow(Denoiser model, DiffusionProcess process) {

    Interpolant path() {
        return process.path();
    }

    /** The model's estimates at x; everything stays on x's manager. */
    Denoised at(NDArray x, double progress) {
        return model.at(x, process.time(progress));
    }

    /** The velocity of the ODE, on x's manager; all else is closed. */
    NDArray velocity(NDArray x, double progress) {
        try (NDManager scope = x.getManager().newSubManager()) {
            NDArray own = x.duplicate();
            own.attach(scope);
            NDArray velocity = at(own, progress).velocity();
            velocity.attach(x.getManager());
            return velocity;
        }
    }

    /** The drift of the SDE, velocity + w·score; everything stays on x's manager. */
    static NDArray drift(Denoised seen, DiffusionCoefficient diffusion) {
        NDArray velocity = seen.velocity();
        try (NDArray pull = seen.scaledScore(diffusion)) {
            return velocity.add(pull);
        }
    }
}

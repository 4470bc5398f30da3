package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import io.zigma.diffusion.DiffusionCoefficient;

/** Euler–Maruyama: x + h·drift(x, t) + √(2wh)·noise. */
final class EulerMaruyama implements SdeSolver {

    @Override
    public boolean looksAhead() {
        return false;
    }

    @Override
    public Taken step(
            Dynamics dynamics,
            DiffusionCoefficient diffusion,
            NDArray x,
            double t,
            double h,
            NDArray normal) {
        NDArray output = dynamics.output(x, t);
        NDArray mean = x.add(dynamics.drift(output, x, t, diffusion).mul(h));
        double spread = Math.sqrt(2 * diffusion.at(dynamics.path(), t) * h);
        return new Taken(mean.add(normal.mul(spread)), dynamics.data(output, x, t));
    }
}

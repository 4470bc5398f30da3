package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import io.zigma.diffusion.Denoised;
import io.zigma.diffusion.DiffusionCoefficient;

/** Euler–Maruyama: x + h·drift(x, t) + √(2wh)·noise. */
final class EulerMaruyama implements SdeSolver {

    @Override
    public boolean looksAhead() {
        return false;
    }

    @Override
    public Taken step(
            Flow flow,
            DiffusionCoefficient diffusion,
            NDArray x,
            double t,
            double h,
            NDArray normal) {
        Denoised seen = flow.at(x, t);
        NDArray mean = x.add(Flow.drift(seen, diffusion).mul(h));
        double spread = Math.sqrt(2 * diffusion.at(flow.path(), t) * h);
        return new Taken(mean.add(normal.mul(spread)), seen.data());
    }
}

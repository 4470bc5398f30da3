package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import io.zigma.diffusion.Denoised;
import io.zigma.diffusion.DiffusionCoefficient;

/**
 * Heun's method after the noise is added: y = x + √(2wh)·noise, then the mean of the drifts at y
 * and at y + h·drift(y) (Karras et al. 2022's order; official {@code __Heun_step}).
 */
final class StochasticHeun implements SdeSolver {

    @Override
    public boolean looksAhead() {
        return true;
    }

    @Override
    public Taken step(
            Flow flow,
            DiffusionCoefficient diffusion,
            NDArray x,
            double t,
            double h,
            NDArray normal) {
        double spread = Math.sqrt(2 * diffusion.at(flow.path(), t) * h);
        NDArray noisy = x.add(normal.mul(spread));
        Denoised seen = flow.at(noisy, t);
        NDArray here = Flow.drift(seen, diffusion);
        NDArray ahead = noisy.add(here.mul(h));
        NDArray there = Flow.drift(flow.at(ahead, t + h), diffusion);
        NDArray next = noisy.add(here.add(there).mul(h / 2));
        return new Taken(next, seen.data());
    }
}

package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import io.zigma.diffusion.Denoised;
import io.zigma.diffusion.DiffusionProcess;

/**
 * Guides a model by a classifier of noisy samples: the score becomes score + ∇ log p(y | x_t)
 * (Dhariwal and Nichol 2021, section 4; Song et al. 2021, appendix I).
 *
 * <p>For a sampler that follows the score (DDIM, ODE, SDE, DPM-Solver), σ times the gradient is
 * subtracted from the predicted noise and the predicted data change accordingly; they are not
 * clipped again. Ancestral sampling shifts the mean of its step instead. The gradient is taken at
 * x_t.
 *
 * @param model the model
 * @param process what it was trained on
 * @param gradient of the classifier
 */
public record ClassifierGuidance(
        Denoiser model, DiffusionProcess process, LogProbabilityGradient gradient)
        implements Denoiser {

    @Override
    public Denoised at(NDArray x, double t) {
        Denoised seen = model.at(x, t);
        return seen.guidedBy(gradient.at(x, process.modelTime(t)));
    }
}

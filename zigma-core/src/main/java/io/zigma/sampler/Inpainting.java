package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import io.zigma.diffusion.Denoised;
import io.zigma.diffusion.DiffusionProcess;
import java.util.Arrays;

/**
 * Inpainting: where the mask is 1 the model's input is the known image with the noise of the time,
 * and its prediction is used only where the mask is 0 (Song et al. 2021, appendix I.2; Lugmayr et
 * al. 2022, "RePaint", equation 8).
 *
 * <p>The known part has the same noise at all times, that of the start, so that a deterministic
 * sampler stays deterministic. A sampler's result contains the known part only approximately;
 * {@link #paste} restores it exactly.
 *
 * @param model the model
 * @param process what it was trained on
 * @param known the image (B, …)
 * @param mask 1 where it is known, 0 where it is to be generated, broadcast over the image
 * @param noise the standard normal noise that sampling starts from (B, …)
 */
public record Inpainting(
        Denoiser model, DiffusionProcess process, NDArray known, NDArray mask, NDArray noise)
        implements Denoiser {

    @Override
    public Denoised at(NDArray x, double t) {
        double[] times = new double[(int) x.size(0)];
        Arrays.fill(times, t);
        NDArray noisy = process.noised(known, noise, times).x();
        noisy.attach(x.getManager());
        Denoised seen = model.at(blend(noisy, x), t);
        return seen.withX(x).withData(blend(known, seen.data()));
    }

    /**
     * Puts the known part into a finished sample.
     *
     * @param sample what a sampler returned (B, …)
     * @return the known image where it is known, the sample elsewhere, on the sample's manager
     */
    public NDArray paste(NDArray sample) {
        return blend(known, sample);
    }

    /** mask·inside + (1 − mask)·outside, exactly one of them where the mask is 1 or 0. */
    private NDArray blend(NDArray inside, NDArray outside) {
        try (NDArray within = inside.mul(mask);
                NDArray rest = mask.neg();
                NDArray complement = rest.add(1);
                NDArray without = outside.mul(complement)) {
            return without.add(within); // on the outside's manager
        }
    }
}

package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import io.zigma.diffusion.Denoised;
import io.zigma.diffusion.DiffusionProcess;
import java.util.Arrays;

/**
 * Fills a hole: where the mask is 1 the model is shown the known picture with as much noise as the
 * time has, and is believed only where it is 0 (Song et al. 2021, appendix I.2; Lugmayr et al.
 * 2022, "RePaint", equation 8).
 *
 * <p>The known part keeps the same noise all the way, that of the start, so that a way without
 * noise of its own stays one. What a sampler returns holds the known part only about; {@link
 * #paste} puts it back exactly.
 *
 * @param model the model
 * @param process what it was trained on
 * @param known the picture (B, …)
 * @param mask 1 where it is known, 0 where it is to be made, broadcast over the picture
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
     * @return the known picture where it is known, the sample elsewhere, on the sample's manager
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

package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.zigma.diffusion.Denoised;
import java.util.Arrays;

/**
 * Clips the data that a model predicts at a quantile of their magnitudes and scales them back into
 * range (Saharia et al. 2022, "Imagen", section 2.3), so that strong guidance does not saturate.
 * For models of pixels.
 *
 * @param model the model
 * @param ratio the quantile, in (0, 1]
 * @param least lower bound of the clipping limit, positive
 */
public record DynamicThresholding(Denoiser model, double ratio, double least) implements Denoiser {

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if the quantile is outside (0, 1] or the least is not
     *     positive
     */
    public DynamicThresholding {
        if (!(ratio > 0 && ratio <= 1) || !(least > 0)) {
            throw new IllegalArgumentException(
                    "thresholding takes a quantile above 0 and at most 1 and a positive limit, not %s and %s"
                            .formatted(ratio, least));
        }
    }

    @Override
    public Denoised at(NDArray x, double t) {
        Denoised seen = model.at(x, t);
        NDArray data = seen.data();
        long batch = data.size(0);
        NDArray flat = data.reshape(batch, -1);
        double[] limits = limits(flat.abs());
        NDArray limit =
                data.getManager()
                        .create(limits, new Shape(batch, 1))
                        .toType(data.getDataType(), true)
                        .toDevice(data.getDevice(), false);
        NDArray clipped = flat.minimum(limit).maximum(limit.neg()).div(limit);
        return seen.withData(clipped.reshape(data.getShape()));
    }

    /** The limit of each sample. */
    private double[] limits(NDArray magnitudes) {
        double[] all = magnitudes.toType(DataType.FLOAT64, false).toDoubleArray();
        int batch = (int) magnitudes.size(0);
        int each = all.length / batch;
        double[] limits = new double[batch];
        for (int i = 0; i < batch; i++) {
            double[] own = Arrays.copyOfRange(all, i * each, (i + 1) * each);
            Arrays.sort(own);
            limits[i] = Math.max(quantile(own), least);
        }
        return limits;
    }

    /** Between the two nearest order statistics. */
    private double quantile(double[] sorted) {
        double place = ratio * (sorted.length - 1);
        int below = (int) Math.floor(place);
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}

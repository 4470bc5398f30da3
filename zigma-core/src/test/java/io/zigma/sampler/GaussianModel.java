package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import io.zigma.diffusion.Interpolant;

/**
 * The exact velocity model of data that is normal with a mean and a deviation.
 *
 * @param path the path
 * @param mean of the data
 * @param deviation of the data
 */
record GaussianModel(Interpolant path, double mean, double deviation) implements Network {

    @Override
    public NDArray predict(NDArray x, NDArray times) {
        double t = times.getFloat(0);
        double alpha = path.alpha(t);
        double sigma = path.sigma(t);
        double spread = alpha * deviation * deviation;
        double variance = alpha * spread + sigma * sigma;
        NDArray centred = x.sub(alpha * mean);
        NDArray data = centred.mul(spread / variance).add(mean);
        NDArray noise = centred.mul(sigma / variance);
        return data.mul(path.alphaRate(t)).add(noise.mul(path.sigmaRate(t)));
    }
}

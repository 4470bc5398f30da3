package io.zigma.codec;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.zigma.op.Precision;
import java.util.function.UnaryOperator;

/**
 * Latents of an {@link Autoencoder}: sample = (latent − shift) · scale.
 *
 * <p>Pictures are computed one at a time, whatever the batch, so that each gets the same numbers as
 * alone and memory does not grow with the batch; those that are larger than a tile in overlapping
 * tiles, so that it does not grow with the picture either. Norms take their statistics from a tile
 * then, and the result differs a little from that of the whole picture (docs/codecs.md has
 * figures).
 *
 * <p>Several threads may use one codec at once. No gradient is recorded.
 */
public final class AutoencoderCodec extends NetworkCodec {

    /** Beyond these the logarithm of the variance is clamped (diffusers, CompVis). */
    private static final double SMALLEST_LOG_VARIANCE = -30;

    private static final double LARGEST_LOG_VARIANCE = 20;

    private final Autoencoder network;
    private final AutoencoderConfig config;
    private final NDManager manager;

    AutoencoderCodec(Autoencoder network, NDManager manager, Tiling tiling) {
        super(network.config(), manager, tiling);
        this.network = network;
        this.config = network.config();
        this.manager = manager;
    }

    /**
     * Returns the same codec with other tiles.
     *
     * @param changed how large pictures are cut
     * @return a codec over the same network; closing either closes both
     */
    public AutoencoderCodec withTiling(Tiling changed) {
        return new AutoencoderCodec(network, manager, changed);
    }

    /**
     * Encodes pictures as the most probable latent, the posterior's mean.
     *
     * @param pixels (B, C, H, W) or (B, F, C, H, W) in [−1, 1], black to white
     * @return samples (B, c, H/f, W/f) or (B, F, c, H/f, W/f)
     */
    @Override
    public NDArray encode(NDArray pixels) {
        return apart(pixels, moments -> scaled(moments.split(2, 1).get(0)));
    }

    @Override
    public NDArray encode(NDArray pixels, NDArray noise) {
        NDArray flat = TiledPictures.pictures(noise);
        return apart(pixels, moments -> scaled(drawn(moments, flat)));
    }

    /** Mean plus noise times the standard deviation (Kingma and Welling 2014, equation 10). */
    private static NDArray drawn(NDArray moments, NDArray noise) {
        NDList halves = moments.split(2, 1);
        NDArray deviation =
                halves.get(1)
                        .clip(SMALLEST_LOG_VARIANCE, LARGEST_LOG_VARIANCE)
                        .mul(0.5)
                        .exp(); // (B, c, h, w)
        return halves.get(0).add(noise.mul(deviation));
    }

    private NDArray scaled(NDArray latent) {
        return (config.shift() == 0 ? latent : latent.sub(config.shift())).mul(config.scale());
    }

    /**
     * Encodes pictures as the parameters of their posterior.
     *
     * @param pixels (B, C, H, W) or (B, F, C, H, W) in [−1, 1]
     * @return mean and logarithm of the variance (B, 2·c, …), neither clamped nor scaled
     */
    public NDArray moments(NDArray pixels) {
        return apart(pixels, moments -> moments);
    }

    private NDArray apart(NDArray pixels, UnaryOperator<NDArray> finish) {
        return encoded(pixels, 2 * config.latentChannels(), finish);
    }

    @Override
    public void setPrecision(Precision precision) {
        network.setPrecision(precision);
    }

    @Override
    NDArray encodedOne(NDArray picture) {
        return network.moments(pass, picture);
    }

    @Override
    NDArray unscaled(NDArray samples) {
        NDArray latents = samples.div(config.scale());
        return config.shift() == 0 ? latents : latents.add(config.shift());
    }

    @Override
    NDArray decodedOne(NDArray latent) {
        return network.decode(pass, latent);
    }
}

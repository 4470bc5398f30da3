package io.zigma.codec;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.zigma.op.Precision;

/**
 * Normalised latents of a {@link DeepAutoencoder}. Pictures are computed one at a time, and those
 * that are larger than a tile in tiles, as {@link AutoencoderCodec} does.
 *
 * <p>Several threads may use one codec at once. No gradient is recorded.
 */
public final class DeepCodec extends NetworkCodec {

    private final DeepAutoencoder network;

    DeepCodec(DeepAutoencoder network, NDManager manager, Tiling tiling) {
        super(network.config(), manager, tiling);
        this.network = network;
    }

    @Override
    public NDArray encode(NDArray pixels) {
        return encoded(
                pixels,
                network.config().latentChannels(),
                latents -> network.normalised(pass, latents));
    }

    @Override
    public void setPrecision(Precision precision) {
        network.setPrecision(precision);
    }

    @Override
    NDArray encodedOne(NDArray picture) {
        return network.encode(pass, picture);
    }

    @Override
    NDArray unscaled(NDArray samples) {
        return network.unnormalised(pass, samples);
    }

    @Override
    NDArray decodedOne(NDArray latent) {
        return network.decode(pass, latent);
    }
}

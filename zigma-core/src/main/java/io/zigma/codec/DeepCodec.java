package io.zigma.codec;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.ParameterStore;
import io.zigma.base.SampleShape;
import io.zigma.nn.Pass;

/**
 * Normalised latents of a {@link DeepAutoencoder}. Pictures are computed one at a time, and those
 * that are larger than a tile in tiles, as {@link AutoencoderCodec} does.
 *
 * <p>Several threads may use one codec at once. No gradient is recorded.
 */
public final class DeepCodec implements SampleCodec {

    private final DeepAutoencoder network;
    private final DeepAutoencoderConfig config;
    private final NDManager manager;
    private final Pass pass;
    private final Tiling tiling;

    DeepCodec(DeepAutoencoder network, NDManager manager, Tiling tiling) {
        this.network = network;
        this.config = network.config();
        this.manager = manager;
        this.pass = Pass.inference(new ParameterStore(manager, false));
        this.tiling = tiling;
    }

    @Override
    public NDArray encode(NDArray pixels) {
        config.sampleOf(TiledPictures.shape(pixels)); // refuses what cannot be encoded
        return TiledPictures.encoded(
                pixels,
                config.factor(),
                config.latentChannels(),
                tiling,
                latents -> network.normalised(pass, latents),
                picture -> network.encode(pass, picture));
    }

    @Override
    public NDArray decode(NDArray sample) {
        config.pixelsOf(TiledPictures.shape(sample)); // refuses what cannot be decoded
        return TiledPictures.decoded(
                sample,
                config.factor(),
                config.pixelChannels(),
                tiling,
                samples -> network.unnormalised(pass, samples),
                latent -> network.decode(pass, latent));
    }

    @Override
    public SampleShape sampleOf(SampleShape pixels) {
        return config.sampleOf(pixels);
    }

    @Override
    public SampleShape pixelsOf(SampleShape sample) {
        return config.pixelsOf(sample);
    }

    @Override
    public void close() {
        manager.close();
    }
}

package io.zigma.codec;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.zigma.nn.DropPath;
import io.zigma.nn.NamedBlock;
import io.zigma.nn.Pass;
import io.zigma.nn.PictureConvolution;
import io.zigma.op.Scratch;
import org.jspecify.annotations.Nullable;

/**
 * An autoencoder with a Gaussian posterior (Kingma and Welling 2014; Rombach et al. 2022, section
 * 3.1). Parameters have the names of diffusers' {@code AutoencoderKL}.
 */
public final class Autoencoder extends NamedBlock implements CodecNetwork {

    private final AutoencoderConfig config;
    private final AutoencoderHalf encoder;
    private final AutoencoderHalf decoder;
    private final @Nullable PictureConvolution quant;
    private final @Nullable PictureConvolution postQuant;

    /**
     * Makes the network without values.
     *
     * @param config its shape
     */
    public Autoencoder(AutoencoderConfig config) {
        this.config = config;
        encoder = child("encoder", AutoencoderHalf.encoder(config));
        decoder = child("decoder", AutoencoderHalf.decoder(config));
        quant =
                config.quantConvolution()
                        ? child(
                                "quant_conv",
                                PictureConvolution.same(
                                        2 * config.innerChannels(), 2 * config.latentChannels(), 1))
                        : null;
        postQuant =
                config.postQuantConvolution()
                        ? child(
                                "post_quant_conv",
                                PictureConvolution.same(
                                        config.latentChannels(), config.innerChannels(), 1))
                        : null;
    }

    /**
     * Returns the shape.
     *
     * @return what the network was made of
     */
    public AutoencoderConfig config() {
        return config;
    }

    /**
     * Encodes pictures as the parameters of their posterior.
     *
     * @param pass parameter values of this forward pass
     * @param pixels (B, C, H, W) in [−1, 1]
     * @return mean and logarithm of the variance (B, 2·c, H/f, W/f), neither clamped nor scaled
     */
    public NDArray moments(Pass pass, NDArray pixels) {
        return Scratch.freed(
                () -> {
                    NDArray h = encoder.apply(pass, pixels);
                    return quant == null ? h : quant.apply(pass, h);
                });
    }

    /**
     * Decodes latents.
     *
     * @param pass parameter values of this forward pass
     * @param latents (B, c, h, w) as the posterior has them, not scaled
     * @return pixels (B, C, h·f, w·f)
     */
    public NDArray decode(Pass pass, NDArray latents) {
        return Scratch.freed(
                () ->
                        decoder.apply(
                                pass,
                                postQuant == null ? latents : postQuant.apply(pass, latents)));
    }

    @Override
    public void initialize(NDManager manager) {
        initialize(manager, DataType.FLOAT32, new Shape(1, 1));
    }

    @Override
    public AutoencoderCodec codec(NDManager manager) {
        freezeParameters(true);
        return new AutoencoderCodec(this, manager, Tiling.standard(config.factor()));
    }

    /** The whole way, pixels (B, C, H, W) to pixels, by the posterior's mean. */
    @Override
    protected NDList forwardInternal(
            ParameterStore store,
            NDList inputs,
            boolean training,
            PairList<String, Object> ignored) {
        Pass pass = new Pass(store, training, DropPath.NONE);
        NDArray mean = moments(pass, inputs.singletonOrThrow()).split(2, 1).get(0);
        return new NDList(decode(pass, mean));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return inputShapes;
    }
}

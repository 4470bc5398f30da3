package io.zigma.codec;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.zigma.nn.DropPath;
import io.zigma.nn.InitialValues;
import io.zigma.nn.NamedBlock;
import io.zigma.nn.Pass;
import io.zigma.nn.PictureConvolution;
import io.zigma.op.Scratch;
import java.util.Arrays;

/**
 * A small autoencoder of deep compression, without a posterior: a fixed linear encoder and decoder,
 * the principal components of squares of pixels, and beside each a network whose output counts a
 * tenth. It starts as the best linear autoencoder there is, and trains from there.
 *
 * <p>A model's sample is (latent − mean) / deviation, channel by channel, which training measures.
 */
public final class DeepAutoencoder extends NamedBlock implements CodecNetwork {

    /** Beginning of the names of what training does not change. */
    public static final String LINEAR = "linear_";

    /** The mean of each channel of latents. */
    public static final String MEAN = "latent_mean";

    /** The standard deviation of each channel of latents. */
    public static final String DEVIATION = "latent_deviation";

    /** Optimisers move every weight by about as much, and the linear part is good already. */
    private static final float NETWORK_WEIGHT = 0.1f;

    private final DeepAutoencoderConfig config;
    private final PictureConvolution linearEncoder;
    private final PictureConvolution linearDecoder;
    private final DeepHalf encoder;
    private final DeepHalf decoder;
    private final Parameter mean;
    private final Parameter deviation;

    /**
     * Makes the network without values.
     *
     * @param config its shape
     */
    public DeepAutoencoder(DeepAutoencoderConfig config) {
        this.config = config;
        int c = config.latentChannels();
        int square = config.pixelChannels() * config.factor() * config.factor();
        linearEncoder = child(LINEAR + "encoder", PictureConvolution.same(square, c, 1));
        linearDecoder = child(LINEAR + "decoder", PictureConvolution.same(c, square, 1));
        encoder = child("encoder", DeepHalf.encoder(config));
        decoder = child("decoder", DeepHalf.decoder(config));
        mean = parameter(MEAN, Parameter.Type.OTHER, c);
        deviation = parameter(DEVIATION, Parameter.Type.OTHER, c);
    }

    /**
     * Returns the shape.
     *
     * @return what the network was made of
     */
    public DeepAutoencoderConfig config() {
        return config;
    }

    /**
     * Gives the parameters initialisers: the networks' last convolutions start at zero, so that the
     * autoencoder starts as the linear one; the latents are not scaled.
     *
     * @param linear the linear autoencoder
     * @param seed decides the networks' other weights
     */
    public void startFrom(LinearAutoencoder linear, long seed) {
        InitialValues.set(
                namedParameters(),
                seed,
                (name, shape, random) -> {
                    int size = Math.toIntExact(shape.size());
                    float[] values = new float[size];
                    if (name.startsWith(LINEAR)) {
                        return linear.values(name.substring(LINEAR.length()));
                    }
                    if (name.equals(DEVIATION)
                            || name.endsWith("weight") && shape.dimension() == 1) {
                        Arrays.fill(values, 1);
                    } else if (name.endsWith("weight") && !name.contains("conv_out")) {
                        double bound = Math.sqrt(3.0 / InitialValues.fanIn(shape));
                        for (int i = 0; i < size; i++) {
                            values[i] = (float) random.nextDouble(-bound, bound);
                        }
                    }
                    return values;
                });
    }

    /**
     * Encodes pictures.
     *
     * @param pass parameter values of this forward pass
     * @param pixels (B, C, H, W) in [−1, 1]
     * @return latents (B, c, H/f, W/f), not normalised
     */
    public NDArray encode(Pass pass, NDArray pixels) {
        return Scratch.freed(
                () -> {
                    NDArray squares = SpaceToChannels.apply(pixels, config.factor());
                    NDArray linear = linearEncoder.apply(pass, squares); // (B, c, h, w)
                    return linear.add(weighted(encoder.apply(pass, pixels)));
                });
    }

    /**
     * Decodes latents.
     *
     * @param pass parameter values of this forward pass
     * @param latents (B, c, h, w), not normalised
     * @return pixels (B, C, h·f, w·f)
     */
    public NDArray decode(Pass pass, NDArray latents) {
        return Scratch.freed(
                () -> {
                    NDArray squares = linearDecoder.apply(pass, latents);
                    NDArray linear = SpaceToChannels.inverse(squares, config.factor());
                    return linear.add(weighted(decoder.apply(pass, latents)));
                });
    }

    /** A Java number would leave the graph of gradients with memory that is Java's. */
    private static NDArray weighted(NDArray x) {
        NDArray weight =
                x.getManager()
                        .full(new Shape(1), NETWORK_WEIGHT, x.getDataType())
                        .toDevice(x.getDevice(), false);
        return x.mul(weight);
    }

    /** Returns samples of latents (B, c, h, w). */
    NDArray normalised(Pass pass, NDArray latents) {
        return latents.sub(channels(pass, mean, latents)).div(channels(pass, deviation, latents));
    }

    /** Returns latents of samples (B, c, h, w). */
    NDArray unnormalised(Pass pass, NDArray samples) {
        return samples.mul(channels(pass, deviation, samples)).add(channels(pass, mean, samples));
    }

    private static NDArray channels(Pass pass, Parameter parameter, NDArray like) {
        return value(pass, parameter, like).reshape(1, -1, 1, 1);
    }

    @Override
    public void initialize(NDManager manager) {
        initialize(manager, DataType.FLOAT32, new Shape(1, 1));
    }

    @Override
    public DeepCodec codec(NDManager manager) {
        freezeParameters(true);
        return new DeepCodec(this, manager, Tiling.standard(config.factor()));
    }

    /** The whole way, pixels (B, C, H, W) to pixels. */
    @Override
    protected NDList forwardInternal(
            ParameterStore store,
            NDList inputs,
            boolean training,
            PairList<String, Object> ignored) {
        Pass pass = new Pass(store, training, DropPath.NONE);
        return new NDList(decode(pass, encode(pass, inputs.singletonOrThrow())));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return inputShapes;
    }
}

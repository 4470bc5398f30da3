package io.zigma.codec;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import io.zigma.base.GradientMode;
import io.zigma.base.SampleShape;
import io.zigma.nn.Pass;
import io.zigma.op.Scratch;
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
public final class AutoencoderCodec implements SampleCodec {

    /** Beyond these the logarithm of the variance is clamped (diffusers, CompVis). */
    private static final double SMALLEST_LOG_VARIANCE = -30;

    private static final double LARGEST_LOG_VARIANCE = 20;

    private final Autoencoder network;
    private final AutoencoderConfig config;
    private final NDManager manager;
    private final Pass pass;
    private final Tiling tiling;

    AutoencoderCodec(Autoencoder network, NDManager manager, Tiling tiling) {
        this.network = network;
        this.config = network.config();
        this.manager = manager;
        this.pass = Pass.inference(new ParameterStore(manager, false));
        this.tiling = tiling;
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
        NDArray flat = pictures(noise);
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
        int f = config.factor();
        config.sampleOf(shape(pixels)); // refuses what cannot be encoded
        return each(
                pixels,
                finish,
                picture -> {
                    int height = Math.toIntExact(picture.getShape().get(2)) / f;
                    int width = Math.toIntExact(picture.getShape().get(3)) / f;
                    if (tiling.holds(height, width)) {
                        return network.moments(pass, picture);
                    }
                    int channels = 2 * config.latentChannels();
                    float[] values =
                            new BlendedTiles(
                                            channels,
                                            1,
                                            tiling.spans(height),
                                            tiling.spans(width),
                                            (rows, columns) ->
                                                    tile(
                                                            picture,
                                                            rows,
                                                            columns,
                                                            f,
                                                            part -> network.moments(pass, part)))
                                    .compute();
                    return created(picture, values, channels, height, width);
                });
    }

    /**
     * Decodes samples.
     *
     * @param sample (B, c, h, w) or (B, F, c, h, w) as a model generates them
     * @return pixels (B, C, h·f, w·f) or (B, F, C, h·f, w·f), about −1 black to 1 white
     */
    @Override
    public NDArray decode(NDArray sample) {
        int f = config.factor();
        config.pixelsOf(shape(sample)); // refuses what cannot be decoded
        return each(
                sample,
                pixels -> pixels,
                scaled -> {
                    NDArray unscaled = scaled.div(config.scale());
                    NDArray latent = config.shift() == 0 ? unscaled : unscaled.add(config.shift());
                    int height = Math.toIntExact(latent.getShape().get(2));
                    int width = Math.toIntExact(latent.getShape().get(3));
                    if (tiling.holds(height, width)) {
                        return network.decode(pass, latent);
                    }
                    float[] values =
                            new BlendedTiles(
                                            config.pixelChannels(),
                                            f,
                                            tiling.spans(height),
                                            tiling.spans(width),
                                            (rows, columns) ->
                                                    tile(
                                                            latent,
                                                            rows,
                                                            columns,
                                                            1,
                                                            part -> network.decode(pass, part)))
                                    .compute();
                    return created(scaled, values, config.pixelChannels(), height * f, width * f);
                });
    }

    /** In the engine's own memory. */
    private static NDArray created(
            NDArray like, float[] values, int channels, int height, int width) {
        NDArray java = like.getManager().create(values, new Shape(1, channels, height, width));
        return java.duplicate();
    }

    private static float[] tile(
            NDArray whole,
            Tiling.Span rows,
            Tiling.Span columns,
            int scale,
            UnaryOperator<NDArray> network) {
        NDArray tile =
                Scratch.freed(
                        () ->
                                network.apply(
                                        whole.get(
                                                        ":, :, %s:%s, %s:%s"
                                                                .formatted(
                                                                        rows.start() * scale,
                                                                        rows.end() * scale,
                                                                        columns.start() * scale,
                                                                        columns.end() * scale))
                                                .duplicate())); // in memory of its own
        try (tile) {
            return tile.toFloatArray();
        }
    }

    /** Computes picture by picture, frees what that took, and joins the results. */
    private static NDArray each(
            NDArray input, UnaryOperator<NDArray> finish, UnaryOperator<NDArray> network) {
        return GradientMode.off(
                () ->
                        Scratch.freed(
                                () -> {
                                    NDArray flat = pictures(input.toType(DataType.FLOAT32, false));
                                    NDList results = new NDList();
                                    for (NDArray view : flat.split(flat.getShape().get(0))) {
                                        results.add(
                                                Scratch.freed(
                                                        () -> network.apply(view.duplicate())));
                                    }
                                    NDArray joined =
                                            results.size() == 1
                                                    ? results.get(0)
                                                    : NDArrays.concat(results, 0);
                                    return videos(finish.apply(joined), input.getShape());
                                }));
    }

    /** Takes pictures together that are frames of one video. */
    private static NDArray videos(NDArray pictures, Shape input) {
        return input.dimension() == 4
                ? pictures
                : pictures.reshape(
                        new Shape(input.get(0), input.get(1)).addAll(pictures.getShape().slice(1)));
    }

    /** Frames of videos as pictures. */
    private static NDArray pictures(NDArray x) {
        Shape shape = x.getShape();
        return shape.dimension() == 4 ? x : x.reshape(new Shape(-1).addAll(shape.slice(2)));
    }

    private static SampleShape shape(NDArray x) {
        Shape shape = x.getShape();
        int axes = shape.dimension();
        if (axes != 4 && axes != 5) {
            throw new IllegalArgumentException(
                    "pictures are (B, C, H, W) and videos (B, F, C, H, W), not " + shape);
        }
        return new SampleShape(
                axes == 5 ? Math.toIntExact(shape.get(1)) : 0,
                Math.toIntExact(shape.get(axes - 3)),
                Math.toIntExact(shape.get(axes - 2)),
                Math.toIntExact(shape.get(axes - 1)));
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

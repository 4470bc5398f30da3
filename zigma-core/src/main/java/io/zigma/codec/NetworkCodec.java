package io.zigma.codec;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.ParameterStore;
import io.zigma.base.SampleShape;
import io.zigma.nn.Pass;
import java.util.function.UnaryOperator;

/**
 * A codec over a network: pictures one at a time, and those that are larger than a tile in tiles.
 * Several threads may use one at once. No gradient is recorded.
 */
abstract class NetworkCodec implements SampleCodec {

    private final CodecSpec spec;
    private final NDManager manager;
    private final Tiling tiling;

    /** The network's parameters as they are. */
    final Pass pass;

    /**
     * Makes a codec.
     *
     * @param spec the network's shape
     * @param manager owns the network's values and is closed with the codec
     * @param tiling how large pictures are cut
     */
    NetworkCodec(CodecSpec spec, NDManager manager, Tiling tiling) {
        this.spec = spec;
        this.manager = manager;
        this.tiling = tiling;
        this.pass = Pass.inference(new ParameterStore(manager, false));
    }

    /** Encodes one picture or tile (1, C, H, W) to (1, channels, H/f, W/f). */
    abstract NDArray encodedOne(NDArray picture);

    /** Turns samples (B, c, h, w) into the network's latents. */
    abstract NDArray unscaled(NDArray samples);

    /** Decodes one latent or tile (1, c, h, w) to (1, C, h·f, w·f). */
    abstract NDArray decodedOne(NDArray latent);

    /**
     * Encodes pictures.
     *
     * @param pixels (B, C, H, W) or (B, F, C, H, W)
     * @param channels that the network makes of a picture
     * @param finish turns all results (B, channels, H/f, W/f) into what is wanted
     * @return what was wanted of all pictures, of videos with their frames
     * @throws IllegalArgumentException if they cannot be encoded
     */
    final NDArray encoded(NDArray pixels, int channels, UnaryOperator<NDArray> finish) {
        sampleOf(TiledPictures.shape(pixels)); // refuses what cannot be encoded
        return TiledPictures.encoded(
                pixels, spec.factor(), channels, tiling, finish, this::encodedOne);
    }

    /**
     * Decodes samples.
     *
     * @param sample (B, c, h, w) or (B, F, c, h, w) as a model generates them
     * @return pixels (B, C, h·f, w·f) or (B, F, C, h·f, w·f), about −1 black to 1 white
     */
    @Override
    public NDArray decode(NDArray sample) {
        pixelsOf(TiledPictures.shape(sample)); // refuses what cannot be decoded
        return TiledPictures.decoded(
                sample,
                spec.factor(),
                spec.pixelChannels(),
                tiling,
                this::unscaled,
                this::decodedOne);
    }

    @Override
    public SampleShape sampleOf(SampleShape pixels) {
        return spec.sampleOf(pixels);
    }

    @Override
    public SampleShape pixelsOf(SampleShape sample) {
        return spec.pixelsOf(sample);
    }

    @Override
    public void close() {
        manager.close();
    }
}

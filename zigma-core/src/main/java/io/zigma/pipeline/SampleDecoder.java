package io.zigma.pipeline;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import io.zigma.base.SampleShape;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.checkpoint.CodecFolder;
import io.zigma.codec.CodecReference;
import io.zigma.codec.Codecs;
import io.zigma.codec.LatentPreview;
import io.zigma.codec.SampleCodec;
import io.zigma.condition.InvalidRequestException;
import io.zigma.media.Pixels;
import io.zigma.op.Precision;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What makes pictures of a model's samples; a codec with weights is loaded at the first one. */
final class SampleDecoder {

    private final CheckpointConfig config;
    private final String model;
    private final CodecSource source;
    private final Device device;
    private final Precision precision;
    private @Nullable SampleCodec codec;
    private @Nullable CodecFolder folder;
    private @Nullable LatentPreview preview;
    private boolean previewRead;

    /**
     * Makes a decoder that has loaded nothing yet.
     *
     * @param config the model's description
     * @param model its name, for refusals
     * @param source where its codec comes from
     * @param device where to compute
     * @param precision of the codec's large products
     */
    SampleDecoder(
            CheckpointConfig config,
            String model,
            CodecSource source,
            Device device,
            Precision precision) {
        this.config = config;
        this.model = model;
        this.source = source;
        this.device = device;
        this.precision = precision;
    }

    /**
     * Refuses to go on without a codec.
     *
     * @throws InvalidRequestException if none is named, or it is not here
     */
    synchronized void require() {
        if (codec == null && folder == null) {
            folder = source.find(config, model).orElse(null);
        }
    }

    /** Returns whether samples can be decoded. */
    boolean isThere() {
        try {
            require();
            return true;
        } catch (InvalidRequestException e) {
            return false;
        }
    }

    /** Returns what the recipe says of the codec: nothing for pixels. */
    synchronized Map<String, String> facts() {
        if (folder == null) {
            return Map.of();
        }
        CodecReference reference = folder.reference();
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("codec", reference.name());
        facts.put("codec_sha256", reference.hash());
        return facts;
    }

    /** Returns the size of pictures, which {@link #require} has said there are. */
    synchronized SampleShape pixels() {
        require();
        SampleShape sample = config.model().sample();
        return folder == null ? codec().pixelsOf(sample) : folder.spec().pixelsOf(sample);
    }

    /** Returns the codec, which {@link #require} has said there is; it is loaded once. */
    synchronized SampleCodec codec() {
        require();
        SampleCodec opened = codec;
        if (opened == null) {
            opened =
                    folder == null
                            ? Codecs.REGISTRY
                                    .get(config.codec().orElseThrow().kind())
                                    .withoutWeights()
                                    .orElseThrow()
                            : CodecSource.load(folder, device, precision);
            codec = opened;
        }
        return opened;
    }

    /** Returns the frames of every sample, one of an image. */
    List<List<BufferedImage>> frames(NDArray x) {
        SampleCodec decoder = codec();
        SampleShape pixels = decoder.pixelsOf(config.model().sample());
        NDArray decoded = decoder.decode(x);
        float[] values = decoded.toFloatArray();
        if (decoded != x) {
            decoded.close();
        }
        int size = pixels.channels() * pixels.height() * pixels.width();
        List<BufferedImage> all =
                IntStream.range(0, values.length / size)
                        .mapToObj(
                                i ->
                                        Pixels.picture(
                                                Arrays.copyOfRange(
                                                        values, i * size, (i + 1) * size),
                                                pixels.channels(),
                                                pixels.height(),
                                                pixels.width()))
                        .toList();
        int each = pixels.frameCount();
        return IntStream.range(0, all.size() / each)
                .mapToObj(i -> all.subList(i * each, (i + 1) * each))
                .toList();
    }

    /**
     * Returns what samples look like without decoding them, at the size of the pictures.
     *
     * @return the frames of every sample; nothing where the codec is none with a preview
     */
    Optional<List<List<BufferedImage>>> previews(NDArray x) {
        LatentPreview projection = preview();
        if (projection == null) {
            return Optional.empty();
        }
        SampleShape sample = config.model().sample();
        SampleShape pixels = pixels();
        int size = sample.channels() * sample.height() * sample.width();
        float[] values = x.toFloatArray();
        List<BufferedImage> all =
                IntStream.range(0, values.length / size)
                        .mapToObj(
                                i ->
                                        Pixels.picture(
                                                projection.enlarged(
                                                        Arrays.copyOfRange(
                                                                values, i * size, (i + 1) * size),
                                                        sample,
                                                        pixels),
                                                pixels.channels(),
                                                pixels.height(),
                                                pixels.width()))
                        .toList();
        int each = pixels.frameCount();
        return Optional.of(
                IntStream.range(0, all.size() / each)
                        .mapToObj(i -> all.subList(i * each, (i + 1) * each))
                        .toList());
    }

    private synchronized @Nullable LatentPreview preview() {
        require();
        if (!previewRead && folder != null) {
            try {
                preview = folder.preview().orElse(null);
            } catch (IOException e) {
                throw new InvalidRequestException(e.getMessage(), e);
            }
            previewRead = true;
        }
        return preview;
    }

    /** Frees a codec without weights; one with weights is shared by the process. */
    synchronized void close() {
        if (codec != null && folder == null) {
            codec.close();
        }
    }
}

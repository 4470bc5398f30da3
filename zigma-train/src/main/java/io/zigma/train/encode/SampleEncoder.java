package io.zigma.train.encode;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.zigma.base.SampleShape;
import io.zigma.codec.CodecReference;
import io.zigma.codec.LatentPreview;
import io.zigma.codec.SampleCodec;
import io.zigma.engine.EngineStart;
import io.zigma.text.TextEncoder;
import io.zigma.text.TextFeatures;
import io.zigma.train.data.ImageDataset;
import io.zigma.train.data.LatentShards;
import io.zigma.train.data.NpyTensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Encodes pictures or clips, frame by frame, as samples of a shard: latents, class, captions,
 * attributes, and the captions' tokens. The bytes depend on the pictures, their numbers, the codec,
 * the text encoder and the settings; a batch is at most {@value #BATCH} pictures.
 *
 * <p>Several threads may use one.
 */
public final class SampleEncoder {

    /** Pictures that are encoded at once. */
    public static final int BATCH = 8;

    /** Pictures that a preview is fitted to. */
    private static final int FITTED = 64;

    private final CodecReference reference;
    private final SampleCodec codec;
    private final EncodingSettings settings;
    private final @Nullable TextEncoder texts;
    private final Device device;

    /**
     * Makes an encoder.
     *
     * @param reference names the codec
     * @param codec encodes, from now on in the precision of the settings; stays the caller's
     * @param settings how
     * @param texts encodes captions; stays the caller's; null where their tokens are not stored
     * @param device where to compute
     * @throws IllegalArgumentException if the device has not got the precision of the settings
     */
    public SampleEncoder(
            CodecReference reference,
            SampleCodec codec,
            EncodingSettings settings,
            @Nullable TextEncoder texts,
            Device device) {
        this.reference = reference;
        this.codec = codec;
        this.settings = settings;
        this.texts = texts;
        this.device = device;
        settings.precision().require(device);
        codec.setPrecision(settings.precision());
    }

    /** Returns what names the codec. */
    CodecReference reference() {
        return reference;
    }

    /**
     * Returns how pictures are encoded.
     *
     * @return the settings
     */
    public EncodingSettings settings() {
        return settings;
    }

    /**
     * Returns what encodes captions.
     *
     * @return the text encoder; nothing where tokens are not stored
     */
    public Optional<TextEncoder> texts() {
        return Optional.ofNullable(texts);
    }

    /**
     * Returns the size of latents.
     *
     * @throws IllegalArgumentException if the codec does not encode pictures of that size
     */
    SampleShape sampleOf(SampleShape pixels) {
        return codec.sampleOf(pixels);
    }

    /**
     * Encodes some pictures.
     *
     * @param data whose pictures
     * @param span which of them
     * @return the members of a tar file that they make, headers included
     * @throws IOException if one cannot be encoded; the message names it
     */
    public byte[] members(ImageDataset data, Span span) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        TarWriter tar = new TarWriter(bytes);
        for (int at = span.from(); at < span.to(); at += BATCH) {
            addAll(tar, data, at, Math.min(at + BATCH, span.to()));
        }
        return bytes.toByteArray();
    }

    private void addAll(TarWriter tar, ImageDataset data, int from, int to) throws IOException {
        float[] latents = encoded(data, from, to, false);
        float[] mirrored = settings.mirrored() ? encoded(data, from, to, true) : new float[0];
        List<String> captions = new ArrayList<>();
        for (int i = from; i < to && texts != null; i++) {
            captions.addAll(data.captions(i));
        }
        List<NpyTensor> tokens = tokens(captions);
        SampleShape sample = sampleOf(data.sample());
        int used = 0;
        for (int i = from; i < to; i++) {
            String key = String.format(Locale.ROOT, "%09d.", i);
            tar.add(key + LatentShards.LATENT, bytes(latents, sample, i - from, i));
            if (settings.mirrored()) {
                tar.add(key + LatentShards.MIRRORED, bytes(mirrored, sample, i - from, i));
            }
            if (!data.labels().isEmpty()) {
                tar.add(key + "cls", text(Integer.toString(data.label(i))));
            }
            List<String> own = data.captions(i);
            boolean inLines = own.stream().allMatch(one -> one.equals(one.strip()) && isLine(one));
            if (data.captioned() && inLines) {
                tar.add(key + "txt", text(String.join("\n", own)));
            }
            if (!data.attributes(i).isEmpty() || !inLines) {
                tar.add(key + "json", text(described(data, i, inLines ? List.of() : own)));
            }
            for (int k = 0; k < own.size() && texts != null; k++) {
                tar.add(key + LatentShards.tokens(k), tokens.get(used).bytes(true));
                used++;
            }
        }
    }

    private static boolean isLine(String caption) {
        return !caption.isEmpty() && caption.lines().count() == 1;
    }

    /** Attributes have a place of their own, where none is taken for a class or a caption. */
    private static String described(ImageDataset data, int index, List<String> captions) {
        JsonObject json = new JsonObject();
        JsonObject attributes = new JsonObject();
        data.attributes(index).entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> attributes.addProperty(entry.getKey(), entry.getValue()));
        json.add("attributes", attributes);
        if (!captions.isEmpty()) {
            JsonArray all = new JsonArray();
            captions.forEach(all::add);
            json.add("captions", all);
        }
        return json.toString();
    }

    private byte[] bytes(float[] latents, SampleShape sample, int number, int picture)
            throws IOException {
        int size = sample.size();
        long[] shape = sample.shape().getShape(); // (c, h, w), or (F, c, h, w) of a clip
        try {
            return new NpyTensor(
                            shape, Arrays.copyOfRange(latents, number * size, (number + 1) * size))
                    .bytes(settings.half());
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    "the codec %s makes a latent of picture %s in which %s%s"
                            .formatted(
                                    reference.name(),
                                    picture,
                                    e.getMessage(),
                                    settings.half() ? "; encode as float32" : ""),
                    e);
        }
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private float[] encoded(ImageDataset data, int from, int to, boolean flipped) {
        SampleShape pixels = data.sample();
        float[] pictures = new float[(to - from) * pixels.size()];
        for (int i = from; i < to; i++) {
            data.read(i, flipped, pictures, (i - from) * pixels.size());
        }
        return encoded(pictures, pixels, to - from);
    }

    private float[] encoded(float[] pictures, SampleShape pixels, int count) {
        try (NDManager scope = EngineStart.newManager(device)) {
            NDArray batch = scope.create(pictures, pixels.batch(count));
            return codec.encode(batch).toFloatArray(); // (B, c, h, w), or (B, F, c, h, w)
        }
    }

    /** The tokens of captions without their padding, (n, d) each. */
    private List<NpyTensor> tokens(List<String> captions) {
        List<NpyTensor> all = new ArrayList<>();
        if (texts == null || captions.isEmpty()) {
            return all;
        }
        int n = settings.textTokens();
        int d = texts.size();
        try (NDManager scope = EngineStart.newManager(Device.cpu())) {
            TextFeatures features = texts.encode(scope, captions, n);
            float[] context = features.context().toFloatArray(); // (B, n, d)
            float[] mask = features.mask().toFloatArray(); // (B, n)
            for (int i = 0; i < captions.size(); i++) {
                int real = 0;
                while (real < n && mask[i * n + real] != 0) {
                    real++;
                }
                all.add(
                        new NpyTensor(
                                new long[] {real, d},
                                Arrays.copyOfRange(context, i * n * d, (i * n + real) * d)));
            }
        }
        return all;
    }

    /** Fits a projection of latents to colours to some pictures of a data set. */
    LatentPreview preview(ImageDataset data) {
        SampleShape pixels = data.sample();
        SampleShape sample = sampleOf(pixels);
        LatentPreview.Fit fit = new LatentPreview.Fit(sample.channels(), pixels.channels());
        int count = Math.min(FITTED, data.size());
        float[] picture = new float[pixels.size()];
        for (int i = 0; i < count; i++) {
            data.read((int) ((long) i * data.size() / count), false, picture, 0);
            float[] latent = encoded(picture, pixels, 1);
            for (int frame = 0; frame < pixels.frameCount(); frame++) {
                fit.add(part(latent, frame, sample), sample, part(picture, frame, pixels), pixels);
            }
        }
        return fit.solve();
    }

    /** One frame of a clip, or the picture. */
    private static float[] part(float[] values, int frame, SampleShape shape) {
        int each = values.length / shape.frameCount();
        return Arrays.copyOfRange(values, frame * each, (frame + 1) * each);
    }
}

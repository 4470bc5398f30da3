package io.zigma.pipeline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.google.gson.JsonPrimitive;
import io.zigma.base.Amount;
import io.zigma.base.GradientMode;
import io.zigma.base.SampleShape;
import io.zigma.base.Setting;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.codec.SampleCodec;
import io.zigma.condition.InvalidRequestException;
import io.zigma.media.ClipSampling;
import io.zigma.media.PictureFormat;
import io.zigma.media.Pixels;
import java.awt.image.BufferedImage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A {@link SourceClip} for one model: its frames in the model's size. */
final class ContinuedClip {

    private final SourceClip clip;
    private final SourceClip.Frames taken;
    private final PictureFormat format;
    private final List<byte[]> frames;

    private ContinuedClip(
            SourceClip clip, SourceClip.Frames taken, PictureFormat format, List<byte[]> frames) {
        this.clip = clip;
        this.taken = taken;
        this.format = format;
        this.frames = frames;
    }

    /**
     * Decodes and resizes a clip.
     *
     * @param clip the file
     * @param config the model's description, which says how its training clips were read
     * @param pixels the size of its videos
     * @param kept how many frames a window has of those before
     * @throws InvalidRequestException if the file is damaged, or shorter than that
     */
    static ContinuedClip of(
            SourceClip clip, CheckpointConfig config, SampleShape pixels, int kept) {
        SourceClip.Frames taken = clip.taken().orElseGet(() -> trained(config));
        PictureFormat format =
                new PictureFormat(pixels.channels(), pixels.height(), pixels.width());
        List<byte[]> frames = clip.frames(format, taken);
        if (frames.size() < kept) {
            throw new InvalidRequestException(
                    "%s has %s, and the model goes on from %s; give a longer clip, another rate, or a smaller overlap"
                            .formatted(
                                    clip.name(),
                                    Amount.of(frames.size(), "frame"),
                                    Amount.of(kept, "frame")));
        }
        return new ContinuedClip(clip, taken, format, frames);
    }

    /** Which frames were taken of the clips that the model was trained on; else all. */
    private static SourceClip.Frames trained(CheckpointConfig config) {
        return config.data().get(ClipSampling.FIELD) instanceof JsonPrimitive text
                ? ClipSampling.parse(text.getAsString())
                        .map(SourceClip.Frames::of)
                        .orElse(SourceClip.Frames.OWN)
                : SourceClip.Frames.OWN;
    }

    /** Returns how many frames it has. */
    int length() {
        return frames.size();
    }

    /** Returns its frames in the model's size. */
    List<BufferedImage> pictures() {
        return frames.stream()
                .map(
                        levels ->
                                Pixels.picture(
                                        values(levels),
                                        format.channels(),
                                        format.height(),
                                        format.width()))
                .toList();
    }

    /**
     * Encodes its last frames as the model's samples.
     *
     * @param manager owner of the result
     * @param codec that of the model
     * @param sample the model's sample
     * @param count B
     * @param kept how many frames
     * @return the frames B times (B, kept, C, H, W)
     */
    NDArray last(NDManager manager, SampleCodec codec, SampleShape sample, int count, int kept) {
        int each = format.elements();
        float[] pixels = new float[kept * each];
        for (int i = 0; i < kept; i++) {
            float[] frame = values(frames.get(frames.size() - kept + i));
            System.arraycopy(frame, 0, pixels, i * each, each);
        }
        return GradientMode.off(
                () -> {
                    try (NDManager scope = manager.newSubManager()) {
                        NDArray pictures =
                                scope.create(
                                        pixels,
                                        new Shape(
                                                kept,
                                                format.channels(),
                                                format.height(),
                                                format.width()));
                        float[] one = codec.encode(pictures).toFloatArray();
                        float[] all = new float[Math.multiplyExact(one.length, count)];
                        for (int i = 0; i < count; i++) {
                            System.arraycopy(one, 0, all, i * one.length, one.length);
                        }
                        return manager.create(
                                all,
                                new Shape(
                                        count,
                                        kept,
                                        sample.channels(),
                                        sample.height(),
                                        sample.width()));
                    }
                });
    }

    private static float[] values(byte[] levels) {
        float[] values = new float[levels.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = Pixels.value(levels[i]);
        }
        return values;
    }

    /** Describes it for recipes: the file, and which of its frames were taken. */
    Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put(RecipeFields.CLIP, clip.sha256());
        facts.put(RecipeFields.CLIP_FPS, Setting.plain(taken.fps()));
        if (taken.stride() > 1) {
            facts.put(RecipeFields.CLIP_STRIDE, Integer.toString(taken.stride()));
        }
        return facts;
    }
}

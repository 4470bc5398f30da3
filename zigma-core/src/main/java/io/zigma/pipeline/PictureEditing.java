package io.zigma.pipeline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.base.GradientMode;
import io.zigma.base.SampleShape;
import io.zigma.base.Setting;
import io.zigma.codec.SampleCodec;
import io.zigma.condition.InvalidRequestException;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.media.FramedPicture;
import io.zigma.media.PictureFormat;
import io.zigma.media.Pixels;
import io.zigma.sampler.Denoiser;
import io.zigma.sampler.Inpainting;
import io.zigma.sampler.Start;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** An {@link Edit} for one model: the picture in the model's size, and where it stays. */
final class PictureEditing {

    /** The least level of a mask that is white. */
    private static final int WHITE = 128;

    /** Shapes of picture and mask that differ by rounding only. */
    private static final double SAME_SHAPE = 0.02;

    private final Edit edit;
    private final SampleCodec codec;
    private final SampleShape sample;
    private final PictureFormat format;
    private final byte[] levels; // C × H × W
    private final boolean[] painted; // H × W

    private PictureEditing(
            Edit edit,
            SampleCodec codec,
            SampleShape sample,
            PictureFormat format,
            byte[] levels,
            boolean[] painted) {
        this.edit = edit;
        this.codec = codec;
        this.sample = sample;
        this.format = format;
        this.levels = levels;
        this.painted = painted;
    }

    /**
     * Decodes and resizes picture and mask.
     *
     * @param edit what was asked for
     * @param codec that of the model
     * @param sample the model's sample
     * @param model its name, for refusals
     * @throws InvalidRequestException if the model makes no single pictures, or a file is damaged
     */
    static PictureEditing of(Edit edit, SampleCodec codec, SampleShape sample, String model) {
        if (sample.isVideo()) {
            throw new InvalidRequestException(
                    "%s makes videos, which cannot start from a picture".formatted(model));
        }
        SampleShape pixels = codec.pixelsOf(sample);
        PictureFormat format =
                new PictureFormat(pixels.channels(), pixels.height(), pixels.width());
        boolean[] painted = new boolean[format.height() * format.width()];
        Margins margins = edit.margins();
        if (margins != null) {
            byte[] levels = framed(edit.source(), format, margins, painted);
            return new PictureEditing(edit, codec, sample, format, levels, painted);
        }
        FramedPicture source = edit.source().framed(format);
        if (edit.mask() == null) {
            Arrays.fill(painted, true);
        } else {
            readMask(edit.mask(), edit.source(), source, format, painted);
        }
        return new PictureEditing(edit, codec, sample, format, source.pixels(), painted);
    }

    private static void readMask(
            SourcePicture file,
            SourcePicture source,
            FramedPicture picture,
            PictureFormat format,
            boolean[] painted) {
        FramedPicture mask = file.framed(new PictureFormat(1, format.height(), format.width()));
        double here = (double) mask.width() / mask.height();
        double there = (double) picture.width() / picture.height();
        if (Math.abs(here / there - 1) > SAME_SHAPE) {
            throw new InvalidRequestException(
                    "the mask %s has %s×%s pixels, the picture %s %s×%s; a mask has the picture's shape"
                            .formatted(
                                    file.name(),
                                    mask.width(),
                                    mask.height(),
                                    source.name(),
                                    picture.width(),
                                    picture.height()));
        }
        for (int i = 0; i < painted.length; i++) {
            painted[i] = (mask.pixels()[i] & 0xff) >= WHITE;
        }
    }

    /** Puts the picture inside margins that continue its edge, and marks them as painted. */
    private static byte[] framed(
            SourcePicture source, PictureFormat format, Margins margins, boolean[] painted) {
        int width = format.width();
        int height = format.height();
        PictureSize inside = margins.inside(new PictureSize(height, width));
        byte[] small =
                source.framed(new PictureFormat(format.channels(), inside.height(), inside.width()))
                        .pixels();
        byte[] levels = new byte[format.elements()];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int row = Math.max(0, Math.min(inside.height() - 1, y - margins.top()));
                int column = Math.max(0, Math.min(inside.width() - 1, x - margins.left()));
                painted[y * width + x] = row != y - margins.top() || column != x - margins.left();
                for (int c = 0; c < format.channels(); c++) {
                    levels[(c * height + y) * width + x] =
                            small[(c * inside.height() + row) * inside.width() + column];
                }
            }
        }
        return levels;
    }

    /** Returns whether the picture comes back as it is. */
    boolean changesNothing() {
        return edit.strength() == 0 || !paintsAnything();
    }

    private boolean paintsAnything() {
        for (boolean pixel : painted) {
            if (pixel) {
                return true;
            }
        }
        return false;
    }

    private boolean paintsAll() {
        for (boolean pixel : painted) {
            if (!pixel) {
                return false;
            }
        }
        return true;
    }

    /** Returns the picture in the model's size. */
    BufferedImage picture() {
        return Pixels.picture(values(), format.channels(), format.height(), format.width());
    }

    private float[] values() {
        float[] values = new float[levels.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = Pixels.value(levels[i]);
        }
        return values;
    }

    /**
     * Encodes the picture as the model's samples.
     *
     * @param manager owner of the result
     * @param count B
     * @return the picture B times (B, C, H, W), C, H and W those of a sample
     */
    NDArray data(NDManager manager, int count) {
        return GradientMode.off(
                () -> {
                    try (NDManager scope = manager.newSubManager()) {
                        NDArray pixels =
                                scope.create(
                                        values(),
                                        new Shape(
                                                1,
                                                format.channels(),
                                                format.height(),
                                                format.width()));
                        float[] one = codec.encode(pixels).toFloatArray();
                        float[] all = new float[Math.multiplyExact(one.length, count)];
                        for (int i = 0; i < count; i++) {
                            System.arraycopy(one, 0, all, i * one.length, one.length);
                        }
                        return manager.create(all, sample.batch(count));
                    }
                });
    }

    /**
     * Returns where sampling starts.
     *
     * @param process the model's
     * @param noise standard normal noise (B, C, H, W)
     * @return pure noise at strength 1, which is the start without an edit; else the picture with
     *     noise
     */
    Start start(DiffusionProcess process, NDArray noise) {
        if (edit.strength() == 1) {
            return Start.from(process, noise);
        }
        NDArray data = data(noise.getManager(), (int) noise.size(0));
        return Start.between(process, data, noise, edit.strength());
    }

    /**
     * Makes a model fill only what is painted.
     *
     * @param model the model
     * @param process its process
     * @param noise standard normal noise that sampling starts from (B, C, H, W)
     * @return nothing where everything is painted, as then the model itself does
     */
    Optional<Inpainting> inpainting(Denoiser model, DiffusionProcess process, NDArray noise) {
        if (paintsAll()) {
            return Optional.empty();
        }
        NDManager manager = noise.getManager();
        NDArray data = data(manager, (int) noise.size(0));
        return Optional.of(new Inpainting(model, process, data, known(manager), noise));
    }

    /** 1 where a position of a sample stays: where all of its pixels do; (1, 1, H, W). */
    private NDArray known(NDManager manager) {
        float[] known = new float[sample.height() * sample.width()];
        Arrays.fill(known, 1);
        for (int y = 0; y < format.height(); y++) {
            for (int x = 0; x < format.width(); x++) {
                if (painted[y * format.width() + x]) {
                    int row = y * sample.height() / format.height();
                    int column = x * sample.width() / format.width();
                    known[row * sample.width() + column] = 0;
                }
            }
        }
        return manager.create(known, new Shape(1, 1, sample.height(), sample.width()));
    }

    /**
     * Puts the pixels that stay into a finished picture, byte for byte.
     *
     * @param finished a picture of the model, changed
     */
    void paste(BufferedImage finished) {
        BufferedImage own = picture();
        for (int y = 0; y < format.height(); y++) {
            for (int x = 0; x < format.width(); x++) {
                if (!painted[y * format.width() + x]) {
                    finished.getRaster()
                            .setDataElements(x, y, own.getRaster().getDataElements(x, y, null));
                }
            }
        }
    }

    /** Describes the edit for recipes, but for the prompt that the picture shows. */
    Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put(RecipeFields.SOURCE, edit.source().sha256());
        if (edit.shown() != null) {
            facts.put(RecipeFields.INVERTED, "true");
            return facts;
        }
        facts.put(RecipeFields.STRENGTH, Setting.plain(edit.strength()));
        if (edit.mask() != null) {
            facts.put(RecipeFields.MASK, edit.mask().sha256());
        }
        if (edit.margins() != null) {
            facts.put(RecipeFields.MARGINS, edit.margins().toString());
        }
        return facts;
    }
}

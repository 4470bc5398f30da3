package io.zigma.eval;

import io.zigma.eval.npz.NpyArray;
import io.zigma.eval.npz.NpyException;
import io.zigma.eval.npz.NpzFile;
import io.zigma.media.PictureFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Pictures in one file, as guided-diffusion and its successors write samples: {@code arr_0} of type
 * uint8 and shape (N, H, W, 3), and {@code arr_1} with a class number for each where the model has
 * classes.
 *
 * @param pictures all of them
 * @param labels their class numbers, {@link Samples#NO_CLASS} where the file has none
 */
public record SampleArchive(Pictures pictures, int[] labels) {

    private static final String PICTURES = "arr_0";
    private static final String LABELS = "arr_1";

    // more classes than any data set has; a number beyond it is none
    private static final int MOST_CLASSES = 1 << 20;

    /**
     * Reads a file.
     *
     * @param file an {@code .npz}; pictures of shape (N, H, W, 1) or (N, H, W) are grey
     * @return its pictures
     * @throws NpyException if it holds no such pictures, with the reason in one line
     * @throws IOException if reading fails
     */
    public static SampleArchive read(Path file) throws IOException {
        NpyArray.Bytes array = NpzFile.readBytes(file, PICTURES);
        int[] shape = array.shape();
        if (shape.length == 3) {
            shape = new int[] {shape[0], shape[1], shape[2], 1};
        }
        if (shape.length != 4 || shape[3] != 1 && shape[3] != 3 || shape[0] < 1) {
            throw new NpyException(
                    "%s: arr_0 has the shape %s; pictures have (N, height, width, 3), or 1 in the last place for grey"
                            .formatted(file, Arrays.toString(array.shape())));
        }
        PictureFormat format;
        try {
            format = new PictureFormat(shape[3], shape[1], shape[2]);
        } catch (IllegalArgumentException e) {
            throw new NpyException("%s: %s".formatted(file, e.getMessage()), e);
        }
        return new SampleArchive(
                Pictures.of(format, channelsFirst(array.values(), format)), labels(file, shape[0]));
    }

    /** Brings (N, H, W, C) to (N, C, H, W). */
    private static byte[] channelsFirst(byte[] values, PictureFormat format) {
        int channels = format.channels();
        int plane = format.height() * format.width();
        byte[] levels = new byte[values.length];
        for (int from = 0; from < values.length; from += format.elements()) {
            for (int i = 0; i < plane; i++) {
                for (int channel = 0; channel < channels; channel++) {
                    levels[from + channel * plane + i] = values[from + i * channels + channel];
                }
            }
        }
        return levels;
    }

    private static int[] labels(Path file, int count) throws IOException {
        int[] labels = new int[count];
        Arrays.fill(labels, Samples.NO_CLASS);
        if (!NpzFile.has(file, LABELS)) {
            return labels;
        }
        NpyArray array = NpzFile.read(file, LABELS);
        if (array.values().length != count) {
            throw new NpyException(
                    "%s: arr_1 has %s class numbers for %s pictures"
                            .formatted(file, array.values().length, count));
        }
        for (int i = 0; i < count; i++) {
            double label = array.values()[i];
            if (!(label >= 0 && label < MOST_CLASSES && label == Math.rint(label))) {
                throw new NpyException(
                        "%s: arr_1 has %s for picture %s, which is no class number"
                                .formatted(file, label, i));
            }
            labels[i] = (int) label;
        }
        return labels;
    }
}

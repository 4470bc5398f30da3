package io.zigma.eval;

import io.zigma.base.Amount;
import io.zigma.io.ContentHash;
import io.zigma.media.PictureFormat;
import io.zigma.media.Pixels;
import io.zigma.train.data.ImageDataset;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Pictures of one size with 8 bits a channel, as in files: what is compared is what people see, not
 * what a model computed before it was rounded.
 */
public final class Pictures {

    private final PictureFormat format;
    private final byte[] levels;

    private Pictures(PictureFormat format, byte[] levels) {
        this.format = format;
        this.levels = levels;
    }

    /**
     * Takes pictures; the array is not copied.
     *
     * @param format size and channels of each
     * @param levels (N, C, H, W) row by row, 0 black to 255 white, N at least 0
     * @return the pictures
     * @throws IllegalArgumentException if that is no whole number of pictures
     */
    public static Pictures of(PictureFormat format, byte[] levels) {
        if (levels.length % format.elements() != 0) {
            throw new IllegalArgumentException(
                    "%s bytes are no whole number of pictures of %s × %s × %s"
                            .formatted(
                                    levels.length,
                                    format.channels(),
                                    format.height(),
                                    format.width()));
        }
        return new Pictures(format, levels);
    }

    /**
     * Reads some pictures of a data set.
     *
     * @param data where they are
     * @param chosen their numbers, in the order of the result
     * @return the pictures
     * @throws IllegalArgumentException if they are more than one array holds, 2 GiB
     */
    public static Pictures of(ImageDataset data, int[] chosen) {
        PictureFormat format = new PictureFormat(data.channels(), data.height(), data.width());
        byte[] levels = new byte[length(format, chosen.length)];
        float[] values = new float[format.elements()];
        for (int i = 0; i < chosen.length; i++) {
            data.read(chosen[i], false, values, 0);
            for (int j = 0; j < values.length; j++) {
                levels[i * values.length + j] = Pixels.nearestLevel(values[j]);
            }
        }
        return new Pictures(format, levels);
    }

    /**
     * Takes the samples of pictures as they are.
     *
     * @param format size and channels of each
     * @param images grey or RGB pictures of that format
     * @return the pictures
     */
    public static Pictures of(PictureFormat format, List<BufferedImage> images) {
        byte[] levels = new byte[length(format, images.size())];
        int plane = format.height() * format.width();
        int[] samples = new int[plane];
        for (int i = 0; i < images.size(); i++) {
            for (int channel = 0; channel < format.channels(); channel++) {
                images.get(i)
                        .getRaster()
                        .getSamples(0, 0, format.width(), format.height(), channel, samples);
                int at = i * format.elements() + channel * plane;
                for (int j = 0; j < plane; j++) {
                    levels[at + j] = (byte) samples[j];
                }
            }
        }
        return new Pictures(format, levels);
    }

    /**
     * Refuses more pictures than can be held together.
     *
     * @param format of each
     * @param count how many
     * @throws IllegalArgumentException if they are more than 2 GiB
     */
    public static void requireComparable(PictureFormat format, int count) {
        length(format, count);
    }

    /** Returns how many levels pictures have together, if that is no more than 2 GiB. */
    public static int length(PictureFormat format, int count) {
        long bytes = (long) format.elements() * count;
        if (bytes > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(
                    "%s of %s × %s are more than the 2 GiB that can be compared at once; use fewer or smaller ones"
                            .formatted(
                                    Amount.of(count, "picture"), format.height(), format.width()));
        }
        return (int) bytes;
    }

    /** Returns size and channels of each picture. */
    public PictureFormat format() {
        return format;
    }

    /** Returns how many pictures there are, at least 0. */
    public int count() {
        return levels.length / format.elements();
    }

    /** Returns all levels (N, C, H, W), the array itself. */
    public byte[] levels() {
        return levels;
    }

    /**
     * Copies consecutive pictures.
     *
     * @param from the first
     * @param to the one after the last
     */
    public Pictures slice(int from, int to) {
        Objects.checkFromToIndex(from, to, count());
        int size = format.elements();
        return new Pictures(format, Arrays.copyOfRange(levels, from * size, to * size));
    }

    /**
     * Copies some pictures.
     *
     * @param chosen which ones, in the order of the result
     * @return the pictures
     * @throws IndexOutOfBoundsException if there is no such picture
     */
    public Pictures select(int[] chosen) {
        int size = format.elements();
        byte[] selected = new byte[length(format, chosen.length)];
        for (int i = 0; i < chosen.length; i++) {
            int from = Objects.checkIndex(chosen[i], count()) * size;
            System.arraycopy(levels, from, selected, i * size, size);
        }
        return new Pictures(format, selected);
    }

    /** Returns these pictures with others of the same format behind them. */
    public Pictures followedBy(Pictures others) {
        byte[] all = Arrays.copyOf(levels, length(format, count() + others.count()));
        System.arraycopy(others.levels, 0, all, levels.length, others.levels.length);
        return new Pictures(format, all);
    }

    /**
     * Returns consecutive pictures as networks take them.
     *
     * @param from the first
     * @param to the one after the last
     * @return (to − from, C, H, W) values from −1 black to 1 white
     */
    float[] values(int from, int to) {
        Objects.checkFromToIndex(from, to, count());
        int size = format.elements();
        float[] values = new float[(to - from) * size];
        for (int i = 0; i < values.length; i++) {
            values[i] = Pixels.value(levels[from * size + i]);
        }
        return values;
    }

    /**
     * Makes a picture for people.
     *
     * @param index which one
     * @return grey or RGB
     * @throws IndexOutOfBoundsException if there is no such picture
     */
    public BufferedImage picture(int index) {
        Objects.checkIndex(index, count());
        BufferedImage picture =
                new BufferedImage(
                        format.width(),
                        format.height(),
                        format.channels() == 3
                                ? BufferedImage.TYPE_INT_RGB
                                : BufferedImage.TYPE_BYTE_GRAY);
        int plane = format.height() * format.width();
        int[] samples = new int[plane];
        for (int channel = 0; channel < format.channels(); channel++) {
            int at = index * format.elements() + channel * plane;
            for (int j = 0; j < plane; j++) {
                samples[j] = levels[at + j] & 0xff;
            }
            picture.getRaster().setSamples(0, 0, format.width(), format.height(), channel, samples);
        }
        return picture;
    }

    /** Returns a fingerprint of size and pictures, 64 hexadecimal digits. */
    public String hash() {
        return new ContentHash()
                .add(format.channels() + "×" + format.height() + "×" + format.width())
                .add(levels)
                .hex();
    }
}

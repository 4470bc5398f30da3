package io.zigma.eval;

import io.zigma.base.Amount;
import io.zigma.base.SampleShape;
import io.zigma.io.ContentHash;
import io.zigma.media.PictureFormat;
import io.zigma.media.Pixels;
import io.zigma.train.data.ImageDataset;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Pictures or clips of one size with 8 bits a channel, as in files: what is compared is what people
 * see, not what a model computed before it was rounded.
 */
public final class Pictures {

    private final SampleShape sample;
    private final byte[] levels;

    private Pictures(SampleShape sample, byte[] levels) {
        this.sample = sample;
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
        return of(format.sample(), levels);
    }

    /**
     * Takes pictures or clips; the array is not copied.
     *
     * @param sample the size of each
     * @param levels (N, C, H, W), or (N, F, C, H, W) of clips, 0 black to 255 white, N at least 0
     * @return the pictures
     * @throws IllegalArgumentException if that is no whole number of them
     */
    public static Pictures of(SampleShape sample, byte[] levels) {
        if (levels.length % sample.size() != 0) {
            throw new IllegalArgumentException(
                    "%s bytes are no whole number of pictures of %s × %s × %s%s"
                            .formatted(
                                    levels.length,
                                    sample.channels(),
                                    sample.height(),
                                    sample.width(),
                                    sample.isVideo()
                                            ? " in " + Amount.of(sample.frames(), "frame")
                                            : ""));
        }
        return new Pictures(sample, levels);
    }

    /**
     * Reads some pictures or clips of a data set.
     *
     * @param data where they are
     * @param chosen their numbers, in the order of the result
     * @return the pictures
     * @throws IllegalArgumentException if they are more than one array holds, 2 GiB
     */
    public static Pictures of(ImageDataset data, int[] chosen) {
        SampleShape sample = data.sample();
        byte[] levels = new byte[length(sample, chosen.length)];
        float[] values = new float[sample.size()];
        for (int i = 0; i < chosen.length; i++) {
            data.read(chosen[i], false, values, 0);
            for (int j = 0; j < values.length; j++) {
                levels[i * values.length + j] = Pixels.nearestLevel(values[j]);
            }
        }
        return new Pictures(sample, levels);
    }

    /**
     * Takes the samples of pictures as they are.
     *
     * @param format size and channels of each
     * @param images grey or RGB pictures of that format
     * @return the pictures
     */
    public static Pictures of(PictureFormat format, List<BufferedImage> images) {
        byte[] levels = new byte[length(format.sample(), images.size())];
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
        return new Pictures(format.sample(), levels);
    }

    /**
     * Puts pictures together that are the frames of clips.
     *
     * @param frames how many a clip has, at least 1
     * @return as many clips as there are so many pictures
     * @throws IllegalArgumentException if these are clips already, or no whole number of them
     */
    public Pictures asClips(int frames) {
        if (sample.isVideo()) {
            throw new IllegalArgumentException("clips are no frames of clips");
        }
        return of(
                SampleShape.video(frames, sample.channels(), sample.height(), sample.width()),
                levels);
    }

    /**
     * Returns all frames of all clips as pictures.
     *
     * @return N · F pictures; pictures as they are
     */
    public Pictures everyFrame() {
        return new Pictures(format().sample(), levels);
    }

    /**
     * Refuses more pictures than can be held together.
     *
     * @param sample of each
     * @param count how many
     * @throws IllegalArgumentException if they are more than 2 GiB
     */
    public static void requireComparable(SampleShape sample, int count) {
        length(sample, count);
    }

    /**
     * Returns how many levels pictures have together.
     *
     * @param sample the size of each picture or clip
     * @param count N of them
     * @return N · C · H · W, of clips N · F · C · H · W
     * @throws IllegalArgumentException if that is more than an array holds, 2 GiB
     */
    public static int length(SampleShape sample, int count) {
        long bytes = (long) sample.size() * count;
        if (bytes > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(
                    "%s of %s × %s are more than the 2 GiB that can be compared at once; use fewer or smaller ones"
                            .formatted(
                                    Amount.of(count, sample.isVideo() ? "clip" : "picture"),
                                    sample.height(),
                                    sample.width()));
        }
        return (int) bytes;
    }

    /**
     * Returns the format of each picture, or of each frame of clips.
     *
     * @return size and channels
     */
    public PictureFormat format() {
        return new PictureFormat(sample.channels(), sample.height(), sample.width());
    }

    /**
     * Returns the size of each picture or clip.
     *
     * @return (C, H, W), or (F, C, H, W)
     */
    public SampleShape sample() {
        return sample;
    }

    /**
     * Returns how many levels each picture or clip has.
     *
     * @return C · H · W, or F · C · H · W
     */
    public int elements() {
        return sample.size();
    }

    /**
     * Returns how many pictures or clips there are.
     *
     * @return N, at least 0
     */
    public int count() {
        return levels.length / elements();
    }

    /**
     * Returns all levels.
     *
     * @return (N, C, H, W), or (N, F, C, H, W) of clips, unsigned; the array itself, not a copy
     */
    public byte[] levels() {
        return levels;
    }

    /**
     * Copies consecutive pictures.
     *
     * @param from the first
     * @param to the one after the last
     * @return {@code to − from} pictures
     * @throws IndexOutOfBoundsException if there are none of these numbers
     */
    public Pictures slice(int from, int to) {
        Objects.checkFromToIndex(from, to, count());
        int size = elements();
        return new Pictures(sample, Arrays.copyOfRange(levels, from * size, to * size));
    }

    /**
     * Copies some pictures.
     *
     * @param chosen which ones, in the order of the result
     * @return the pictures
     * @throws IndexOutOfBoundsException if there is no such picture
     */
    public Pictures select(int[] chosen) {
        int size = elements();
        byte[] selected = new byte[length(sample, chosen.length)];
        for (int i = 0; i < chosen.length; i++) {
            int from = Objects.checkIndex(chosen[i], count()) * size;
            System.arraycopy(levels, from, selected, i * size, size);
        }
        return new Pictures(sample, selected);
    }

    /**
     * Joins two sets.
     *
     * @param others pictures or clips of the same size
     * @return these, then the others
     * @throws IllegalArgumentException if together they are more than an array holds, 2 GiB
     */
    public Pictures followedBy(Pictures others) {
        byte[] all = Arrays.copyOf(levels, length(sample, count() + others.count()));
        System.arraycopy(others.levels, 0, all, levels.length, others.levels.length);
        return new Pictures(sample, all);
    }

    /**
     * Returns consecutive pictures as networks take them.
     *
     * @param from the first
     * @param to the one after the last
     * @return (to − from, C, H, W), or (to − from, F, C, H, W) of clips, values from −1 black to 1
     *     white
     */
    float[] values(int from, int to) {
        Objects.checkFromToIndex(from, to, count());
        int size = elements();
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
     * @return grey or RGB; of a clip the first frame
     * @throws IndexOutOfBoundsException if there is no such picture
     */
    public BufferedImage picture(int index) {
        return frame(index, 0);
    }

    /**
     * Makes a frame for people.
     *
     * @param index of the clip, or of the picture
     * @param frame from 0; of a picture 0
     * @return grey or RGB
     * @throws IndexOutOfBoundsException if there is no such frame
     */
    public BufferedImage frame(int index, int frame) {
        Objects.checkIndex(index, count());
        Objects.checkIndex(frame, sample.frameCount());
        PictureFormat format = format();
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
            int at = index * elements() + frame * format.elements() + channel * plane;
            for (int j = 0; j < plane; j++) {
                samples[j] = levels[at + j] & 0xff;
            }
            picture.getRaster().setSamples(0, 0, format.width(), format.height(), channel, samples);
        }
        return picture;
    }

    /**
     * Returns a fingerprint of size and pictures.
     *
     * @return SHA-256 in 64 hexadecimal digits
     */
    public String hash() {
        String size = sample.channels() + "×" + sample.height() + "×" + sample.width();
        return new ContentHash()
                .add(sample.isVideo() ? sample.frames() + "×" + size : size)
                .add(levels)
                .hex();
    }
}

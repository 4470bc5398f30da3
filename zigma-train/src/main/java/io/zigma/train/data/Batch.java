package io.zigma.train.data;

import java.util.List;

/**
 * Some pictures to train on in one step; the arrays are the receiver's own.
 *
 * @param images B × C × H × W floats from −1 to 1, of clips B × F × C × H × W
 * @param labels B class numbers, −1 where there are no classes
 * @param captions B texts, empty where the data has none
 * @param position of the first picture in the endless stream; the batch after it starts at {@code
 *     position + labels.length}
 */
public record Batch(float[] images, int[] labels, List<String> captions, long position) {

    /** Copies the captions. */
    public Batch {
        captions = List.copyOf(captions);
    }

    /**
     * Makes a batch without captions.
     *
     * @param images B × C × H × W floats from −1 to 1
     * @param labels B class numbers, −1 where there are no classes
     * @param position of the first picture in the endless stream
     */
    public Batch(float[] images, int[] labels, long position) {
        this(images, labels, List.of(), position);
    }

    /**
     * Returns the number of pictures.
     *
     * @return B
     */
    public int size() {
        return labels.length;
    }

    /**
     * Returns where the next batch starts, which is what a checkpoint stores.
     *
     * @return position of the picture after the last
     */
    public long nextPosition() {
        return position + labels.length;
    }
}

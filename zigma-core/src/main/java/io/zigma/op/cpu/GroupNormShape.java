package io.zigma.op.cpu;

/**
 * The sizes and the kind of a group norm over the channels of pictures.
 *
 * @param batch pictures, at least 1
 * @param channels C of a picture, a multiple of the groups
 * @param groups G
 * @param pixels of a channel, at least 1
 * @param perPicture whether each picture has a weight and bias of its own, (B, C), and they are not
 *     the same for all, (C)
 * @param epsilon added to the variance, positive
 * @param silu whether SiLU follows
 */
public record GroupNormShape(
        int batch,
        int channels,
        int groups,
        int pixels,
        boolean perPicture,
        float epsilon,
        boolean silu) {

    /**
     * Checks that no size is empty.
     *
     * @throws IllegalArgumentException if a size or epsilon is not positive, or groups do not
     *     divide the channels
     */
    public GroupNormShape {
        if (batch < 1 || pixels < 1 || groups < 1 || channels < 1 || channels % groups != 0) {
            throw new IllegalArgumentException(
                    "a group norm needs a picture, a pixel and equal groups of channels, not %s pictures of %s pixels, %s channels in %s groups"
                            .formatted(batch, pixels, channels, groups));
        }
        if (!(epsilon > 0)) {
            throw new IllegalArgumentException("a norm's epsilon must be positive, not " + epsilon);
        }
    }

    /** Channels of a group. */
    int width() {
        return channels / groups;
    }

    /** Groups of all pictures. */
    int tasks() {
        return batch * groups;
    }

    /** Where the first channel of a group has its weight and bias. */
    int parameter(int task) {
        return perPicture ? task * width() : task % groups * width();
    }
}

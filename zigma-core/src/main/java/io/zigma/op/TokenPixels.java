package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;

/**
 * Views tokens as pixels of images, so that a product with a matrix is a convolution of one pixel.
 * No memory is moved for that, unless the images would have too few pixels.
 *
 * <p>With {@value #FEWEST_IMAGES} images or more, neither their number nor that of their pixels
 * changes the order in which a pixel's inputs are summed, so that a sequence gets the same numbers
 * alone as in any batch.
 */
final class TokenPixels {

    /** With fewer images the engine takes another kernel when it has one thread. */
    private static final long FEWEST_IMAGES = 16;

    /**
     * With fewer pixels an image oneDNN takes longer: 257 tokens of 768 channels are 257 images of
     * one pixel, for which it takes 2.1 times as long as for 20 of 13, which are 260.
     */
    private static final long FEWEST_PIXELS = 4;

    private TokenPixels() {}

    /**
     * Returns whether tokens can be viewed so.
     *
     * @param x any array
     * @return true for (B, L, in) where L has a divisor of {@value #FEWEST_IMAGES} or more
     */
    static boolean suit(NDArray x) {
        return x.getShape().dimension() == 3 && images(x.getShape().get(1)) > 0;
    }

    /**
     * Views tokens as pixels, with zeros behind those of a sequence where its images would have too
     * few.
     *
     * @param x tokens (B, L, in)
     * @return (P, in, B·L'/P, 1), in memory as (P, B·L'/P, 1, in); L' is L where none are added
     */
    static NDArray of(NDArray x) {
        Shape shape = x.getShape();
        long more = wholeLength(shape.get(0), shape.get(1)) - shape.get(1);
        NDArray whole = // (B, L', in)
                more == 0
                        ? x
                        : x.concat(
                                x.getManager()
                                        .zeros(
                                                new Shape(shape.get(0), more, shape.get(2)),
                                                x.getDataType(),
                                                x.getDevice()),
                                1);
        return of(whole, images(whole.getShape().get(1)));
    }

    /**
     * Views tokens as pixels of a given number of images.
     *
     * @param x tokens (B, L, in)
     * @param images P, a divisor of L
     * @return (P, in, B·L/P, 1), in memory as (P, B·L/P, 1, in)
     */
    static NDArray of(NDArray x, long images) {
        return x.reshape(images, -1, 1, x.getShape().get(2)).transpose(0, 3, 1, 2);
    }

    /**
     * Views pixels as the tokens that they were, without those that {@link #of(NDArray)} added.
     *
     * @param pixels (P, out, B·L'/P, 1), in memory as (P, B·L'/P, 1, out)
     * @param batch B
     * @param length L
     * @return (B, L, out)
     */
    static NDArray tokens(NDArray pixels, long batch, long length) {
        NDArray whole = pixels.transpose(0, 2, 3, 1).reshape(batch, -1, pixels.getShape().get(1));
        return whole.getShape().get(1) == length ? whole : whole.get(":, :{}", length);
    }

    /**
     * Returns how many images P the tokens of a sequence are viewed as: the smallest divisor of L
     * that is large enough, or 0 if there is none.
     *
     * <p>Images of few pixels do not suit oneDNN: 49 tokens are 49 images of B pixels, which takes
     * twice as long as MKL alone, as long in a batch of 3 and half as long from a batch of 16 on.
     */
    static long images(long length) {
        for (long images = FEWEST_IMAGES; images <= length; images++) {
            if (length % images == 0) {
                return images;
            }
        }
        return 0;
    }

    /**
     * Returns how long a sequence has to be for its images to have pixels enough, with as few added
     * as possible: L itself where they have, or where it is too short for that.
     */
    static long wholeLength(long batch, long length) {
        long fewest = length / images(length);
        for (long pixels = rounded(FEWEST_PIXELS, batch); pixels > fewest; pixels--) {
            long images = rounded(length, pixels);
            if (images >= FEWEST_IMAGES) {
                return images * pixels;
            }
        }
        return length;
    }

    /** Returns a / b, rounded up. */
    private static long rounded(long a, long b) {
        return (a + b - 1) / b;
    }
}

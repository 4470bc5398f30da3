package io.zigma.op;

import ai.djl.ndarray.NDArray;

/**
 * Views tokens as pixels of images, so that a product with a matrix is a convolution of one pixel.
 * No memory is moved for that.
 *
 * <p>How many images a sequence is viewed as does not depend on the batch, so that a sequence gets
 * the same numbers alone as in any batch.
 */
final class TokenPixels {

    /** With fewer images the engine takes another kernel when it has one thread. */
    private static final long FEWEST_IMAGES = 16;

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
     * Views tokens as pixels.
     *
     * @param x tokens (B, L, in)
     * @return (P, in, B·L/P, 1), in memory as (P, B·L/P, 1, in)
     */
    static NDArray of(NDArray x) {
        return of(x, images(x.getShape().get(1)));
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
     * Views pixels as the tokens that they were.
     *
     * @param pixels (P, out, B·L/P, 1), in memory as (P, B·L/P, 1, out)
     * @param batch B
     * @return (B, L, out)
     */
    static NDArray tokens(NDArray pixels, long batch) {
        return pixels.transpose(0, 2, 3, 1).reshape(batch, -1, pixels.getShape().get(1));
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
}

package io.zigma.media;

/**
 * A picture that was resized and cropped to a size.
 *
 * @param pixels channels × height × width bytes, 0 black to 255 white; not copied
 * @param pictures how many pictures its file holds, of which this is the first
 * @param width of what is in the file, upright, in pixels or an even fraction of them
 * @param height of what is in the file in the same unit
 */
public record FramedPicture(byte[] pixels, int pictures, int width, int height) {}

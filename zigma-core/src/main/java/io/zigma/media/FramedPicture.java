package io.zigma.media;

/**
 * A picture that was resized and cropped to a size.
 *
 * @param pixels channels × height × width bytes, 0 black to 255 white; not copied
 * @param pictures how many pictures its file holds, of which this is the first
 */
public record FramedPicture(byte[] pixels, int pictures) {}

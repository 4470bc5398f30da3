package io.zigma.media;

import java.util.function.IntFunction;

/**
 * One frame of a clip, complete: what is on the screen while it is shown, whatever part of it the
 * file stores. It may be used only until the {@link ClipSink} that got it returns.
 */
public final class ClipFrame {

    private static final int RGB = 3;

    private final IntFunction<Picture> pictures;
    private final IntFunction<Picture> over;
    private final long micros;

    /**
     * Makes a frame.
     *
     * @param pictures gives the frame with a number of channels, 1 or 3
     * @param micros how long it is shown, in millionths of a second, at least 1
     */
    public ClipFrame(IntFunction<Picture> pictures, long micros) {
        this(pictures, background -> pictures.apply(RGB), micros);
    }

    private ClipFrame(IntFunction<Picture> pictures, IntFunction<Picture> over, long micros) {
        this.pictures = pictures;
        this.over = over;
        this.micros = Math.max(1, micros);
    }

    /** Makes a frame of what a file holds. */
    static ClipFrame of(Decoded decoded, long micros) {
        return new ClipFrame(
                channels -> new DecodedPicture(decoded, channels),
                background -> new DecodedPicture(decoded, RGB, background),
                micros);
    }

    /**
     * Returns what is shown: upright, in sRGB or grey, transparency over white.
     *
     * @param channels 1 to convert to grey, 3 for RGB
     * @return a picture that is read row by row
     */
    public Picture picture(int channels) {
        return pictures.apply(channels);
    }

    /**
     * Returns what is shown over another background than white. A frame that was made of pictures
     * alone has no transparency, and is the same over all.
     *
     * @param background red, green and blue of eight bits each
     * @return a picture of three channels that is read row by row
     */
    public Picture over(int background) {
        return over.apply(background);
    }

    /**
     * Returns how long the frame is shown.
     *
     * @return millionths of a second, at least 1
     */
    public long micros() {
        return micros;
    }
}

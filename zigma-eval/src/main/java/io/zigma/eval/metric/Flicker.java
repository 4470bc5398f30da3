package io.zigma.eval.metric;

/**
 * How unsteady clips are: the mean size of the second difference in time, |x(t−1) − 2·x(t) +
 * x(t+1)|, over all pixels and channels, in levels from 0 to 255.
 *
 * <p>What moves evenly over an even surface has a small one, what comes and goes from frame to
 * frame a large one: grey noise that is new in every frame has about 149, a still clip 0. It says
 * something only beside that of real clips, which move in the same ways.
 */
public final class Flicker {

    private Flicker() {}

    /**
     * Measures clips.
     *
     * @param levels (N, frames, size) bytes, 0 black to 255 white
     * @param frames of each clip
     * @param size levels of a frame
     * @return the mean over all, 0 for clips of fewer than three frames
     */
    public static double of(byte[] levels, int frames, int size) {
        int clip = frames * size;
        long sum = 0;
        long count = 0;
        for (int from = 0; from < levels.length; from += clip) {
            for (int i = from + size; i < from + clip - size; i++) {
                int before = levels[i - size] & 0xff;
                int after = levels[i + size] & 0xff;
                sum += Math.abs(before - 2 * (levels[i] & 0xff) + after);
                count++;
            }
        }
        return count == 0 ? 0 : (double) sum / count;
    }
}

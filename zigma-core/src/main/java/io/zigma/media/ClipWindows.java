package io.zigma.media;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a clip into windows of as many frames as are wanted, one after another without overlap,
 * every frame resized and cropped to one size. What is left at the end of a long clip is left out.
 */
public final class ClipWindows {

    private static final double MICROS_A_SECOND = 1e6;

    private ClipWindows() {}

    /** Takes the windows of a clip. */
    @FunctionalInterface
    public interface Sink {

        /**
         * Takes a window.
         *
         * @param number from 0
         * @param pixels frames × channels × height × width bytes, 0 black to 255 white
         * @return false if no more are needed
         */
        boolean take(int number, byte[] pixels);
    }

    /**
     * Reads a clip.
     *
     * @param clip where it comes from
     * @param format the size of the result
     * @param sampling which frames are taken
     * @param sink takes each window
     * @return how many windows there were, of a clip that was read to its end at least 1
     * @throws MediaException as {@link ClipSource#read} does, and if a short clip is to be left out
     * @throws IOException if reading fails
     */
    public static int read(ClipSource clip, PictureFormat format, ClipSampling sampling, Sink sink)
            throws IOException {
        Cutting cutting = new Cutting(format, sampling, sink);
        clip.read(cutting);
        cutting.finish();
        return cutting.windows;
    }

    /**
     * Reads one window again.
     *
     * @param clip where it comes from
     * @param format the size of the result
     * @param sampling which frames are taken
     * @param number of the window, from 0
     * @return frames × channels × height × width bytes
     * @throws MediaException as {@link #read} does, and if the clip has no such window any more
     * @throws IOException if reading fails
     */
    public static byte[] window(
            ClipSource clip, PictureFormat format, ClipSampling sampling, int number)
            throws IOException {
        byte[][] found = new byte[1][];
        read(
                clip,
                format,
                sampling,
                (index, pixels) -> {
                    if (index == number) {
                        found[0] = pixels;
                    }
                    return index < number;
                });
        if (found[0] == null) {
            throw new MediaException("it became shorter");
        }
        return found[0];
    }

    private static final class Cutting implements ClipSink {

        private final PictureFormat format;
        private final ClipSampling sampling;
        private final Sink sink;
        private final List<byte[]> taken = new ArrayList<>();
        private long seen;
        private long time;
        private long next;
        private int windows;
        private boolean enough;

        Cutting(PictureFormat format, ClipSampling sampling, Sink sink) {
            this.format = format;
            this.sampling = sampling;
            this.sink = sink;
        }

        @Override
        public boolean take(ClipFrame frame) {
            byte[] pixels = null;
            for (long times = times(frame); times > 0 && !enough; times--) {
                if (pixels == null) {
                    pixels = Framing.frame(frame.picture(format.channels()), format);
                }
                add(pixels);
            }
            return !enough;
        }

        /** Returns how often a frame is taken: at a rate, as often as it is seen. */
        private long times(ClipFrame frame) {
            long index = seen++;
            if (sampling.fps() == 0) {
                return index % sampling.stride() == 0 ? 1 : 0;
            }
            time += frame.micros();
            long until = (long) Math.ceil(time * sampling.fps() / MICROS_A_SECOND - 1e-6);
            // the shortest clip has a frame
            long count = Math.max(index == 0 ? 1 : 0, until - next);
            next += count;
            return count;
        }

        private void add(byte[] pixels) {
            taken.add(pixels);
            if (taken.size() == sampling.frames()) {
                emit(taken);
                taken.clear();
            }
        }

        private void emit(List<byte[]> frames) {
            byte[] window = new byte[sampling.frames() * format.elements()];
            for (int i = 0; i < sampling.frames(); i++) {
                byte[] frame = frames.get(i);
                System.arraycopy(frame, 0, window, i * frame.length, frame.length);
            }
            enough = !sink.take(windows++, window);
        }

        void finish() throws MediaException {
            if (windows > 0) {
                return;
            }
            int count = taken.size();
            if (count == 0) {
                throw new MediaException("it has no frames");
            }
            if (sampling.shorter() == ClipSampling.ShortClip.LEAVE_OUT) {
                throw new MediaException(
                        "shorter than %s frames: %s".formatted(sampling.frames(), count));
            }
            boolean loops = sampling.shorter() == ClipSampling.ShortClip.LOOP;
            for (int i = count; i < sampling.frames(); i++) {
                taken.add(taken.get(loops ? i % count : count - 1));
            }
            emit(taken);
        }
    }
}

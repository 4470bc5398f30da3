package io.zigma.emoji;

import io.zigma.media.ClipFrame;
import io.zigma.media.ClipSource;
import io.zigma.media.MediaException;
import io.zigma.media.Picture;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/**
 * One loop of an animated emoji, at equal distances in time.
 *
 * @param drawings what is shown, on nothing; all of one size
 * @param own how many frames the file has itself
 */
record AnimationFrames(List<Drawing> drawings, int own) {

    /** Drawings have at least so many times as many pixels a side as the set's frames. */
    private static final int OVERSAMPLING = 4;

    /** Files have up to a hundred; a film is no emoji. */
    private static final int MOST = 600;

    private static final int LARGEST = 1024;
    private static final int WHITE = 0xffffff;
    private static final int OPAQUE = 255;

    AnimationFrames {
        drawings = List.copyOf(drawings);
    }

    /**
     * Reads a clip.
     *
     * @param clip with square frames
     * @param count how many frames to take of one loop: at time i / count of the loop, the one that
     *     is shown then
     * @param size pixels of the set's frames' sides
     * @throws MediaException if it is damaged, not square or too long
     * @throws IOException if it cannot be read
     */
    static AnimationFrames read(ClipSource clip, int count, int size) throws IOException {
        List<Drawing> all = new ArrayList<>();
        List<Long> ends = new ArrayList<>();
        clip.read(
                frame -> {
                    if (all.size() == MOST) {
                        throw new MediaException("it has more than %s frames".formatted(MOST));
                    }
                    all.add(drawing(frame, size));
                    ends.add((ends.isEmpty() ? 0 : ends.get(ends.size() - 1)) + frame.micros());
                    return true;
                });
        if (all.isEmpty()) {
            throw new MediaException("it has no frames");
        }
        long loop = ends.get(ends.size() - 1);
        List<Drawing> taken = new ArrayList<>();
        int at = 0;
        for (int i = 0; i < count; i++) {
            while (ends.get(at) <= loop * i / count) {
                at++;
            }
            taken.add(all.get(at));
        }
        return new AnimationFrames(taken, all.size());
    }

    /** Shrinks a frame by a whole number, so that every point is the mean of equally many. */
    private static Drawing drawing(ClipFrame frame, int size) throws MediaException {
        Picture onBlack = frame.over(0);
        Picture onWhite = frame.over(WHITE);
        int from = onBlack.width();
        if (from != onBlack.height() || from > LARGEST) {
            throw new MediaException(
                    "its frames are %s×%s; animated emoji are square and at most %s pixels large"
                            .formatted(from, onBlack.height(), LARGEST));
        }
        int shrunk = Math.max(1, from / (OVERSAMPLING * size));
        while (from % shrunk != 0) {
            shrunk--;
        }
        int side = from / shrunk;
        float[] black = new float[3 * from];
        float[] white = new float[3 * from];
        int[] argb = new int[side * side];
        for (int y = 0; y < side; y++) {
            // red, green and blue times alpha, and what is seen through
            float[][] sums = new float[4][side];
            for (int line = 0; line < shrunk; line++) {
                onBlack.row(y * shrunk + line, black);
                onWhite.row(y * shrunk + line, white);
                for (int x = 0; x < from; x++) {
                    for (int plane = 0; plane < 3; plane++) {
                        sums[plane][x / shrunk] += black[plane * from + x];
                    }
                    sums[3][x / shrunk] += white[x] - black[x];
                }
            }
            for (int x = 0; x < side; x++) {
                argb[y * side + x] = argb(sums, x, shrunk * shrunk);
            }
        }
        return new Drawing(side, argb);
    }

    private static int argb(float[][] sums, int x, int points) {
        float alpha = Math.max(0, 1 - sums[3][x] / (points * OPAQUE));
        int pixel = Math.round(OPAQUE * alpha);
        if (pixel == 0) {
            return 0;
        }
        for (int plane = 0; plane < 3; plane++) {
            int value = Math.round(sums[plane][x] / (points * alpha));
            pixel = pixel << 8 | Math.max(0, Math.min(OPAQUE, value));
        }
        return pixel;
    }

    /**
     * Returns how much moves: the mean difference between frames that follow one another, the first
     * after the last too, over all pixels and colours, on white.
     *
     * @return 0 for none to 255
     */
    double motion() {
        double sum = 0;
        for (int i = 0; i < drawings.size(); i++) {
            int[] a = drawings.get(i).argb();
            int[] b = drawings.get((i + 1) % drawings.size()).argb();
            long difference = 0;
            for (int p = 0; p < a.length; p++) {
                for (int shift = 0; shift <= 16; shift += 8) {
                    difference += Math.abs(onWhite(a[p], shift) - onWhite(b[p], shift));
                }
            }
            sum += difference / (3.0 * a.length);
        }
        return sum / drawings.size();
    }

    private static int onWhite(int argb, int shift) {
        int alpha = argb >>> 24;
        return ((argb >> shift & 0xff) * alpha + OPAQUE * (OPAQUE - alpha)) / OPAQUE;
    }

    /** Returns whether the emoji can be seen on a background at the beginning, middle and end. */
    boolean isSeenOn(int background) {
        for (int third = 0; third < 3; third++) {
            Drawing drawing = drawings.get(third * drawings.size() / 3);
            if (!new Contrast(drawing).isSeenOn(background)) {
                return false;
            }
        }
        return true;
    }

    /** Writes the drawings, so that they need not be decoded again. */
    void write(Path file) throws IOException {
        Deflater fast = new Deflater(Deflater.BEST_SPEED);
        try (DataOutputStream out =
                new DataOutputStream(
                        new BufferedOutputStream(
                                new DeflaterOutputStream(Files.newOutputStream(file), fast)))) {
            out.writeInt(drawings.size());
            out.writeInt(own);
            out.writeInt(drawings.get(0).side());
            for (Drawing drawing : drawings) {
                for (int pixel : drawing.argb()) {
                    out.writeInt(pixel);
                }
            }
        } finally {
            fast.end();
        }
    }

    /** Reads what was written. */
    static AnimationFrames of(Path file) throws IOException {
        try (DataInputStream in =
                new DataInputStream(
                        new BufferedInputStream(
                                new InflaterInputStream(Files.newInputStream(file))))) {
            int count = in.readInt();
            int own = in.readInt();
            int side = in.readInt();
            List<Drawing> drawings = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int[] argb = new int[side * side];
                for (int p = 0; p < argb.length; p++) {
                    argb[p] = in.readInt();
                }
                drawings.add(new Drawing(side, argb));
            }
            return new AnimationFrames(drawings, own);
        }
    }
}

package io.zigma.media;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Frames that tests make or read. */
final class ClipFrames {

    private ClipFrames() {}

    /** What was read: pixels as 0xRRGGBB a frame, and how long it is shown. */
    record Read(List<int[]> frames, List<Long> micros, int width, int height) {}

    static Read read(Path file) throws IOException {
        return read(ClipSource.file(PictureSource.of(file)));
    }

    static Read read(byte[] file) throws IOException {
        return read(ClipSource.file(PictureSource.of(file)));
    }

    static Read read(ClipSource source) throws IOException {
        List<int[]> frames = new ArrayList<>();
        List<Long> micros = new ArrayList<>();
        int[] size = new int[2];
        source.read(
                frame -> {
                    Picture picture = frame.picture(3);
                    size[0] = picture.width();
                    size[1] = picture.height();
                    frames.add(pixels(picture));
                    micros.add(frame.micros());
                    return true;
                });
        return new Read(frames, micros, size[0], size[1]);
    }

    static int[] pixels(Picture picture) {
        int width = picture.width();
        int[] pixels = new int[width * picture.height()];
        float[] row = new float[3 * width];
        for (int y = 0; y < picture.height(); y++) {
            picture.row(y, row);
            for (int x = 0; x < width; x++) {
                pixels[y * width + x] =
                        Math.round(row[x]) << 16
                                | Math.round(row[width + x]) << 8
                                | Math.round(row[2 * width + x]);
            }
        }
        return pixels;
    }

    /** A ball of smooth colour that goes over a background of smooth colours. */
    static List<BufferedImage> smooth(int count, int width, int height) {
        List<BufferedImage> frames = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            BufferedImage frame = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
            double left = width * (0.25 + 0.5 * i / count);
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    double distance = Math.hypot(x - left, y - height / 2.0) / (height / 3.0);
                    int red = 60 + 120 * x / width;
                    int green = 200 - 120 * y / height;
                    int blue = 120;
                    if (distance < 1) {
                        red = (int) (250 - 120 * distance);
                        green = (int) (80 + 60 * distance);
                        blue = (int) (40 + 30 * distance);
                    }
                    frame.setRGB(x, y, red << 16 | green << 8 | blue);
                }
            }
            frames.add(frame);
        }
        return frames;
    }

    /** Returns the peak signal-to-noise ratio of all colours of all frames, in decibels. */
    static double psnr(List<int[]> a, List<int[]> b) {
        double sum = 0;
        long count = 0;
        for (int i = 0; i < a.size(); i++) {
            for (int at = 0; at < a.get(i).length; at++) {
                for (int shift = 0; shift <= 16; shift += 8) {
                    int difference =
                            (a.get(i)[at] >> shift & 0xff) - (b.get(i)[at] >> shift & 0xff);
                    sum += difference * difference;
                    count++;
                }
            }
        }
        return sum == 0 ? Double.POSITIVE_INFINITY : 10 * Math.log10(255 * 255 * count / sum);
    }
}

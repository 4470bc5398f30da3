package io.zigma.media;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/**
 * How the samples of a TIFF lie in its file (TIFF 6.0, sections 3, 14 and 15).
 *
 * @param bits of a sample, 8 or 16
 * @param planar whether each band has parts of its own
 * @param tiles whether the parts are tiles of 16 × 16, else strips of 5 rows
 * @param packed whether parts are deflated
 * @param differences whether a row holds the differences of neighbours (predictor 2)
 * @param order of bytes
 */
record TiffLayout(
        int bits,
        boolean planar,
        boolean tiles,
        boolean packed,
        boolean differences,
        ByteOrder order) {

    private static final int TILE = 16;
    private static final int ROWS = 5;

    /** Returns every combination that means something. */
    static List<TiffLayout> all() {
        List<TiffLayout> all = new ArrayList<>();
        for (int bits : new int[] {8, 16}) {
            for (int choice = 0; choice < 32; choice++) {
                boolean packed = (choice & 4) != 0;
                boolean differences = (choice & 8) != 0;
                if (packed || !differences) {
                    all.add(
                            new TiffLayout(
                                    bits,
                                    (choice & 1) != 0,
                                    (choice & 2) != 0,
                                    packed,
                                    differences,
                                    (choice & 16) != 0
                                            ? ByteOrder.BIG_ENDIAN
                                            : ByteOrder.LITTLE_ENDIAN));
                }
            }
        }
        return all;
    }

    /**
     * Writes a picture.
     *
     * @param width in pixels
     * @param samples {@code samples[band][y * width + x]}
     * @param photometric 1 for grey, 2 for RGB
     * @return the file
     */
    byte[] write(int width, int[][] samples, int photometric) {
        int height = samples[0].length / width;
        List<byte[]> parts = new ArrayList<>();
        int partWidth = tiles ? TILE : width;
        int partHeight = tiles ? TILE : ROWS;
        int[] bands = new int[samples.length];
        Arrays.setAll(bands, band -> band);
        List<int[]> groups =
                planar
                        ? Arrays.stream(bands).mapToObj(b -> new int[] {b}).toList()
                        : List.of(bands);
        for (int[] group : groups) {
            for (int y = 0; y < height; y += partHeight) {
                for (int x = 0; x < width; x += partWidth) {
                    int rows = tiles ? TILE : Math.min(partHeight, height - y);
                    byte[] part = part(samples, group, width, height, x, y, partWidth, rows);
                    parts.add(packed ? PictureFiles.deflated(part) : part);
                }
            }
        }
        TreeMap<Integer, long[]> tags = new TreeMap<>();
        tags.put(256, new long[] {3, width});
        tags.put(257, new long[] {3, height});
        long[] depths = new long[samples.length + 1];
        Arrays.fill(depths, bits);
        depths[0] = 3;
        tags.put(258, depths);
        tags.put(259, new long[] {3, packed ? 8 : 1});
        tags.put(262, new long[] {3, photometric});
        tags.put(277, new long[] {3, samples.length});
        tags.put(284, new long[] {3, planar ? 2 : 1});
        tags.put(317, new long[] {3, differences ? 2 : 1});
        if (tiles) {
            tags.put(322, new long[] {3, TILE});
            tags.put(323, new long[] {3, TILE});
        } else {
            tags.put(278, new long[] {3, ROWS});
        }
        return file(tags, parts);
    }

    private byte[] part(
            int[][] samples, int[] group, int width, int height, int x, int y, int w, int h) {
        ByteBuffer part = ByteBuffer.allocate(w * h * group.length * bits / 8).order(order);
        for (int row = y; row < y + h; row++) {
            for (int column = x; column < x + w; column++) {
                for (int band : group) {
                    int here = sample(samples[band], width, height, column, row);
                    int before =
                            differences && column > x
                                    ? sample(samples[band], width, height, column - 1, row)
                                    : 0;
                    if (bits == 8) {
                        part.put((byte) (here - before));
                    } else {
                        part.putShort((short) (here - before));
                    }
                }
            }
        }
        return part.array();
    }

    /** A tile is filled up beyond the picture's edge. */
    private static int sample(int[] band, int width, int height, int x, int y) {
        return x < width && y < height ? band[y * width + x] : 77;
    }

    private byte[] file(TreeMap<Integer, long[]> tags, List<byte[]> parts) {
        ByteArrayOutputStream pixels = new ByteArrayOutputStream();
        long[] offsets = new long[parts.size() + 1];
        long[] counts = new long[parts.size() + 1];
        offsets[0] = 4;
        counts[0] = 4;
        for (int i = 0; i < parts.size(); i++) {
            offsets[i + 1] = 8 + pixels.size();
            counts[i + 1] = parts.get(i).length;
            pixels.writeBytes(parts.get(i));
            if ((pixels.size() & 1) == 1) {
                pixels.write(0);
            }
        }
        tags.put(tiles ? 324 : 273, offsets);
        tags.put(tiles ? 325 : 279, counts);
        int directory = 8 + pixels.size();
        int behind = directory + 6 + 12 * tags.size();
        int room = tags.values().stream().mapToInt(v -> 4 * v.length).sum();
        ByteBuffer file = ByteBuffer.allocate(behind + room).order(order);
        file.put(order == ByteOrder.BIG_ENDIAN ? new byte[] {'M', 'M'} : new byte[] {'I', 'I'});
        file.putShort((short) 42).putInt(directory).put(pixels.toByteArray());
        file.putShort((short) tags.size());
        int place = behind;
        for (var tag : tags.entrySet()) {
            long[] value = tag.getValue();
            int size = value[0] == 3 ? 2 : 4;
            int count = value.length - 1;
            file.putShort(tag.getKey().shortValue()).putShort((short) value[0]).putInt(count);
            int at = file.position();
            if (size * count > 4) {
                file.putInt(place);
                file.position(place);
                place += size * count;
            }
            for (int i = 1; i <= count; i++) {
                if (size == 2) {
                    file.putShort((short) value[i]);
                } else {
                    file.putInt((int) value[i]);
                }
            }
            file.position(at + 4);
        }
        return file.array();
    }
}

package io.zigma.media;

import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;

/** Picture files of kinds that the platform's encoders do not write, byte by byte. */
public final class PictureFiles {

    /** 64×64 pixels, lossless: (200, 100, 50) in the upper left, (20, 60, 180) elsewhere. */
    private static final String WEBP =
            "UklGRiwAAABXRUJQVlA4TCAAAAAvP8APAA9wFJ5T0N6Pdv6jBWLBZP7SIfRG9H8CquDbfw==";

    private PictureFiles() {}

    /**
     * Writes a PNG file.
     *
     * @param header width, height, bits, colour type, 1 if interlaced (one pass filled only for
     *     pictures of one pixel)
     * @param rows packed samples, row by row, without filter bytes
     * @param chunks between header and pixels, by name
     */
    public static byte[] png(int[] header, byte[][] rows, Map<String, byte[]> chunks) {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes("\u0089PNG\r\n\u001a\n".getBytes(StandardCharsets.ISO_8859_1));
        ByteBuffer ihdr = ByteBuffer.allocate(13).putInt(header[0]).putInt(header[1]);
        ihdr.put((byte) header[2]).put((byte) header[3]).put((byte) 0).put((byte) 0);
        ihdr.put((byte) (header.length > 4 ? header[4] : 0));
        chunk(file, "IHDR", ihdr.array());
        chunks.forEach((name, content) -> chunk(file, name, content));
        ByteArrayOutputStream pixels = new ByteArrayOutputStream();
        for (byte[] row : rows) {
            pixels.write(0);
            pixels.writeBytes(row);
        }
        chunk(file, "IDAT", deflated(pixels.toByteArray()));
        chunk(file, "IEND", new byte[0]);
        return file.toByteArray();
    }

    private static void chunk(ByteArrayOutputStream file, String name, byte[] content) {
        byte[] type = name.getBytes(StandardCharsets.ISO_8859_1);
        CRC32 checksum = new CRC32();
        checksum.update(type);
        checksum.update(content);
        file.writeBytes(ByteBuffer.allocate(4).putInt(content.length).array());
        file.writeBytes(type);
        file.writeBytes(content);
        file.writeBytes(ByteBuffer.allocate(4).putInt((int) checksum.getValue()).array());
    }

    /** Returns bytes packed as PNG has them. */
    public static byte[] deflated(byte[] content) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (DeflaterOutputStream out = new DeflaterOutputStream(packed)) {
            out.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }

    /** Returns the content of a chunk iCCP. */
    public static byte[] iccp(byte[] profile) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        content.writeBytes(new byte[] {'p', 0, 0});
        content.writeBytes(deflated(profile));
        return content.toByteArray();
    }

    /** Returns a block of Exif with an orientation and nothing else. */
    public static byte[] exif(int orientation, ByteOrder order) {
        ByteBuffer block = ByteBuffer.allocate(26).order(order);
        block.put(order == ByteOrder.BIG_ENDIAN ? new byte[] {'M', 'M'} : new byte[] {'I', 'I'});
        block.putShort((short) 42).putInt(8).putShort((short) 1);
        block.putShort((short) 0x112).putShort((short) 3).putInt(1).putShort((short) orientation);
        return block.array();
    }

    /** Returns a block of Exif as a camera in the mode "Adobe RGB" writes it. */
    public static byte[] exifOfAdobeRgb() {
        ByteBuffer block = ByteBuffer.allocate(62).order(ByteOrder.LITTLE_ENDIAN);
        block.put(new byte[] {'I', 'I'}).putShort((short) 42).putInt(8);
        // the first directory points at Exif's, that at the one of interoperability
        block.putShort((short) 1).putShort((short) 0x8769).putShort((short) 4).putInt(1);
        block.putInt(26).putInt(0);
        block.putShort((short) 1).putShort((short) 0xa005).putShort((short) 4).putInt(1);
        block.putInt(44).putInt(0);
        block.putShort((short) 1).putShort((short) 1).putShort((short) 2).putInt(4);
        block.put(new byte[] {'R', '0', '3', 0});
        return block.array();
    }

    /** Puts segments behind a JPEG file's first two bytes, in the place of JFIF's mark. */
    public static byte[] jpeg(byte[] file, byte[]... segments) {
        boolean jfif = (file[3] & 0xff) == 0xe0;
        int from = 2 + (jfif ? 2 + ((file[4] & 0xff) << 8 | file[5] & 0xff) : 0);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(file, 0, 2);
        for (byte[] segment : segments) {
            out.writeBytes(segment);
        }
        out.write(file, from, file.length - from);
        return out.toByteArray();
    }

    /** Returns a segment of a JPEG file. */
    public static byte[] segment(int marker, String mark, byte[] content) {
        byte[] name = mark.getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer segment = ByteBuffer.allocate(4 + name.length + content.length);
        segment.put((byte) 0xff).put((byte) marker);
        segment.putShort((short) (2 + name.length + content.length)).put(name).put(content);
        return segment.array();
    }

    /**
     * Writes a TIFF file of one strip.
     *
     * @param tags numbers, each as one or more unsigned numbers of 16 bits (SHORT); width, height
     *     and the strip's own are added
     * @param blobs values of type UNDEFINED
     */
    public static byte[] tiff(
            int width,
            int height,
            byte[] pixels,
            ByteOrder order,
            Map<Integer, int[]> tags,
            Map<Integer, byte[]> blobs) {
        TreeMap<Integer, byte[]> values = new TreeMap<>();
        Map<Integer, int[]> kinds = new LinkedHashMap<>();
        Map<Integer, int[]> all = new LinkedHashMap<>(tags);
        all.put(256, new int[] {width});
        all.put(257, new int[] {height});
        all.put(278, new int[] {height});
        all.forEach(
                (tag, numbers) -> {
                    ByteBuffer value = ByteBuffer.allocate(2 * numbers.length).order(order);
                    Arrays.stream(numbers).forEach(number -> value.putShort((short) number));
                    values.put(tag, value.array());
                    kinds.put(tag, new int[] {3, numbers.length});
                });
        blobs.forEach(
                (tag, blob) -> {
                    values.put(tag, blob);
                    kinds.put(tag, new int[] {7, blob.length});
                });
        values.put(273, ByteBuffer.allocate(4).order(order).putInt(8).array());
        kinds.put(273, new int[] {4, 1});
        values.put(279, ByteBuffer.allocate(4).order(order).putInt(pixels.length).array());
        kinds.put(279, new int[] {4, 1});
        int even = pixels.length + (pixels.length & 1);
        int directory = 8 + even;
        int behind = directory + 2 + 12 * values.size() + 4;
        int size = behind + values.values().stream().mapToInt(v -> v.length + 1).sum();
        ByteBuffer file = ByteBuffer.allocate(size).order(order);
        file.put(order == ByteOrder.BIG_ENDIAN ? new byte[] {'M', 'M'} : new byte[] {'I', 'I'});
        file.putShort((short) 42).putInt(directory).put(pixels).position(directory);
        file.putShort((short) values.size());
        int place = behind;
        for (Map.Entry<Integer, byte[]> entry : values.entrySet()) {
            int[] kind = kinds.get(entry.getKey());
            byte[] value = entry.getValue();
            file.putShort(entry.getKey().shortValue()).putShort((short) kind[0]).putInt(kind[1]);
            if (value.length <= 4) {
                file.put(Arrays.copyOf(value, 4));
            } else {
                file.putInt(place);
                for (int i = 0; i < value.length; i++) {
                    file.put(place + i, value[i]);
                }
                place += value.length + (value.length & 1);
            }
        }
        return file.array();
    }

    /** Returns a lossless WebP file of 64×64 pixels, brown in the upper left, blue elsewhere. */
    public static byte[] webp() {
        return Base64.getDecoder().decode(WEBP);
    }

    /** Returns the same with chunks around its pixels, as the extended format has them. */
    public static byte[] webp(int flags, Map<String, byte[]> before, Map<String, byte[]> behind) {
        return webp(webp(), new int[] {64, 64}, flags, before, behind);
    }

    /** Returns a plain file of a size with chunks around its pixels. */
    public static byte[] webp(
            byte[] plain,
            int[] size,
            int flags,
            Map<String, byte[]> before,
            Map<String, byte[]> behind) {
        RiffChunks chunks = new RiffChunks().extended(flags, size[0], size[1]);
        before.forEach(chunks::add);
        chunks.addAll(webpPixels(plain));
        behind.forEach(chunks::add);
        return chunks.file();
    }

    /** Returns an animation on a canvas of 100×80, its first frame that picture at (20, 10). */
    public static byte[] animatedWebp() {
        return new WebpAnimation(100, 80)
                .frame(webp(), 64, 20, 10, 100, 0)
                .frame(webp(), 64, 20, 10, 100, 0)
                .bytes();
    }

    private static byte[] webpPixels(byte[] plain) {
        return Arrays.copyOfRange(plain, 12, plain.length);
    }

    /** Returns the profile of the platform's sRGB. */
    public static byte[] srgbProfile() {
        return ICC_Profile.getInstance(ColorSpace.CS_sRGB).getData();
    }

    /** Returns a profile whose red, green and blue are sRGB's green, blue and red. */
    public static byte[] rotatedProfile() {
        ByteBuffer profile = ByteBuffer.wrap(srgbProfile());
        int[] places = new int[3];
        for (int i = 0; i < profile.getInt(128); i++) {
            int at = 132 + 12 * i;
            String tag = new String(profile.array(), at, 4, StandardCharsets.ISO_8859_1);
            int channel = "rXYZ gXYZ bXYZ".indexOf(tag) / 5;
            if (tag.endsWith("XYZ")) {
                places[channel] = at + 4;
            }
        }
        int red = profile.getInt(places[0]);
        profile.putInt(places[0], profile.getInt(places[1]));
        profile.putInt(places[1], profile.getInt(places[2]));
        profile.putInt(places[2], red);
        return profile.array();
    }

    /** Returns a grey profile whose values are a power of light (ICC.1:2001, version 2). */
    public static byte[] greyProfile(double gamma) {
        ByteBuffer curve = ByteBuffer.allocate(16);
        curve.put("curv".getBytes(StandardCharsets.ISO_8859_1)).putInt(0).putInt(1);
        curve.putShort((short) Math.round(gamma * 256));
        Map<String, byte[]> tags = new LinkedHashMap<>();
        tags.put("wtpt", d50());
        tags.put("kTRC", curve.array());
        return profile("mntr", "GRAY", "XYZ ", tags);
    }

    /** Returns a CMYK profile: each ink swallows its part, as in 255 · (1 − c) · (1 − k). */
    public static byte[] cmykProfile() {
        ByteBuffer table = ByteBuffer.allocate(48 + 4 * 256 + 16 * 3 + 3 * 256);
        table.put("mft1".getBytes(StandardCharsets.ISO_8859_1)).putInt(0);
        table.put(new byte[] {4, 3, 2, 0});
        for (int i = 0; i < 9; i++) {
            table.putInt(i % 4 == 0 ? 0x10000 : 0);
        }
        identity(table, 4);
        for (int corner = 0; corner < 16; corner++) {
            double light = 1 - (corner & 1);
            double[] rgb = {
                light * (1 - (corner >> 3 & 1)),
                light * (1 - (corner >> 2 & 1)),
                light * (1 - (corner >> 1 & 1))
            };
            double[] lab = lab(rgb);
            table.put((byte) Math.round(lab[0] * 2.55));
            table.put((byte) Math.round(lab[1] + 128)).put((byte) Math.round(lab[2] + 128));
        }
        identity(table, 3);
        Map<String, byte[]> tags = new LinkedHashMap<>();
        tags.put("wtpt", d50());
        tags.put("A2B0", table.array());
        return profile("prtr", "CMYK", "Lab ", tags);
    }

    private static void identity(ByteBuffer table, int channels) {
        for (int c = 0; c < channels; c++) {
            for (int i = 0; i < 256; i++) {
                table.put((byte) i);
            }
        }
    }

    /** CIE L*a*b* of full red, green, blue and their sums, under D50. */
    private static double[] lab(double[] rgb) {
        float[] xyz =
                ColorSpace.getInstance(ColorSpace.CS_CIEXYZ)
                        .fromRGB(new float[] {(float) rgb[0], (float) rgb[1], (float) rgb[2]});
        double fx = cubeRoot(xyz[0] / 0.9642);
        double fy = cubeRoot(xyz[1]);
        double fz = cubeRoot(xyz[2] / 0.8249);
        return new double[] {116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)};
    }

    private static double cubeRoot(double t) {
        return t > 216.0 / 24389 ? Math.cbrt(t) : (841.0 / 108) * t + 4.0 / 29;
    }

    private static byte[] d50() {
        ByteBuffer white = ByteBuffer.allocate(20);
        white.put("XYZ ".getBytes(StandardCharsets.ISO_8859_1)).putInt(0);
        return white.putInt(0xf6d6).putInt(0x10000).putInt(0xd32d).array();
    }

    private static byte[] profile(
            String kind, String space, String connection, Map<String, byte[]> tags) {
        int size = 128 + 4 + 12 * tags.size();
        int end = size + tags.values().stream().mapToInt(v -> v.length + 3 & ~3).sum();
        ByteBuffer profile = ByteBuffer.allocate(end);
        profile.putInt(end).putInt(0).putInt(0x02100000);
        profile.put((kind + space + connection).getBytes(StandardCharsets.ISO_8859_1));
        profile.position(36).put("acsp".getBytes(StandardCharsets.ISO_8859_1));
        profile.position(68).putInt(0xf6d6).putInt(0x10000).putInt(0xd32d);
        profile.position(128).putInt(tags.size());
        int place = size;
        for (Map.Entry<String, byte[]> tag : tags.entrySet()) {
            profile.put(tag.getKey().getBytes(StandardCharsets.ISO_8859_1));
            profile.putInt(place).putInt(tag.getValue().length);
            for (int i = 0; i < tag.getValue().length; i++) {
                profile.put(place + i, tag.getValue()[i]);
            }
            place += tag.getValue().length + 3 & ~3;
        }
        return profile.array();
    }
}

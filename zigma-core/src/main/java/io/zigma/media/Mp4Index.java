package io.zigma.media;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * All that an MP4 file has before its frames (ISO/IEC 14496-12 and 14496-15), so that players can
 * begin while they load it. No time of writing is in it.
 *
 * @param width pixels
 * @param height pixels
 * @param ticks of the clock a second
 * @param lengths for how many ticks each frame is shown
 * @param sizes bytes of each frame
 * @param keys numbers, from 1, of the frames that need none before them
 * @param sequence the sequence parameter set
 * @param picture the picture parameter set
 * @param comment text in UTF-8, empty for none
 */
@SuppressWarnings("ArrayRecordComponent") // an index is never compared with another
record Mp4Index(
        int width,
        int height,
        int ticks,
        int[] lengths,
        List<Integer> sizes,
        List<Integer> keys,
        byte[] sequence,
        byte[] picture,
        byte[] comment) {

    private static final Charset LATIN = StandardCharsets.ISO_8859_1;
    private static final int ONE = 1 << 16;
    private static final int TWO_TO_30 = 1 << 30;
    private static final int UNDETERMINED = 0x55c4;
    private static final int DPI_72 = 72 << 16;

    /** Returns the bytes up to the first frame's. */
    byte[] bytes() {
        byte[] type =
                box("ftyp", text("isom"), numbers(0x200), text("isom"), text("avc1"), text("mp41"));
        long content = sizes.stream().mapToLong(Integer::longValue).sum();
        int before = type.length + movie(0).length + 8;
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(type);
        all.writeBytes(movie(before));
        all.writeBytes(numbers(Math.toIntExact(content + 8)));
        all.writeBytes(text("mdat"));
        return all.toByteArray();
    }

    private int duration() {
        return Math.toIntExact(Arrays.stream(lengths).asLongStream().sum());
    }

    private byte[] movie(int offset) {
        List<byte[]> parts = new ArrayList<>();
        parts.add(
                box(
                        "mvhd",
                        numbers(0, 0, 0, ticks, duration(), ONE),
                        shorts(0x100, 0),
                        numbers(0, 0),
                        matrix(),
                        numbers(0, 0, 0, 0, 0, 0, 2)));
        parts.add(track(offset));
        if (comment.length > 0) {
            parts.add(comments());
        }
        return box("moov", parts.toArray(byte[][]::new));
    }

    private byte[] track(int offset) {
        byte[] header =
                box(
                        "tkhd",
                        numbers(3, 0, 0, 1, 0, duration(), 0, 0),
                        shorts(0, 0, 0, 0),
                        matrix(),
                        numbers(width << 16, height << 16));
        byte[] media =
                box(
                        "mdia",
                        box("mdhd", numbers(0, 0, 0, ticks, duration()), shorts(UNDETERMINED, 0)),
                        box("hdlr", numbers(0, 0), text("vide"), numbers(0, 0, 0), text("video\0")),
                        box(
                                "minf",
                                box("vmhd", numbers(1), shorts(0, 0, 0, 0)),
                                box("dinf", box("dref", numbers(0, 1), box("url ", numbers(1)))),
                                table(offset)));
        return box("trak", header, media);
    }

    private byte[] table(int offset) {
        ByteArrayOutputStream times = new ByteArrayOutputStream();
        int runs = 0;
        for (int i = 0; i < lengths.length; ) {
            int end = i;
            while (end < lengths.length && lengths[end] == lengths[i]) {
                end++;
            }
            times.writeBytes(numbers(end - i, lengths[i]));
            runs++;
            i = end;
        }
        int[] sizeNumbers = sizes.stream().mapToInt(Integer::intValue).toArray();
        int[] keyNumbers = keys.stream().mapToInt(Integer::intValue).toArray();
        return box(
                "stbl",
                box("stsd", numbers(0, 1), entry()),
                box("stts", numbers(0, runs), times.toByteArray()),
                box("stss", numbers(0, keyNumbers.length), numbers(keyNumbers)),
                box("stsc", numbers(0, 1, 1, sizeNumbers.length, 1)),
                box("stsz", numbers(0, 0, sizeNumbers.length), numbers(sizeNumbers)),
                box("stco", numbers(0, 1, offset)));
    }

    private byte[] entry() {
        byte[] settings =
                box(
                        "avcC",
                        new byte[] {
                            1, sequence[1], sequence[2], sequence[3], (byte) 0xff, (byte) 0xe1
                        },
                        shorts(sequence.length),
                        sequence,
                        new byte[] {1},
                        shorts(picture.length),
                        picture);
        // primaries and curve of BT.709, which are sRGB's or nearly so; matrix of BT.601
        byte[] colours = box("colr", text("nclx"), shorts(1, 1, 6), new byte[] {0});
        return box(
                "avc1",
                shorts(0, 0, 0, 1, 0, 0),
                numbers(0, 0, 0),
                shorts(width, height),
                numbers(DPI_72, DPI_72, 0),
                shorts(1),
                new byte[32],
                shorts(24, 0xffff),
                settings,
                colours);
    }

    private byte[] comments() {
        byte[] handler =
                box("hdlr", numbers(0, 0), text("mdirappl"), numbers(0, 0), new byte[] {0});
        byte[] list = box("ilst", box("\u00a9cmt", box("data", numbers(1, 0), comment)));
        return box("udta", box("meta", numbers(0), handler, list));
    }

    private static byte[] matrix() {
        return numbers(ONE, 0, 0, 0, ONE, 0, 0, 0, TWO_TO_30);
    }

    private static byte[] box(String type, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        return ByteBuffer.allocate(8 + content.size())
                .putInt(8 + content.size())
                .put(text(type))
                .put(content.toByteArray())
                .array();
    }

    private static byte[] text(String text) {
        return text.getBytes(LATIN);
    }

    private static byte[] numbers(int... numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * numbers.length);
        for (int number : numbers) {
            bytes.putInt(number);
        }
        return bytes.array();
    }

    private static byte[] shorts(int... numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(2 * numbers.length);
        for (int number : numbers) {
            bytes.putShort((short) number);
        }
        return bytes.array();
    }
}

package io.zigma.media;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import javax.imageio.stream.ImageInputStream;
import org.jspecify.annotations.Nullable;

/** Where an MP4 file has the frames of its video, and when they are shown (ISO/IEC 14496-12). */
final class Mp4Track {

    private static final Charset LATIN = StandardCharsets.ISO_8859_1;
    private static final long MAX_INDEX_BYTES = 1L << 28;
    private static final int MAX_FRAMES = 1 << 24;
    private static final int UPRIGHT = 1;
    private static final int SAMPLE_ENTRY_BYTES = 78;

    /**
     * What a box {@code colr} says.
     *
     * @param matrix coefficients as in H.273
     * @param full whether all levels are used
     */
    record Colours(int matrix, boolean full) {}

    private final AvcSettings settings;
    private final @Nullable Colours colours;
    private final int width;
    private final int height;
    private final int orientation;
    private final long[] offsets;
    private final int[] sizes;
    private final int[] places;
    private final long[] micros;

    private Mp4Track(
            AvcSettings settings,
            @Nullable Colours colours,
            int width,
            int height,
            int orientation,
            long[] offsets,
            int[] sizes,
            int[] places,
            long[] micros) {
        this.settings = settings;
        this.colours = colours;
        this.width = width;
        this.height = height;
        this.orientation = orientation;
        this.offsets = offsets;
        this.sizes = sizes;
        this.places = places;
        this.micros = micros;
    }

    /** Returns how the video is stored. */
    AvcSettings settings() {
        return settings;
    }

    /** Returns the colours that the file names, null for none. */
    @Nullable Colours colours() {
        return colours;
    }

    /** Returns the width in pixels, as the file says. */
    int width() {
        return width;
    }

    /** Returns the height in pixels, as the file says. */
    int height() {
        return height;
    }

    /** Returns how the frames are to be turned, 1 to 8 as in Exif. */
    int orientation() {
        return orientation;
    }

    /** Returns the number of frames. */
    int count() {
        return sizes.length;
    }

    /** Returns where a frame begins, numbered in the order of decoding. */
    long offset(int frame) {
        return offsets[frame];
    }

    /** Returns how many bytes a frame has, numbered in the order of decoding. */
    int size(int frame) {
        return sizes[frame];
    }

    /** Returns the place in the order of showing of a frame, numbered in the order of decoding. */
    int place(int frame) {
        return places[frame];
    }

    /**
     * Returns for how long a frame is shown, numbered in the order of showing; 0 for not at all.
     */
    long micros(int place) {
        return micros[place];
    }

    /**
     * Reads a file's index.
     *
     * @throws MediaException if there is none, or the video is of a kind that cannot be decoded
     */
    static Mp4Track read(ImageInputStream in) throws IOException {
        ByteBuffer movie = movie(in);
        Map<String, ByteBuffer> all = boxes(movie.duplicate());
        if (all.containsKey("mvex")) {
            throw new MediaException(
                    "a fragmented MP4 cannot be read; rewrite it: ffmpeg -i FILE -c copy NEW.mp4");
        }
        ByteBuffer left = movie.duplicate();
        while (left.remaining() >= 8) {
            Box box = next(left);
            if (box.type().equals("trak")) {
                Mp4Track track = track(boxes(box.content()));
                if (track != null) {
                    return track;
                }
            }
        }
        throw new MediaException("it has no video");
    }

    /**
     * Returns the comment of a file, where iTunes and others have it.
     *
     * @return text in UTF-8, empty if there is none
     */
    static byte[] comment(ImageInputStream in) throws IOException {
        ByteBuffer user = boxes(movie(in)).get("udta");
        ByteBuffer meta = user == null ? null : boxes(user).get("meta");
        if (meta == null || meta.remaining() < 4) {
            return new byte[0];
        }
        ByteBuffer list = boxes(meta.position(4)).get("ilst");
        ByteBuffer item = list == null ? null : boxes(list).get("\u00a9cmt");
        ByteBuffer data = item == null ? null : boxes(item).get("data");
        if (data == null || data.remaining() < 8) {
            return new byte[0];
        }
        byte[] text = new byte[data.remaining() - 8];
        data.position(8).get(text);
        return text;
    }

    private record Box(String type, ByteBuffer content) {}

    /** Reads the box {@code moov}, which may stand before or behind the frames. */
    private static ByteBuffer movie(ImageInputStream in) throws IOException {
        long at = 0;
        while (at + 8 <= in.length()) {
            in.seek(at);
            long size = in.readUnsignedInt();
            byte[] type = new byte[4];
            in.readFully(type);
            int header = 8;
            if (size == 1) {
                size = in.readLong();
                header = 16;
            } else if (size == 0) {
                size = in.length() - at;
            }
            String name = new String(type, LATIN);
            if (size < header || size > in.length() - at) {
                throw new MediaException("damaged (it is cut off)");
            }
            if (name.equals("moov")) {
                if (size > MAX_INDEX_BYTES) {
                    throw new MediaException("its index is too large to be read");
                }
                byte[] content = new byte[(int) size - header];
                in.readFully(content);
                return ByteBuffer.wrap(content);
            }
            at += size;
        }
        throw new MediaException("damaged (it has no index; it may be cut off)");
    }

    private static Box next(ByteBuffer from) throws MediaException {
        int start = from.position();
        long size = from.getInt() & 0xffffffffL;
        byte[] type = new byte[4];
        from.get(type);
        if (size == 1) {
            size = from.getLong();
        } else if (size == 0) {
            size = from.limit() - start;
        }
        int header = from.position() - start;
        if (size < header || size > from.limit() - start) {
            throw new MediaException("damaged (its index)");
        }
        ByteBuffer content = from.slice(from.position(), (int) size - header);
        from.position(start + (int) size);
        return new Box(new String(type, LATIN), content);
    }

    /** Returns the boxes in a box by their names, of several the first. */
    private static Map<String, ByteBuffer> boxes(ByteBuffer content) throws MediaException {
        Map<String, ByteBuffer> boxes = new LinkedHashMap<>();
        while (content.remaining() >= 8) {
            Box box = next(content);
            boxes.putIfAbsent(box.type(), box.content());
        }
        return boxes;
    }

    private static ByteBuffer required(Map<String, ByteBuffer> boxes, String name)
            throws MediaException {
        ByteBuffer box = boxes.get(name);
        if (box == null) {
            throw new MediaException("damaged (its index has no %s)".formatted(name));
        }
        return box.duplicate();
    }

    private static @Nullable Mp4Track track(Map<String, ByteBuffer> track) throws IOException {
        Map<String, ByteBuffer> media = boxes(required(track, "mdia"));
        ByteBuffer handler = required(media, "hdlr");
        if (handler.remaining() < 12 || !text(handler, 8).equals("vide")) {
            return null;
        }
        Map<String, ByteBuffer> table = boxes(required(boxes(required(media, "minf")), "stbl"));
        ByteBuffer descriptions = required(table, "stsd");
        descriptions.position(8);
        Box entry = next(descriptions);
        if (!entry.type().equals("avc1") && !entry.type().equals("avc3")) {
            throw Mp4Clip.refused("video of kind %s".formatted(entry.type().strip()));
        }
        ByteBuffer content = entry.content();
        int width = content.getShort(24) & 0xffff;
        int height = content.getShort(26) & 0xffff;
        content.position(SAMPLE_ENTRY_BYTES);
        Map<String, ByteBuffer> details = boxes(content.slice());
        AvcSettings settings = AvcSettings.read(required(details, "avcC"));
        int[] sizes = sizes(required(table, "stsz"));
        long scale = scale(required(media, "mdhd"));
        long[] decoding = decodingTimes(table, sizes.length);
        long[] times = times(table.get("ctts"), Arrays.copyOf(decoding, sizes.length));
        long length = decoding[sizes.length] - decoding[sizes.length - 1];
        long[] offsets = offsets(table, sizes);
        return new Mp4Track(
                settings,
                colours(details.get("colr")),
                width,
                height,
                orientation(required(track, "tkhd")),
                offsets,
                sizes,
                places(times),
                micros(times, length, start(track.get("edts")), scale));
    }

    private static String text(ByteBuffer from, int at) {
        byte[] text = new byte[4];
        from.duplicate().position(from.position() + at).get(text);
        return new String(text, LATIN);
    }

    private static @Nullable Colours colours(@Nullable ByteBuffer box) {
        if (box == null || box.remaining() < 11 || !text(box, 0).equals("nclx")) {
            return null;
        }
        return new Colours(box.getShort(8), (box.get(10) & 0x80) != 0);
    }

    /** The four quarter turns of the matrix in {@code tkhd}; others are left as they are. */
    private static int orientation(ByteBuffer header) {
        int at = header.get(0) == 1 ? 52 : 40;
        if (header.limit() < at + 36) {
            return UPRIGHT;
        }
        int a = Integer.signum(header.getInt(at));
        int b = Integer.signum(header.getInt(at + 4));
        int c = Integer.signum(header.getInt(at + 12));
        int d = Integer.signum(header.getInt(at + 16));
        if (a == 0 && d == 0 && b == 1 && c == -1) {
            return 6;
        }
        if (a == 0 && d == 0 && b == -1 && c == 1) {
            return 8;
        }
        return a == -1 && d == -1 && b == 0 && c == 0 ? 3 : UPRIGHT;
    }

    private static long scale(ByteBuffer header) throws MediaException {
        long scale = header.getInt(header.get(0) == 1 ? 20 : 12) & 0xffffffffL;
        if (scale == 0) {
            throw new MediaException("damaged (its clock)");
        }
        return scale;
    }

    private static int[] sizes(ByteBuffer box) throws MediaException {
        box.position(4);
        int same = box.getInt();
        int count = count(box, same == 0 ? 4 : 0);
        if (count == 0) {
            throw new MediaException("it has no frames");
        }
        int[] sizes = new int[count];
        for (int i = 0; i < count; i++) {
            sizes[i] = same == 0 ? box.getInt() : same;
            if (sizes[i] < 1) {
                throw new MediaException("damaged (a frame of %s bytes)".formatted(sizes[i]));
            }
        }
        return sizes;
    }

    /** Reads a number of entries and makes sure that there are as many. */
    private static int count(ByteBuffer box, int bytes) throws MediaException {
        int count = box.getInt();
        if (count < 0 || count > MAX_FRAMES || (long) count * bytes > box.remaining()) {
            throw new MediaException("damaged (its index)");
        }
        return count;
    }

    private static long[] offsets(Map<String, ByteBuffer> table, int[] sizes)
            throws MediaException {
        boolean large = table.containsKey("co64");
        ByteBuffer chunks = required(table, large ? "co64" : "stco");
        chunks.position(4);
        long[] starts = new long[count(chunks, large ? 8 : 4)];
        for (int i = 0; i < starts.length; i++) {
            starts[i] = large ? chunks.getLong() : chunks.getInt() & 0xffffffffL;
        }
        ByteBuffer runs = required(table, "stsc");
        runs.position(4);
        int count = count(runs, 12);
        int[] first = new int[count + 1];
        int[] each = new int[count];
        for (int i = 0; i < count; i++) {
            first[i] = runs.getInt() - 1;
            each[i] = runs.getInt();
            runs.getInt(); // which description
        }
        first[count] = starts.length;
        long[] offsets = new long[sizes.length];
        int frame = 0;
        for (int run = 0; run < count; run++) {
            for (int chunk = first[run]; chunk < first[run + 1] && frame < sizes.length; chunk++) {
                if (chunk < 0 || chunk >= starts.length || each[run] < 1) {
                    throw new MediaException("damaged (its index)");
                }
                long at = starts[chunk];
                for (int i = 0; i < each[run] && frame < sizes.length; i++) {
                    offsets[frame] = at;
                    at += sizes[frame++];
                }
            }
        }
        if (frame < sizes.length || Arrays.stream(offsets).anyMatch(offset -> offset < 0)) {
            throw new MediaException("damaged (its index)");
        }
        return offsets;
    }

    /** Adds the delays to when frames are decoded: when they are shown, in ticks. */
    private static long[] times(@Nullable ByteBuffer box, long[] times) throws MediaException {
        if (box == null) {
            return times;
        }
        ByteBuffer delays = box.duplicate().position(4);
        int runs = count(delays, 8);
        int frame = 0;
        for (int run = 0; run < runs; run++) {
            int count = delays.getInt();
            int delay = delays.getInt();
            for (int i = 0; i < count && frame < times.length; i++) {
                times[frame++] += delay;
            }
        }
        return times;
    }

    /** Returns when frames are decoded, and the end of the last one. */
    private static long[] decodingTimes(Map<String, ByteBuffer> table, int frames)
            throws MediaException {
        ByteBuffer box = required(table, "stts");
        box.position(4);
        int runs = count(box, 8);
        long[] times = new long[frames + 1];
        int frame = 0;
        for (int run = 0; run < runs; run++) {
            int count = box.getInt();
            long length = box.getInt() & 0xffffffffL;
            for (int i = 0; i < count && frame < frames; i++, frame++) {
                times[frame + 1] = times[frame] + length;
            }
        }
        if (frame < frames) {
            throw new MediaException("damaged (its clock)");
        }
        return times;
    }

    /** Returns where the first edit that shows something begins, in ticks; 0 without edits. */
    private static long start(@Nullable ByteBuffer edits) throws MediaException {
        if (edits == null) {
            return 0;
        }
        ByteBuffer list = boxes(edits.duplicate()).get("elst");
        if (list == null) {
            return 0;
        }
        list = list.duplicate();
        boolean large = list.get(0) == 1;
        list.position(4);
        int count = count(list, large ? 20 : 12);
        for (int i = 0; i < count; i++) {
            if (large) {
                list.getLong();
            } else {
                list.getInt();
            }
            long from = large ? list.getLong() : list.getInt();
            list.getInt(); // speed
            if (from >= 0) {
                return from;
            }
        }
        return 0;
    }

    private static int[] places(long[] times) {
        int[] byTime =
                IntStream.range(0, times.length)
                        .boxed()
                        .sorted((a, b) -> Long.compare(times[a], times[b]))
                        .mapToInt(Integer::intValue)
                        .toArray();
        int[] places = new int[times.length];
        for (int place = 0; place < byTime.length; place++) {
            places[byTime[place]] = place;
        }
        return places;
    }

    private static long[] micros(long[] times, long last, long start, long scale) {
        long[] sorted = times.clone();
        Arrays.sort(sorted);
        long[] micros = new long[sorted.length];
        for (int i = 0; i < sorted.length; i++) {
            long end = i + 1 < sorted.length ? sorted[i + 1] : sorted[i] + Math.max(1, last);
            long ticks = end - Math.max(start, sorted[i]);
            micros[i] = ticks <= 0 ? 0 : Math.max(1, Math.round(ticks * 1e6 / scale));
        }
        return micros;
    }
}

package io.zigma.media;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;
import javax.imageio.stream.ImageInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Clips in PNG files (PNG, third edition, section 11.3.6: acTL, fcTL, fdAT); one without animation
 * is a clip of one frame. Frames are composed in 8 bits and in the file's colours, which are
 * converted afterwards.
 */
final class PngClip implements ClipFormat {

    private static final int SIGNATURE_BYTES = 8;
    private static final long MAX_CHUNK_BYTES = 1L << 30;
    private static final double MICROS_A_SECOND = 1e6;
    private static final int DEFAULT_DENOMINATOR = 100;
    private static final Charset LATIN = StandardCharsets.ISO_8859_1;

    @Override
    public String name() {
        return "PNG";
    }

    @Override
    public List<String> endings() {
        return List.of("png", "apng");
    }

    @Override
    public boolean recognises(byte[] head) {
        return PictureKind.of(head).filter(PictureKind.PNG::equals).isPresent();
    }

    @Override
    public void read(ImageInputStream in, ClipSink sink) throws IOException {
        PngChunks chunks = PngChunks.read(in);
        in.seek(0);
        if (!chunks.animated()) {
            sink.take(ClipSource.still(in));
            return;
        }
        try {
            new Reading(in, sink, chunks).read();
        } catch (EOFException e) {
            throw new MediaException("damaged (it is cut off)", e);
        }
    }

    /** What becomes of a frame's rectangle before the next one is drawn. */
    private enum Disposal {
        NONE,
        BACKGROUND,
        PREVIOUS
    }

    /** What fcTL says of a frame. */
    private record Control(Canvas.Area area, long micros, Disposal disposal, boolean over) {}

    private static final class Reading {

        private final ImageInputStream in;
        private final ClipSink sink;
        private final PngChunks chunks;
        private final ByteArrayOutputStream tables = new ByteArrayOutputStream();
        private final ByteArrayOutputStream data = new ByteArrayOutputStream();
        private byte[] header = new byte[0];
        private @Nullable Canvas canvas;
        private @Nullable Control control;
        private @Nullable RowColours colours;
        private long sequence;
        private int frames;
        private boolean more = true;

        Reading(ImageInputStream in, ClipSink sink, PngChunks chunks) {
            this.in = in;
            this.sink = sink;
            this.chunks = chunks;
        }

        void read() throws IOException {
            in.setByteOrder(ByteOrder.BIG_ENDIAN);
            in.seek(SIGNATURE_BYTES);
            String name;
            do {
                long length = in.readUnsignedInt();
                byte[] type = new byte[4];
                in.readFully(type);
                name = new String(type, LATIN);
                if (length > Math.min(MAX_CHUNK_BYTES, in.length() - in.getStreamPosition() - 4)) {
                    throw new MediaException("damaged (it is cut off)");
                }
                if (isUsed(name)) {
                    take(name, content(name, type, (int) length));
                } else {
                    in.seek(in.getStreamPosition() + length + 4);
                }
            } while (!name.equals("IEND") && more);
            if (more) {
                finishFrame();
                if (frames != chunks.pictures()) {
                    throw new MediaException(
                            "damaged (%s frames of %s are there)"
                                    .formatted(frames, chunks.pictures()));
                }
            }
        }

        private static boolean isUsed(String name) {
            return switch (name) {
                case "IHDR", "PLTE", "tRNS", "fcTL", "IDAT", "fdAT" -> true;
                default -> false;
            };
        }

        private byte[] content(String name, byte[] type, int length) throws IOException {
            byte[] content = new byte[length];
            in.readFully(content);
            CRC32 checksum = new CRC32();
            checksum.update(type);
            checksum.update(content);
            if ((int) checksum.getValue() != in.readInt()) {
                throw new MediaException("damaged (its chunk %s)".formatted(name));
            }
            return content;
        }

        private void take(String name, byte[] content) throws IOException {
            switch (name) {
                case "IHDR" -> begin(content);
                case "PLTE", "tRNS" -> chunk(tables, name, content);
                case "fcTL" -> {
                    finishFrame();
                    control = control(content);
                }
                case "IDAT" -> {
                    // a picture for programs without animation has no fcTL and is not a frame
                    if (control != null) {
                        data.writeBytes(content);
                    }
                }
                case "fdAT" -> {
                    requireNext(content);
                    if (control == null) {
                        throw new MediaException("damaged (data without a frame)");
                    }
                    data.write(content, 4, content.length - 4);
                }
                default -> throw new IllegalStateException(name);
            }
        }

        private void begin(byte[] content) throws MediaException {
            if (content.length != 13) {
                throw new MediaException("damaged (its header)");
            }
            header = content;
            int width = ByteBuffer.wrap(content).getInt(0);
            int height = ByteBuffer.wrap(content).getInt(4);
            PlatformReader.requireDecodable(width, height, PlatformReader.MAX_WHOLE_PIXELS);
            canvas = new Canvas(width, height);
        }

        private void requireNext(byte[] content) throws MediaException {
            if (content.length < 4 || ByteBuffer.wrap(content).getInt() != sequence) {
                throw new MediaException("damaged (its frames are not in order)");
            }
            sequence++;
        }

        private Control control(byte[] content) throws MediaException {
            requireNext(content);
            if (content.length != 26 || canvas == null) {
                throw new MediaException("damaged (the description of a frame)");
            }
            ByteBuffer numbers = ByteBuffer.wrap(content);
            Canvas.Area area =
                    new Canvas.Area(
                            numbers.getInt(12),
                            numbers.getInt(16),
                            numbers.getInt(4),
                            numbers.getInt(8));
            PlatformReader.requireDecodable(
                    area.width(), area.height(), PlatformReader.MAX_WHOLE_PIXELS);
            int disposal = content[24];
            if (!canvas.holds(area)
                    || disposal < 0
                    || disposal >= Disposal.values().length
                    || content[25] < 0
                    || content[25] > 1) {
                throw new MediaException("damaged (the description of a frame)");
            }
            int numerator = numbers.getShort(20) & 0xffff;
            int denominator = numbers.getShort(22) & 0xffff;
            double seconds =
                    (double) numerator / (denominator == 0 ? DEFAULT_DENOMINATOR : denominator);
            return new Control(
                    area,
                    FrameDelay.shown(Math.round(seconds * MICROS_A_SECOND)),
                    Disposal.values()[disposal],
                    content[25] == 1);
        }

        private void finishFrame() throws IOException {
            Control own = control;
            Canvas screen = canvas;
            if (own == null || screen == null) {
                return;
            }
            StoredSamples samples = decoded(own.area());
            if (frames == 0) {
                colours = PngDecoder.colours(chunks, samples);
            }
            int[] argb = Canvas.argb(samples);
            // there is nothing yet that the first frame could be put back to
            boolean clears =
                    own.disposal() == Disposal.BACKGROUND
                            || own.disposal() == Disposal.PREVIOUS && frames == 0;
            int[] before = own.disposal() == Disposal.PREVIOUS && !clears ? screen.copy() : null;
            if (own.over()) {
                screen.over(argb, own.area());
            } else {
                screen.replace(argb, own.area());
            }
            frames++;
            Decoded shown = new Decoded(screen, chunks.exif().orientation(), colours, 1);
            more = sink.take(ClipFrame.of(shown, own.micros()));
            if (before != null) {
                screen.restore(before);
            } else if (clears) {
                screen.clear(own.area());
            }
            control = null;
            data.reset();
        }

        /** Decodes a frame as a PNG file of its own. */
        private StoredSamples decoded(Canvas.Area area) throws IOException {
            byte[] own = header.clone();
            ByteBuffer.wrap(own).putInt(0, area.width()).putInt(4, area.height());
            ByteArrayOutputStream file = new ByteArrayOutputStream();
            file.writeBytes("\u0089PNG\r\n\u001a\n".getBytes(LATIN));
            chunk(file, "IHDR", own);
            file.writeBytes(tables.toByteArray());
            chunk(file, "IDAT", data.toByteArray());
            chunk(file, "IEND", new byte[0]);
            try (MemoryInput still = new MemoryInput(file.toByteArray());
                    PlatformReader reader = new PlatformReader("png", still)) {
                return PlatformReader.samples(reader.image(0));
            }
        }
    }

    /** Writes a chunk: length, name, content and checksum. */
    static void chunk(ByteArrayOutputStream out, String name, byte[] content) {
        byte[] type = name.getBytes(LATIN);
        CRC32 checksum = new CRC32();
        checksum.update(type);
        checksum.update(content);
        out.writeBytes(ByteBuffer.allocate(4).putInt(content.length).array());
        out.writeBytes(type);
        out.writeBytes(content);
        out.writeBytes(ByteBuffer.allocate(4).putInt((int) checksum.getValue()).array());
    }
}

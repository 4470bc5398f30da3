package io.zigma.media;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.imageio.stream.ImageInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Clips in WebP files (WebP Container Specification, animation); one without animation is a clip of
 * one frame. As in browsers, the background is clear, whatever colour the file names for it.
 */
final class WebpClip implements ClipFormat {

    private static final int RIFF_BYTES = 12;
    private static final int CHUNK_HEADER_BYTES = 8;
    private static final int MICROS_A_TICK = 1000;
    private static final int FLAGS_AT = 15;
    private static final int DISPOSE_FLAG = 1;
    private static final int NO_BLEND_FLAG = 2;
    private static final int ANIMATION_FLAG = 2;
    private static final int EXTENDED_BYTES = 10;

    @Override
    public String name() {
        return "WebP";
    }

    @Override
    public List<String> endings() {
        return List.of("webp");
    }

    @Override
    public boolean recognises(byte[] head) {
        return PictureKind.of(head).filter(PictureKind.WEBP::equals).isPresent();
    }

    @Override
    public void read(ImageInputStream in, ClipSink sink) throws IOException {
        try {
            if (!animated(in, sink)) {
                in.setByteOrder(ByteOrder.BIG_ENDIAN);
                in.seek(0);
                sink.take(ClipSource.still(in));
            }
        } catch (EOFException e) {
            throw new MediaException("damaged (it is cut off)", e);
        } finally {
            in.setByteOrder(ByteOrder.BIG_ENDIAN);
        }
    }

    /** Reads an animation; returns whether the file is one. */
    private static boolean animated(ImageInputStream in, ClipSink sink) throws IOException {
        in.setByteOrder(ByteOrder.LITTLE_ENDIAN);
        in.seek(4);
        long end = CHUNK_HEADER_BYTES + in.readUnsignedInt();
        if (end > in.length()) {
            throw new MediaException("damaged (it is cut off)");
        }
        Canvas canvas = null;
        RowColours colours = null;
        byte[] profile = null;
        int frames = 0;
        for (long at = RIFF_BYTES; at + CHUNK_HEADER_BYTES <= end; ) {
            in.seek(at);
            byte[] type = new byte[4];
            in.readFully(type);
            long length = in.readUnsignedInt();
            if (at + CHUNK_HEADER_BYTES + length > end) {
                throw new MediaException("damaged (it is cut off)");
            }
            switch (new String(type, StandardCharsets.ISO_8859_1)) {
                case "VP8X" -> {
                    if (length < EXTENDED_BYTES) {
                        throw new MediaException("damaged (its header)");
                    }
                    int flags = in.readUnsignedByte();
                    in.skipBytes(3);
                    int width = 1 + WebpDecoder.little24(in);
                    int height = 1 + WebpDecoder.little24(in);
                    if ((flags & ANIMATION_FLAG) == 0) {
                        return false;
                    }
                    PlatformReader.requireDecodable(width, height, PlatformReader.MAX_WHOLE_PIXELS);
                    canvas = new Canvas(width, height);
                }
                case "ICCP" -> profile = content(in, length);
                case "VP8 ", "VP8L" -> {
                    if (canvas == null) {
                        return false;
                    }
                }
                case "ANMF" -> {
                    if (canvas == null) {
                        throw new MediaException("damaged (a frame without a canvas)");
                    }
                    byte[] frame = content(in, length);
                    Drawn drawn = draw(canvas, frame);
                    if (frames == 0) {
                        colours = profile == null ? null : IccColours.of(profile, canvas);
                    }
                    frames++;
                    if (!sink.take(shown(canvas, colours, drawn))) {
                        return true;
                    }
                    if (drawn.clears()) {
                        canvas.clear(drawn.area());
                    }
                }
                default -> {
                    // nothing that affects how frames are displayed
                }
            }
            at += CHUNK_HEADER_BYTES + length + (length & 1);
        }
        if (frames == 0) {
            throw new MediaException("damaged (it has no picture)");
        }
        return true;
    }

    private static ClipFrame shown(Canvas canvas, @Nullable RowColours colours, Drawn drawn) {
        return ClipFrame.of(new Decoded(canvas, Decoded.UPRIGHT, colours, 1), drawn.micros());
    }

    /** A frame that was drawn: where, for how long, and whether it goes away again. */
    private record Drawn(Canvas.Area area, long micros, boolean clears) {}

    private static Drawn draw(Canvas canvas, byte[] frame) throws IOException {
        if (frame.length < WebpDecoder.FRAME_HEADER_BYTES) {
            throw new MediaException("damaged (a frame of %s bytes)".formatted(frame.length));
        }
        int left = 2 * little24(frame, 0);
        int top = 2 * little24(frame, 3);
        int[] argb;
        int width;
        int height;
        try (MemoryInput still = new MemoryInput(WebpDecoder.still(frame))) {
            StoredSamples samples = PlatformReader.samples(WebpDecoder.read(still));
            argb = Canvas.argb(samples);
            width = samples.width();
            height = samples.height();
        }
        Canvas.Area area = new Canvas.Area(left, top, width, height);
        if (!canvas.holds(area)
                || width != 1 + little24(frame, 6)
                || height != 1 + little24(frame, 9)) {
            throw new MediaException("damaged (a frame beside its canvas)");
        }
        int flags = frame[FLAGS_AT];
        if ((flags & NO_BLEND_FLAG) == 0) {
            canvas.over(argb, area);
        } else {
            canvas.replace(argb, area);
        }
        long micros = FrameDelay.shown((long) little24(frame, 12) * MICROS_A_TICK);
        return new Drawn(area, micros, (flags & DISPOSE_FLAG) != 0);
    }

    private static byte[] content(ImageInputStream in, long length) throws IOException {
        byte[] content = new byte[(int) length];
        in.readFully(content);
        return content;
    }

    private static int little24(byte[] bytes, int at) {
        return bytes[at] & 0xff | (bytes[at + 1] & 0xff) << 8 | (bytes[at + 2] & 0xff) << 16;
    }
}
